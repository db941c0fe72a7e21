"""The board counts open work, and the emergency stop takes effect."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk
from wakeup.domain.errors import ConflictError, ForbiddenError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId, CustomerId
from wakeup.domain.pacing import PAUSED, TEXTS
from wakeup.domain.staff import StaffId
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.console.board import find_by_phone, find_cases, pause_all, read_board, resume_all
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.repositories.views import Wanted
from wakeup.usecases.ringing.pacing import AccountLimits, stop_dialling, take_lines

ACCOUNT = AccountLimits(name="AC1", calls_per_second=100, max_concurrent=9)
ANN, KIM = StaffId("usr_ann"), StaffId("usr_kim")


def test_the_most_urgent_comes_first_and_a_case_lends_its_tier(desk: Desk) -> None:
    desk.flag(1, minutes=40)
    desk.flag(2, minutes=10, tier=Tier.HIGH)
    desk.flag(3, minutes=20, customer_id="u_1", phone="+6590000001", tier=Tier.CRITICAL, amount=Decimal("100.50"))
    board = desk.run(read_board, Wanted(), T0)
    assert [t.transfer_id for t in board.transfers] == ["t_2", "t_3", "t_1"]
    assert [t.tier for t in board.transfers] == [Tier.HIGH, Tier.CRITICAL, Tier.CRITICAL]
    assert board.totals.by_state == {TransferState.PENDING: 3}
    assert (board.at_stake, board.totals.due_soon, board.totals.planned) == (Decimal("1100.50"), 1, 2)
    high = desk.run(read_board, Wanted(tier=Tier.HIGH), T0)
    assert [t.transfer_id for t in high.transfers] == ["t_2"]


def test_the_board_orders_a_held_transfer_by_its_legal_limit(desk: Desk) -> None:
    held = desk.flag(1, minutes=10)
    desk.run(settle_case, CaseId(held.case_id), T0 + 10 * MINUTE)
    desk.flag(2, minutes=30)
    board = desk.run(read_board, Wanted(), T0 + 10 * MINUTE)
    assert [(t.transfer_id, t.state) for t in board.transfers] == [("t_2", "pending"), ("t_1", "held")]
    only = desk.run(read_board, Wanted(state=TransferState.HELD), T0 + 10 * MINUTE)
    assert [t.transfer_id for t in only.transfers] == ["t_1"]


def test_cases_are_found_by_id_and_by_number(desk: Desk) -> None:
    case_id = desk.flag(1).case_id
    for text in (case_id, "t_1", "u_1"):
        assert desk.run(find_cases, text) == [case_id]
    assert desk.run(find_cases, "t_2") == []
    assert desk.run(find_by_phone, "+6590000001") == [case_id]
    assert desk.run(find_by_phone, "+6590000002") == []


def test_a_case_is_found_by_the_end_of_its_id_as_pages_show_it(desk: Desk) -> None:
    case_id = desk.flag(1).case_id
    desk.flag(2)
    for text in (case_id[-8:], f"…{case_id[-8:]}", case_id[-8:].upper(), case_id[-10:]):
        assert desk.run(find_cases, text) == [case_id]
    for text in (case_id[-7:], "00000000", "%%%%%%%%", "________", f"x{case_id[-8:]}"):
        assert desk.run(find_cases, text) == []


def test_several_cases_with_one_end_are_all_listed_newest_first(desk: Desk) -> None:
    first = desk.flag(1).case_id
    twin = CaseId(f"case_f{first[-8:]}")
    desk.run(
        lambda unit: unit.cases.add(
            replace(unit.cases.lock(CaseId(first)), id=twin, customer_id=CustomerId("u_9"), opened_at=T0 + MINUTE)
        )
    )
    assert desk.run(find_cases, first[-8:]) == [twin, first]


def test_a_pause_stops_new_calls_until_they_are_resumed(desk: Desk) -> None:
    with pytest.raises(ForbiddenError):
        desk.run(pause_all, KIM, ACCOUNT.name, T0)
    desk.run(pause_all, ANN, ACCOUNT.name, T0)
    granted = desk.run(take_lines, ACCOUNT, 3, T0 + MINUTE)
    assert (granted.count, granted.stopped_because) == (0, PAUSED)
    assert desk.run(read_board, Wanted(), T0).totals.stopped_because == PAUSED
    desk.run(resume_all, ANN, ACCOUNT.name, T0 + MINUTE)
    assert desk.run(take_lines, ACCOUNT, 3, T0 + MINUTE).count == 3
    with pytest.raises(ConflictError):
        desk.run(resume_all, ANN, ACCOUNT.name, T0 + MINUTE)
    kinds = [note.kind for _, _, note in desk.run(lambda unit: unit.admin.newest(9))]
    assert kinds == ["dialling_resumed", "dialling_paused"]


def test_texts_that_are_stopped_are_no_dialling_that_is(desk: Desk) -> None:
    """A stop of SMS is no stop of dialling: calls go out, so there is nothing to resume."""
    desk.run(stop_dialling, TEXTS + ACCOUNT.name, "account:20003", T0 + MINUTE, T0)
    assert desk.run(read_board, Wanted(), T0).totals.stopped_because is None


def test_a_pause_outlasts_the_faults_of_the_provider(desk: Desk) -> None:
    desk.run(pause_all, ANN, ACCOUNT.name, T0)
    desk.run(stop_dialling, ACCOUNT.name, "account:20003", T0 + MINUTE, T0)
    assert desk.run(take_lines, ACCOUNT, 3, T0 + timedelta(hours=2)).count == 0
