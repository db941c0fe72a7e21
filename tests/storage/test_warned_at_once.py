"""Two cases of one customer on PostgreSQL: a payment is released in one while a warning comes in the other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import Engine, text

from tests.storage.test_lock_order import _do, _waits, opened, opened_again, told, unit
from tests.unit.builders import MINUTE, T0
from tests.unit.desk import said
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import PROTECTIVE, Outcome
from wakeup.domain.transfer import TransferState
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow
from wakeup.usecases.intake.settle_case import settle_case


@pytest.mark.parametrize("warned_first", [True, False])
def test_a_warning_and_the_release_of_another_case_s_payment_do_not_miss_each_other(
    engine: Engine, warned_first: bool
) -> None:
    both_at_once(engine, warned_first=warned_first)


def test_the_release_sees_the_warning_it_waited_for_whatever_isolation_the_server_is_set_to(engine: Engine) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as admin:
        name = admin.scalar(text("SELECT current_database()"))
        admin.execute(text(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'"))
    # Connections made from now on take the new default.
    engine.dispose()
    both_at_once(engine, warned_first=True)


def both_at_once(engine: Engine, *, warned_first: bool) -> None:
    """Neither transaction would see what the other has not committed yet, so one of them waits for the customer."""
    cools, cooled = opened(engine), T0 + 17 * MINUTE
    _do(engine, lambda work: learns(work, cools, Outcome.CONSISTENT, T0 + MINUTE))
    with engine.begin() as connection:
        connection.execute(text("UPDATE cases SET state = 'in_review'"))
    rings = opened_again(engine)
    steps: list[Callable[[SqlUnit], object]] = [
        lambda work: learns(work, rings, Outcome.DISTRESS, cooled),
        lambda work: settle_case(work, cools, cooled),
    ]
    former, later = steps if warned_first else steps[::-1]
    with engine.connect() as first, ThreadPoolExecutor(1) as other:
        with first.begin():
            former(unit(first))
            waiting = other.submit(_do, engine, later)
            assert _waits(engine, first, waiting), "it never asked for the customer"
        waiting.result(10)
    transfer = _do(engine, lambda work: work.transfers.get(TransferId("t_1")))
    assert _do(engine, lambda work: work.decisions.was_let_go(TransferId("t_1"))) is not warned_first
    assert transfer is not None and transfer.state is TransferState.HELD, "at the latest it was called back"
    assert len(told(engine, cools)) == (0 if warned_first else 1)


def learns(work: SqlUnit, case_id: CaseId, outcome: Outcome, now: datetime) -> None:
    """A conversation of this case ended with this outcome."""
    with CaseFile(work, work.cases.lock(case_id), now) as file:
        work.talks.add_evidence(said(outcome, TransferId("t_1"), now, int(now.timestamp())), case_id)
        if outcome in PROTECTIVE:
            alarm_after_allow(file, WARNED, "callee")
        settle_file(file)
