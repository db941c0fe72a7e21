"""Which numbers are rung, and how patiently."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.builders import T0
from tests.unit.desk import Desk
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import AttemptId, CustomerId
from wakeup.domain.party import Party
from wakeup.storage.unit_of_work import SqlUnit


def party(desk: Desk, case_id: Any) -> Any:
    return desk.run(lambda unit: unit.parties.of_case(unit.cases.lock(case_id))[0])


@pytest.mark.parametrize(
    ("told", "unhurried"),
    [
        ({}, False),
        ({"birth_year": T0.year - 64}, False),
        ({"birth_year": T0.year - 65}, True),
        ({"birth_year": T0.year - 30, "vulnerable": True}, True),
    ],
)
def test_the_old_and_the_vulnerable_are_given_time_and_no_year_of_birth_is_kept(
    desk: Desk, told: dict[str, Any], unhurried: bool
) -> None:
    assert party(desk, desk.flag(1, **told).case_id).unhurried is unhurried


@pytest.mark.parametrize(
    ("change", "now"),
    [
        (lambda unit, who: unit.parties.silence(who.id), {"ringable": False}),
        (lambda unit, who: unit.parties.bar(who.id, "linked"), {"barred": "linked"}),
    ],
)
def test_a_party_who_was_just_silenced_or_barred_is_not_remembered_as_before(
    desk: Desk, change: Any, now: dict[str, Any]
) -> None:
    who = party(desk, desk.flag(1).case_id)

    def look_change_and_look_again(unit: SqlUnit) -> tuple[Party, Party]:
        before = unit.parties.get(who.id, CustomerId("u_1"))
        change(unit, who)
        return before, unit.parties.get(who.id, CustomerId("u_1"))

    assert desk.run(look_change_and_look_again) == (who, replace(who, **now))


def test_a_wait_that_began_or_ended_meanwhile_is_not_remembered_as_before(desk: Desk) -> None:
    case_id = desk.flag(1).case_id
    waits = HandOver(
        attempt_id=AttemptId("att_1"), n=3, case_id=case_id, customer_id=CustomerId("u_1"), language="zh", skills=(),
        asked_at=T0, give_up_at=T0, due_at=T0,
    )  # fmt: skip
    back = replace(waits, came_back=True)

    def begin_and_end(unit: SqlUnit) -> list[HandOver | None]:
        seen = [unit.hand_overs.get(waits.attempt_id, 3)]
        unit.hand_overs.add(waits)
        seen.append(unit.hand_overs.get(waits.attempt_id, 3))
        unit.hand_overs.save(back)
        return [*seen, unit.hand_overs.get(waits.attempt_id, 3)]

    assert desk.run(begin_and_end) == [None, waits, back]
