"""The card on an agent's desk is about the payment that was announced to them: the one they talk about."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.agents_at_desk import comes_to_work, on_the_line, takes_it, waits
from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk
from tests.unit.test_warning_after_allow import news
from wakeup.domain.attempt import Attempt
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.staff import StaffId
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.desk.agent_desk import read_desk
from wakeup.usecases.inputs import TransferNews
from wakeup.usecases.records import Talk
from wakeup.usecases.repositories.scripts import KeptScript

T1, T2, T3 = (TransferId(f"t_{n}") for n in (1, 2, 3))


@pytest.fixture
def desk() -> Desk:
    """Scripts for three kinds of scam and the general one."""
    desk = Desk()
    for name in ("romance", "fake_invest", "generic"):
        script = KeptScript(content_hash=name, script_id=name, version="1", content=f"words of {name}", kept_at=T0)
        desk.run(lambda unit, kept: unit.scripts.keep(kept), script)
    return desk


def on_her_desk(desk: Desk, case_id: CaseId, *named: TransferId) -> StaffId:
    """Kim takes the call of a customer who was told of these payments."""
    kim = comes_to_work(desk, "kim", "+6531580101")
    call = on_the_line(desk, case_id)
    desk.run(was_told, call, named)
    takes_it(desk, waits(desk, call))
    return kim


def was_told(unit: SqlUnit, call: Attempt, named: tuple[TransferId, ...]) -> None:
    customer_id = unit.cases.lock(call.case_id).customer_id
    told = Talk(
        attempt_id=call.id, case_id=call.case_id, customer_id=customer_id, turns=0, finished=False, started_at=T0,
        turned_at=T0, state="{}", named=named,
    )  # fmt: skip
    unit.talks.add(told)


def script(desk: Desk, kim: StaffId) -> str:
    return (desk.run(read_desk, kim, T0 + 5 * MINUTE).script or "").removeprefix("words of ")


def two_payments(desk: Desk) -> CaseId:
    case_id = CaseId(desk.flag(1, customer_id="u_1", typology="romance", amount=Decimal(500)).case_id)
    desk.flag(2, customer_id="u_1", typology="fake_invest", amount=Decimal(90_000))
    return case_id


def test_the_card_is_about_the_largest_payment_not_about_the_first(desk: Desk) -> None:
    kim = on_her_desk(desk, two_payments(desk), T1)
    assert script(desk, kim) == "fake_invest"


def test_a_payment_that_was_announced_and_has_left_comes_before_one_that_is_still_here(desk: Desk) -> None:
    kim = on_her_desk(desk, two_payments(desk), T1)
    news(desk, TransferNews.RELEASED, T1, T0 + MINUTE)
    assert script(desk, kim) == "romance"


def test_a_payment_that_has_left_unmentioned_gives_way_to_one_that_is_still_here(desk: Desk) -> None:
    kim = on_her_desk(desk, two_payments(desk), T1)
    news(desk, TransferNews.RELEASED, T2, T0 + MINUTE)
    assert script(desk, kim) == "romance"


def test_where_nothing_is_left_the_card_is_about_the_newest_payment(desk: Desk) -> None:
    kim = on_her_desk(desk, two_payments(desk), T1)
    for transfer_id in (T1, T2):
        news(desk, TransferNews.CANCELLED_IN_APP, transfer_id, T0 + MINUTE)
    assert script(desk, kim) == "fake_invest"


def test_a_kind_without_a_script_has_the_general_card(desk: Desk) -> None:
    case_id = two_payments(desk)
    desk.flag(3, customer_id="u_1", typology="tax", amount=Decimal(100_000))
    assert script(desk, on_her_desk(desk, case_id)) == "generic"
