"""A guardian who does not answer gives way to the next, in time and once. When none is left, the ladder goes on at
once, or records why it cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import PHONE, POLICY, Desk
from tests.unit.guardian_steps import DAUGHTER, SON, guardian, texts
from tests.unit.sms_desk import SmsDesk, prompted
from tests.unit.test_climb import OTHER, attempts, climb_until, next_at, rings, rungs
from wakeup.domain.attempt import AttemptEvent
from wakeup.domain.ids import CaseId
from wakeup.domain.policy import Policy
from wakeup.domain.rung import RungKind, RungState
from wakeup.domain.transfer import Tier
from wakeup.usecases.inputs import MessageProgress
from wakeup.usecases.texts.wait_for_replies import prompts_due, wait_for_reply

K = RungKind
TAKEN = (RungState.TAKEN, None)
ASKED = 6 * MINUTE
FAILED = ASKED + timedelta(seconds=5)


def asked(desk: SmsDesk, **event: Any) -> CaseId:
    """The ladder has just asked the only guardian."""
    usual = {"tier": Tier.HIGH, "phone": PHONE, "guardians": (guardian(),), "minutes": 60}
    case_id = desk.flag(1, **{**usual, **event}).case_id
    climb_until(desk, case_id, T0 + ASKED)
    desk.send(T0 + ASKED)
    return case_id


def undelivered(desk: SmsDesk, case_id: CaseId) -> None:
    prompt = texts(desk, case_id)[-1]
    desk.receipt(prompt, MessageProgress.FAILED, T0 + FAILED, code=30006, reason="landline")


def said(desk: Desk, case_id: CaseId, kind: str) -> list[dict[str, Any]]:
    return [row for row in desk.timeline(case_id) if row["kind"] == kind]


def test_a_text_that_reaches_no_guardian_in_a_high_case_brings_the_person_at_once() -> None:
    desk = SmsDesk()
    case_id = asked(desk)
    undelivered(desk, case_id)
    assert rungs(desk, case_id)[K.HUMAN_AGENT] == TAKEN
    [hurried] = said(desk, case_id, "rung_hurried")
    assert (hurried["rung"], hurried["due_at"]) == ("human_agent", (T0 + 8 * MINUTE).isoformat())
    assert next_at(desk, case_id) == 15 * MINUTE, "what follows keeps its date"
    climb_until(desk, case_id, T0 + 60 * MINUTE)
    assert len(said(desk, case_id, "person_wanted")) == 1, "and nothing is done twice"


def test_in_a_medium_case_the_other_number_is_rung_at_once() -> None:
    desk = SmsDesk()
    case_id = asked(desk, tier=Tier.MEDIUM, alternates=(OTHER,))
    undelivered(desk, case_id)
    assert rungs(desk, case_id)[K.CALL_ALTERNATE] == TAKEN
    assert attempts(desk, case_id)[-1].due_at == T0 + FAILED


def test_where_nothing_can_begin_now_the_timeline_says_why() -> None:
    desk = SmsDesk()
    case_id = asked(desk, tier=Tier.MEDIUM)
    undelivered(desk, case_id)
    [row] = said(desk, case_id, "no_rung_hurried")
    assert (row["rungs"], row["reasons"]) == (["call_alternate"], ["no_alternate"])
    assert K.CALL_ALTERNATE not in rungs(desk, case_id), "at its own date it is tried again"
    assert next_at(desk, case_id) == 15 * MINUTE


def test_the_last_guardians_silence_has_the_other_number_rung_at_once() -> None:
    desk = SmsDesk()
    case_id = asked(desk, tier=Tier.MEDIUM, alternates=(OTHER,))
    for after in (3, 6):
        desk.passes(T0 + ASKED + after * MINUTE)
        desk.send(T0 + ASKED + after * MINUTE)
    assert rungs(desk, case_id)[K.CALL_ALTERNATE] == TAKEN
    assert attempts(desk, case_id)[-1].due_at == T0 + 12 * MINUTE


def test_while_there_is_another_guardian_the_ladder_keeps_its_dates() -> None:
    desk = SmsDesk()
    case_id = asked(desk, guardians=(guardian(), guardian("+6598880002", "g_2")))
    prompt = texts(desk, case_id)[-1]
    desk.receipt(prompt, MessageProgress.FAILED, T0 + FAILED, code=30006, reason="landline")
    assert K.HUMAN_AGENT not in rungs(desk, case_id)
    assert not said(desk, case_id, "no_rung_hurried")


def test_the_police_are_told_in_their_time_and_a_call_waits_for_the_one_on_the_line() -> None:
    desk = SmsDesk()
    case_id = asked(desk, tier=Tier.CRITICAL, alternates=(OTHER,))
    climb_until(desk, case_id, T0 + 10 * MINUTE)
    desk.run(lambda unit: unit.attempts.of_case(case_id))
    rings(desk, T0 + 11 * MINUTE, until=AttemptEvent.ANSWER)
    for after in (3, 6):
        desk.passes(T0 + ASKED + after * MINUTE)
        desk.send(T0 + ASKED + after * MINUTE)
    [row] = said(desk, case_id, "no_rung_hurried")
    assert (row["rungs"], row["reasons"]) == (["call_alternate"], ["talking"])
    assert K.POLICE_HANDOFF not in rungs(desk, case_id)


def test_a_ladder_at_its_end_says_so() -> None:
    ladder = POLICY.ladders[Tier.MEDIUM][:2]
    policy: Policy = replace(POLICY, ladders=dict.fromkeys(Tier, ladder))
    desk = SmsDesk(policy)
    case_id = asked(desk, tier=Tier.MEDIUM)
    undelivered(desk, case_id)
    [row] = said(desk, case_id, "no_rung_hurried")
    assert (row["rungs"], row["reasons"]) == ([], [])


@pytest.mark.parametrize("word", ["STOP", "{code} 4"])
def test_a_last_guardian_who_is_unsure_or_opts_out_brings_a_human_at_once(word: str) -> None:
    desk = SmsDesk()
    case_id = asked(desk)
    [confirmation] = desk.run(lambda unit: unit.confirmations.of_case(case_id))
    desk.writes(word.format(code=confirmation.code), T0 + ASKED + MINUTE)
    assert rungs(desk, case_id)[K.HUMAN_AGENT] == TAKEN


@pytest.mark.parametrize(
    ("words", "asked_at"),
    [
        ({1: "2", 2: "2"}, 6),
        ({1: "3", 2: "2"}, 11),
        ({1: "2", 2: "3"}, 6),
        ({1: "2", 2: "3", 3: "2"}, 6),
        ({1: "3", 2: "2", 3: "3", 4: "2"}, 11),
        ({1: "3", 12: "2"}, 17),
        ({1: "3", 12: "3", 13: "2"}, 17),
    ],
)
def test_a_guardians_second_answer_delays_the_others_no_more_than_the_first(
    words: dict[int, str], asked_at: int
) -> None:
    """A person who holds a guardian's phone must not keep the other guardians from being asked by writing again."""
    desk = SmsDesk()
    case_id, confirmation = prompted(desk, minutes=120)
    reached: list[int] = []
    for minute in range(1, 30):
        if minute in words:
            desk.writes(f"{confirmation.code} {words[minute]}", T0 + minute * MINUTE)
        desk.passes(T0 + minute * MINUTE)
        reached += [minute] if SON in {sms.phone for sms in texts(desk, case_id)} else []
    assert reached[:1] == [asked_at]


def test_two_nodes_that_see_the_same_prompt_fall_due_take_one_step() -> None:
    desk = SmsDesk()
    case_id, _ = prompted(desk, minutes=120)
    [due] = desk.run(prompts_due, T0 + 3 * MINUTE, 10).found
    for _ in range(2):
        desk.run(wait_for_reply, due, T0 + 3 * MINUTE)
    assert [sms.phone for sms in texts(desk, case_id)] == [DAUGHTER, DAUGHTER], "reminded, and the next not yet asked"
