"""The do-not-call list, scripts that are disabled, and the age of secrets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.builders import T0
from tests.unit.desk import Desk
from wakeup.domain.errors import ConflictError, ForbiddenError
from wakeup.domain.staff import StaffId
from wakeup.usecases.console.secret_ages import note_secrets, secret_ages
from wakeup.usecases.conversation.pause_script import pause_script, resume_script
from wakeup.usecases.repositories.texts import Channel
from wakeup.usecases.ringing.do_not_call import Why, blocked_channels, put_on_list, read_list, remove_from_list

ANN, KIM = StaffId("usr_ann"), StaffId("usr_kim")
NUMBER = "+6591234567"
BOTH = (Channel.SMS, Channel.VOICE)


def test_a_number_is_put_on_and_taken_off_with_a_reason_and_is_written_nowhere(desk: Desk) -> None:
    with pytest.raises(ForbiddenError):
        desk.run(put_on_list, KIM, NUMBER, BOTH, Why.ASKED_BY_PHONE, T0)
    for channels, why, field in (
        (BOTH, None, "why"),
        (BOTH, Why.CHANGED_THEIR_MIND, "why"),
        ((), Why.WRONG_NUMBER, "channel"),
    ):
        with pytest.raises(ConflictError) as refused:
            desk.run(put_on_list, ANN, NUMBER, channels, why, T0)
        assert refused.value.field == field
    desk.run(put_on_list, ANN, NUMBER, (Channel.VOICE,), Why.ASKED_BY_PHONE, T0)
    desk.run(put_on_list, ANN, NUMBER, BOTH, Why.ASKED_BY_PHONE, T0)
    assert desk.run(blocked_channels, NUMBER) == BOTH
    with pytest.raises(ConflictError):
        desk.run(put_on_list, ANN, NUMBER, BOTH, Why.ASKED_BY_PHONE, T0)
    listed = desk.run(read_list)
    assert listed.total == 2 and {one.channel for one in listed.newest} == set(BOTH)
    index = listed.newest[0].number_index
    with pytest.raises(ConflictError):
        desk.run(remove_from_list, ANN, index, Channel.VOICE, Why.ASKED_BY_PHONE, T0)
    desk.run(remove_from_list, ANN, index, Channel.VOICE, Why.CHANGED_THEIR_MIND, T0)
    assert desk.run(blocked_channels, NUMBER) == (Channel.SMS,)
    with pytest.raises(ConflictError):
        desk.run(remove_from_list, ANN, index, Channel.VOICE, Why.CHANGED_THEIR_MIND, T0)
    log = desk.run(lambda unit: unit.admin.newest(9))
    assert [note.kind for _, _, note in log] == ["taken_off_do_not_call", "put_on_do_not_call", "put_on_do_not_call"]
    assert "91234567" not in str(log) and index not in str(log)


@dataclass
class OnTheAir:
    """A speaker that has these scripts and says nothing."""

    ids: tuple[str, ...]

    def carried(self) -> list[Any]:
        return [type("Published", (), {"script": type("Script", (), {"id": one})()})() for one in self.ids]


def test_a_script_is_paused_once_and_the_last_resort_never(desk: Desk) -> None:
    speaker = OnTheAir(("generic", "romance"))

    def run(use_case: Any, who: StaffId, script: str) -> None:
        def work(unit: Any) -> None:
            unit.speaker = speaker
            use_case(unit, who, script, T0)

        desk.run(work)

    with pytest.raises(ForbiddenError):
        run(pause_script, KIM, "romance")
    for script in ("generic", "guardian_call", "nothing"):
        with pytest.raises(ConflictError):
            run(pause_script, ANN, script)
    run(pause_script, ANN, "romance")
    assert desk.wakes == {"board"}
    with pytest.raises(ConflictError):
        run(pause_script, ANN, "romance")
    assert [(one.script_id, one.by) for one in desk.run(lambda unit: unit.scripts.paused())] == [("romance", "ann")]
    run(resume_script, ANN, "romance")
    with pytest.raises(ConflictError):
        run(resume_script, ANN, "romance")
    assert [n.kind for _, _, n in desk.run(lambda unit: unit.admin.newest(9))] == ["script_resumed", "script_paused"]


def test_a_secret_is_as_old_as_the_first_start_that_used_it(desk: Desk) -> None:
    old, new = ("WAKEUP_KEYS__TAG", "aa"), ("WAKEUP_KEYS__TAG", "bb")
    assert desk.run(note_secrets, [old], T0) == 1
    assert desk.run(note_secrets, [old], T0.replace(day=25)) == 0
    assert desk.run(note_secrets, [new, old], T0.replace(day=28)) == 1
    ages = desk.run(secret_ages, [new, ("WAKEUP_KEYS__DATA", "cc"), old])
    assert [(age.name[-4:], age.since and age.since.day) for age in ages] == [
        ("_TAG", T0.day),
        ("_TAG", 28),
        ("DATA", None),
    ]
