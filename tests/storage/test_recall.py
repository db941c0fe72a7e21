"""An allow is recalled, on a database of each kind; and on PostgreSQL while the payment core is answering it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from tests.storage.test_lock_order import _do, _waits, unit
from tests.storage.test_superseded_delivery import states
from tests.unit.builders import MINUTE, T0
from tests.unit.desk import wait
from wakeup.domain.decision import Ruling, Verdict
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.transfer import TransferState
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import record_decision
from wakeup.usecases.deciding.deliver import LeasedMessage, record_delivery, replay, take_messages
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.ports import Delivery, Receipt
from wakeup.usecases.records import MessageState

T1, NOW, LATER = TransferId("t_1"), T0 + MINUTE, T0 + 2 * MINUTE
TAKEN = Delivery(receipt=Receipt.DELIVERED, status=200)
REFUSED = Delivery(receipt=Receipt.GONE, status=410)
DUE, SUPERSEDED, DELIVERED, DEAD = (
    MessageState.DUE, MessageState.SUPERSEDED, MessageState.DELIVERED, MessageState.DEAD,
)  # fmt: skip


def let_go(engine: Engine) -> CaseId:
    """A payment released by people; the payment core has not been told yet."""

    def act(work: SqlUnit) -> CaseId:
        case_id = open_case(work, wait(1), T0).case_id
        with CaseFile(work, work.cases.lock(case_id), NOW) as file:
            record_decision(
                file, file.transfers()[0], Verdict(ruling=Ruling.ALLOW, reason="released_by_person"), "ann+ben"
            )
            settle_file(file)
        return case_id

    return _do(engine, act)


def on_the_wire(engine: Engine) -> LeasedMessage:
    """The message that is due, leased."""
    [sent] = _do(engine, lambda work: take_messages(work, LATER, 9)).messages
    return sent


def warns(work: SqlUnit, case_id: CaseId) -> None:
    with CaseFile(work, work.cases.lock(case_id), LATER) as file:
        alarm_after_allow(file, WARNED, "callee")


def leaving(engine: Engine) -> list[bool]:
    return [one.leaving for one in _do(engine, lambda work: work.views.waiting(LATER, 9))]


def state(engine: Engine) -> TransferState:
    found = _do(engine, lambda work: work.transfers.get(T1))
    assert found is not None
    return found.state


@pytest.mark.parametrize(("delivery", "ends"), [(TAKEN, DELIVERED), (REFUSED, DEAD)])
def test_a_recalled_payment_is_in_doubt_until_the_core_has_taken_the_hold(
    any_engine: Engine, delivery: Delivery, ends: MessageState
) -> None:
    engine, case_id = any_engine, let_go(any_engine)
    _do(engine, lambda work: warns(work, case_id))
    assert state(engine) is TransferState.HELD
    assert states(engine) == {2: SUPERSEDED, 3: DUE}
    assert (_do(engine, lambda work: work.outbox.in_doubt(T1)), leaving(engine)) == (True, [True])
    sent = on_the_wire(engine)
    _do(engine, lambda work: record_delivery(work, sent, delivery, LATER))
    assert states(engine) == {2: SUPERSEDED, 3: ends}
    doubtful = ends is DEAD
    assert (_do(engine, lambda work: work.outbox.in_doubt(T1)), leaving(engine)) == (doubtful, [doubtful])
    assert (_do(engine, lambda work: work.cases.lock(case_id)).unheld_at is not None) is doubtful


def meet(engine: Engine, first: Callable[[SqlUnit], object], other: Callable[[SqlUnit], object]) -> object:
    """The first use case has written but not committed; the other waits for it. Return what the other returned or
    raised.
    """
    with engine.connect() as connection, ThreadPoolExecutor(1) as thread:
        with connection.begin():
            first(unit(connection))
            waiting = thread.submit(_do, engine, other)
            assert _waits(engine, connection, waiting), "it never asked for the message"
        return waiting.exception(10) or waiting.result()


def test_an_acknowledgement_that_is_being_written_is_waited_for(engine: Engine) -> None:
    """The payment core has the allow: it cannot be recalled, and a person is to ask the bank."""
    case_id = let_go(engine)
    sent = on_the_wire(engine)
    meet(
        engine,
        lambda work: record_delivery(work, sent, TAKEN, LATER),
        lambda work: warns(work, case_id),
    )
    assert (state(engine), states(engine)) == (TransferState.ALLOWED, {2: DELIVERED})
    assert leaving(engine) == [True]


def test_an_acknowledgement_that_comes_during_the_recall_settles_nothing(engine: Engine) -> None:
    case_id = let_go(engine)
    sent = on_the_wire(engine)
    answered = meet(
        engine,
        lambda work: warns(work, case_id),
        lambda work: record_delivery(work, sent, TAKEN, LATER),
    )
    assert answered is SUPERSEDED
    assert (state(engine), states(engine)) == (TransferState.HELD, {2: SUPERSEDED, 3: DUE})
    assert leaving(engine) == [True], "the money may be leaving: the hold will tell"


def test_a_dead_allow_that_is_replayed_at_that_moment_is_called_back(engine: Engine) -> None:
    case_id = let_go(engine)
    sent = on_the_wire(engine)
    _do(engine, lambda work: record_delivery(work, sent, REFUSED, LATER))
    meet(engine, lambda work: replay(work, sent.envelope.message_id, LATER), lambda work: warns(work, case_id))
    assert (state(engine), states(engine)) == (TransferState.HELD, {2: SUPERSEDED, 3: DUE})


def test_the_answer_to_the_hold_waits_for_the_use_case_that_has_the_case(engine: Engine) -> None:
    """Case first, then message: the transaction that holds the case may be about to supersede the message."""
    case_id = let_go(engine)
    _do(engine, lambda work: warns(work, case_id))
    sent = on_the_wire(engine)
    answered = meet(
        engine,
        lambda work: warns(work, case_id),
        lambda work: record_delivery(work, sent, TAKEN, LATER),
    )
    assert answered is DELIVERED
    assert leaving(engine) == [False]
