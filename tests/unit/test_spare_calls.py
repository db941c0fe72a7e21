"""How many calls a case has left for a busy line: those that nobody else may still need."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk, said, someone
from tests.unit.guardian_steps import DAUGHTER, SON, enrol, guardian
from tests.unit.test_climb import climb_until
from wakeup.domain.attempt import Attempt, AttemptState
from wakeup.domain.ids import AttemptId, CaseId, GuardianId
from wakeup.domain.outcome import Disposition, Outcome
from wakeup.domain.party import Role
from wakeup.domain.transfer import Tier
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.ladder.spare_calls import left_for_a_repetition, spare_calls

OTHER, THIRD = someone("+6598887777", bank_id="u_1"), someone("+6598887778", bank_id="u_1")
CRITICAL: dict[str, Any] = {"tier": Tier.CRITICAL, "customer_id": "u_1", "minutes": 40}
BOTH = (guardian(DAUGHTER, "g_1"), guardian(SON, "g_2"))


def spare(desk: Desk, case_id: CaseId, minute: int = 1, *, others_ended: bool = False, **case: Any) -> int:
    """After the customer's first call was busy. Six calls are the most."""

    def find(file: CaseFile) -> int:
        file.update(replace(file.case, **case))
        first, *others = file.calls()
        busy = ended(first)
        party = file.unit.parties.get(busy.party_id, file.case.customer_id)
        return spare_calls(file, [busy, *(ended(one) if others_ended else one for one in others)], busy, party)

    return desk.on(case_id, T0 + minute * MINUTE, find)


def ended(attempt: Attempt) -> Attempt:
    return replace(attempt, state=AttemptState.ENDED, intent_at=T0, disposition=Disposition.BUSY)


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({}, 5),
        ({"guardians": BOTH[:1]}, 4),
        ({"guardians": BOTH}, 3),
        ({"guardians": (BOTH[0], someone(SON, "g_2"))}, 4),
        ({"guardians": BOTH, "tier": Tier.HIGH}, 5),
        ({"alternates": (OTHER,)}, 2),
        ({"alternates": (OTHER, THIRD)}, 2),
        ({"alternates": (OTHER,), "guardians": BOTH}, 0),
        ({"alternates": (OTHER,), "guardians": BOTH[:1]}, 1),
    ],
)  # fmt: skip
def test_a_call_is_kept_for_each_guardian_and_three_for_another_number(changes: dict[str, Any], left: int) -> None:
    """Of the guardians those who agreed and whom a rung calls. One rung calls one other number."""
    desk = Desk()
    assert spare(desk, desk.flag(1, **{**CRITICAL, **changes}).case_id) == left


def test_a_call_is_kept_for_guardians_whom_only_the_list_of_the_bank_names() -> None:
    desk = Desk()
    opened = desk.flag(1, **CRITICAL)
    enrol(desk)
    enrol(desk, phone=SON, id=GuardianId("g_2"), number_index="son", rank=2)
    assert spare(desk, opened.case_id) == 3


@pytest.mark.parametrize("table", ["guardians", "transfers"])
def test_a_guardian_or_payee_who_cannot_be_read_hinders_no_call_to_the_customer(table: str) -> None:
    """Every busy call asks who else needs calls: one damaged row would have ended the customer's own."""
    desk = Desk()
    opened = desk.flag(1, **CRITICAL)
    enrol(desk)
    desk.run(lambda unit: unit.connection.exec_driver_sql(f"UPDATE {table} SET sealed = x'00'"))
    assert spare(desk, opened.case_id) == 4


@pytest.mark.parametrize(("alternates", "left"), [((), True), ((OTHER,), False)])
def test_the_last_call_is_for_the_customers_other_number_and_not_for_a_guardian_again(
    alternates: tuple[Any, ...], left: bool
) -> None:
    desk = Desk()
    opened = desk.flag(1, **CRITICAL, guardians=BOTH[:1], alternates=alternates)

    def one_is_left(file: CaseFile) -> bool:
        [guardians] = file.parties(Role.GUARDIAN)
        made = [replace(ended(file.calls()[0]), id=AttemptId(f"att_{n}")) for n in range(5)]
        return left_for_a_repetition(file, made, guardians)

    assert desk.on(opened.case_id, T0 + MINUTE, one_is_left) is left


@pytest.mark.parametrize("known", [{"guardian_worried": True}, {"guardian_declined": True}, {"family_risk": True}])
def test_no_call_is_kept_for_guardians_whom_nobody_will_call(known: dict[str, bool]) -> None:
    desk = Desk()
    assert spare(desk, desk.flag(1, **CRITICAL, guardians=BOTH).case_id, **known) == 5


def test_while_one_guardian_is_called_a_call_is_kept_for_the_next() -> None:
    desk = Desk()
    opened = desk.flag(1, **CRITICAL, guardians=BOTH)
    climb_until(desk, opened.case_id, T0 + 11 * MINUTE)
    assert spare(desk, opened.case_id, 11) == 3
    assert spare(desk, opened.case_id, 11, others_ended=True) == 4, "the rung is over"


def test_while_the_other_number_is_called_its_repetitions_are_kept() -> None:
    desk = Desk()
    opened = desk.flag(1, **CRITICAL, alternates=(OTHER, THIRD))
    climb_until(desk, opened.case_id, T0 + 16 * MINUTE)
    assert spare(desk, opened.case_id, 16) == 2
    assert spare(desk, opened.case_id, 16, others_ended=True) == 4


@pytest.mark.parametrize(
    ("outcome", "left"), [(Outcome.CALLBACK_VERIFY, 0), (Outcome.AGENT_REQUESTED, 0), (Outcome.HUNG_UP, 5)]
)
def test_who_asked_for_a_human_is_not_called_later_as_well(outcome: Outcome, left: int) -> None:
    desk = Desk()
    opened = desk.flag(1, **CRITICAL)
    desk.teach(opened.case_id, said(outcome, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)
    assert spare(desk, opened.case_id, 2) == left
