"""A message to the payment core is superseded while its delivery is being recorded: nothing may send the older one
again.

On PostgreSQL the newer decision is not committed yet when the response to the older message arrives, so neither
transaction sees the other unless the row is locked.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from tests.storage.test_lock_order import _do, _waits, unit
from tests.unit.builders import MINUTE, T0
from tests.unit.desk import wait
from wakeup.domain.decision import Ruling, Verdict
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import CaseId
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import record_decision
from wakeup.usecases.deciding.deliver import LeasedMessage, listed, record_delivery, replay, take_messages
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.ports import Delivery, Receipt
from wakeup.usecases.records import MessageState

HOLD = Verdict(ruling=Ruling.HOLD, reason="person_releases")
ALLOW = Verdict(ruling=Ruling.ALLOW, reason="released_by_person")


def decides(work: SqlUnit, case_id: CaseId, verdict: Verdict) -> None:
    with CaseFile(work, work.cases.lock(case_id), T0 + MINUTE) as file:
        record_decision(file, file.transfers()[0], verdict)


def held(engine: Engine) -> tuple[CaseId, LeasedMessage]:
    """A case whose hold is being delivered. Return the case, and the message with its lease."""
    with engine.begin() as connection:
        work = unit(connection)
        case_id = open_case(work, wait(1), T0).case_id
        decides(work, case_id, HOLD)
    with engine.begin() as connection:
        [sent] = take_messages(unit(connection), T0 + MINUTE, 9).messages
    return case_id, sent


def states(engine: Engine) -> dict[int, MessageState]:
    with engine.begin() as connection:
        return {message.sequence: message.state for message in listed(unit(connection), None, 9)}


def meet(engine: Engine, case_id: CaseId, other: Callable[[SqlUnit], object]) -> BaseException | None:
    """Write the newer decision; let the other use case wait for it; commit. Return the error of the other, if any."""
    with engine.connect() as first, ThreadPoolExecutor(1) as thread:
        with first.begin():
            decides(unit(first), case_id, ALLOW)
            waiting = thread.submit(_do, engine, other)
            assert _waits(engine, first, waiting), "it never asked for the message"
        return waiting.exception(10)


@pytest.mark.parametrize("receipt", list(Receipt))
def test_an_answer_that_comes_while_a_newer_decision_is_written_does_not_bring_the_older_back(
    engine: Engine, receipt: Receipt
) -> None:
    case_id, sent = held(engine)
    delivery = Delivery(receipt=receipt, status=500)
    assert meet(engine, case_id, lambda work: record_delivery(work, sent, delivery, T0 + MINUTE)) is None
    assert states(engine) == {2: MessageState.SUPERSEDED, 3: MessageState.DUE}
    with engine.begin() as connection:
        [newer] = take_messages(unit(connection), T0 + 2 * MINUTE, 9).messages
        assert newer.envelope.message_id != sent.envelope.message_id


def test_a_dead_message_that_is_overtaken_while_it_is_replayed_stays_behind(engine: Engine) -> None:
    case_id, sent = held(engine)
    gone = Delivery(receipt=Receipt.GONE, status=410)
    _do(engine, lambda work: record_delivery(work, sent, gone, T0 + MINUTE))
    ended = meet(engine, case_id, lambda work: replay(work, sent.envelope.message_id, T0 + MINUTE))
    assert isinstance(ended, ConflictError)
    assert states(engine) == {2: MessageState.SUPERSEDED, 3: MessageState.DUE}


def test_a_dead_message_with_a_newer_decision_behind_it_is_never_replayed(engine: Engine) -> None:
    case_id, sent = held(engine)
    with engine.begin() as connection:
        decides(unit(connection), case_id, ALLOW)
        connection.exec_driver_sql("UPDATE outbox SET state = 'dead' WHERE sequence = 2")
    with engine.begin() as connection, pytest.raises(ConflictError, match="newer"):
        replay(unit(connection), sent.envelope.message_id, T0 + MINUTE)
