"""How many calls a case has left for a busy line: those that nobody else may still need."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import POLICY, Desk, said, someone
from tests.unit.guardian_steps import DAUGHTER, SON, enrol, guardian
from wakeup.domain.attempt import Attempt, AttemptState
from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.outcome import Disposition, Outcome
from wakeup.domain.transfer import Tier
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.ladder.spare_calls import spare_calls

OTHER, THIRD = someone("+6598887777", bank_id="u_1"), someone("+6598887778", bank_id="u_1")
CRITICAL: dict[str, Any] = {"tier": Tier.CRITICAL, "customer_id": "u_1", "minutes": 40}
BOTH = (guardian(DAUGHTER, "g_1"), guardian(SON, "g_2"))
MOST = POLICY.calling.max_calls_per_case


def spare(desk: Desk, case_id: CaseId, minute: int = 1, made: int = 1) -> int:
    """After the customer's line was busy `made` times. Six calls are the most."""

    def find(file: CaseFile) -> int:
        busy = ended(file.calls()[0])
        party = file.unit.parties.get(busy.party_id, file.case.customer_id)
        return spare_calls(file, [replace(busy, id=AttemptId(f"att_{n}")) for n in range(made)], busy, party)

    return desk.on(case_id, T0 + minute * MINUTE, find)


def ended(attempt: Attempt) -> Attempt:
    return replace(attempt, state=AttemptState.ENDED, intent_at=T0, disposition=Disposition.BUSY)


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({}, 5),
        ({"guardians": BOTH[:1]}, 4),
        ({"guardians": BOTH}, 4),
        ({"guardians": (someone(SON, "g_2"),)}, 5),
        ({"guardians": BOTH, "tier": Tier.HIGH}, 5),
        ({"alternates": (OTHER,)}, 4),
        ({"alternates": (OTHER, THIRD)}, 4),
        ({"alternates": (OTHER,), "guardians": BOTH}, 3),
    ],
)  # fmt: skip
def test_a_call_is_kept_for_each_rung_to_come_that_has_somebody_to_call(changes: dict[str, Any], left: int) -> None:
    """A guardian who did not agree is nobody, and a high case calls none."""
    desk = Desk()
    assert spare(desk, desk.flag(1, **{**CRITICAL, **changes}).case_id) == left


def test_a_call_is_kept_for_guardians_whom_only_the_list_of_the_bank_names() -> None:
    desk = Desk()
    opened = desk.flag(1, **CRITICAL)
    enrol(desk)
    assert spare(desk, opened.case_id) == 4


@pytest.mark.parametrize("table", ["guardians", "transfers"])
def test_a_guardian_or_payee_who_cannot_be_read_hinders_no_call_to_the_customer(table: str) -> None:
    """Every busy call asks who else needs calls: one damaged row would have ended the customer's own."""
    desk = Desk()
    opened = desk.flag(1, **CRITICAL)
    enrol(desk)
    desk.run(lambda unit: unit.connection.exec_driver_sql(f"UPDATE {table} SET sealed = x'00'"))
    assert spare(desk, opened.case_id) == 4


@pytest.mark.parametrize("guardians", [0, 1, 2])
@pytest.mark.parametrize("alternates", [0, 1, 2])
@pytest.mark.parametrize("made", range(1, 8))
def test_no_case_has_more_than_its_calls_and_the_first_guardians_is_always_kept(
    made: int, alternates: int, guardians: int
) -> None:
    desk = Desk()
    others = CRITICAL | {"alternates": (OTHER, THIRD)[:alternates], "guardians": BOTH[:guardians]}
    found = spare(desk, desk.flag(1, **others).case_id, made=made)
    assert found <= max(0, MOST - made - min(1, guardians))


@pytest.mark.parametrize(
    ("outcome", "left"), [(Outcome.CALLBACK_VERIFY, 0), (Outcome.AGENT_REQUESTED, 0), (Outcome.HUNG_UP, 5)]
)
def test_who_asked_for_a_human_is_not_called_later_as_well(outcome: Outcome, left: int) -> None:
    desk = Desk()
    opened = desk.flag(1, **CRITICAL)
    desk.teach(opened.case_id, said(outcome, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)
    assert spare(desk, opened.case_id, 2) == left
