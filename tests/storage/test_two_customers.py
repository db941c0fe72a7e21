"""A use case about two customers meets a batch of events about both: they must lock them in one order, or each
waits for what the other holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from tests.storage.interleave import DEPENDENCIES, Wish, before, meet, run
from tests.storage.test_lost_updates import LATER, LI, MEI, engine, held, meets_a_batch, opens, writes
from tests.storage.test_warned_at_once import learns
from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import PHONE
from tests.unit.enrolling import ENTRY
from tests.unit.guardian_steps import guardian
from tests.unit.sms_desk import SENDER, start_next
from wakeup.domain.outcome import Outcome
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.call_in import Caller, ask_for_person, keep_on_hold, match_call_in
from wakeup.usecases.guardians.ask_guardian import ask_guardian
from wakeup.usecases.guardians.enrol_guardians import put_guardians
from wakeup.usecases.inputs import TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.ports import Placement, PostResult
from wakeup.usecases.texts.send_texts import record_sending

__all__ = ["engine"]

CALLER = Caller(call_sid=f"CA{1:032}", from_=PHONE)


def call_begins(n: int) -> TransferEventIn:
    return TransferEventIn(
        event_id=f"evt_call_{n}", content_hash="h", transfer_id=f"t_{n}",
        kind=TransferNews.CALL_STARTED_IN_APP, occurred_at=LATER,
    )  # fmt: skip


def share_a_telephone(engine: Engine) -> None:
    """Each customer has started a call in the bank's app, and one call arrives. By the age of their cases Li is
    first.
    """
    for n, who in ((2, LI), (1, MEI)):
        opens(engine, n, customer_id=who, phone=PHONE)
        run(engine, apply_transfer_event, call_begins(n), LATER)
    assert run(engine, lambda work: match_call_in(work, CALLER, LATER))


def keeps_what_is_left(engine: Engine) -> Wish:
    share_a_telephone(engine)
    return lambda work: keep_on_hold(work, CALLER, LATER + MINUTE)


def wants_a_person(engine: Engine) -> Wish:
    share_a_telephone(engine)
    return lambda work: ask_for_person(work, CALLER, LATER + MINUTE)


def leaves_both_and_is_asked_about_one(engine: Engine) -> Wish:
    """One guardian guards Mei and Li, and has just been asked about Li."""
    long_ago = T0 - 30 * 24 * HOUR
    agreed = replace(ENTRY, agreed_at=long_ago, confirmed_at=long_ago)
    for who in (MEI, LI):
        run(engine, put_guardians, who, [agreed], long_ago)
    case_id = opens(engine, 2, customer_id=LI, guardians=(guardian(),))
    with engine.begin() as connection:
        work = SqlUnit(connection, DEPENDENCIES)
        with CaseFile(work, work.cases.lock(case_id), T0) as file:
            assert ask_guardian(file, "test") is None
    return writes("LEAVE")


def worries_about_both(engine: Engine) -> Wish:
    """One guardian is asked about both. Mei has cancelled her payment meanwhile, so a new payment of hers opens
    another case.
    """
    for n, who in ((2, LI), (1, MEI)):
        asked = opens(engine, n, customer_id=who, guardians=(guardian(),))
        with engine.begin() as connection:
            work = SqlUnit(connection, DEPENDENCIES)
            with CaseFile(work, work.cases.lock(asked), T0) as file:
                assert ask_guardian(file, "test") is None
        started = run(engine, start_next, SENDER, T0 + (3 - n) * MINUTE)
        assert started.order is not None
        sent = Placement(proof=PostResult.ACCEPTED, call_sid=f"SM{n:032}")
        sms_id = started.order.sms_id
        run(engine, record_sending, SENDER, sms_id, sent, T0 + MINUTE)
    news = TransferEventIn(
        event_id="evt_back", content_hash="h", transfer_id="t_1",
        kind=TransferNews.CANCELLED_IN_APP, occurred_at=T0,
    )  # fmt: skip
    run(engine, lambda work: apply_transfer_event(work, news, T0 + MINUTE))
    return writes("我很担心，别让他转")


@pytest.mark.parametrize(
    "acts_on", [keeps_what_is_left, wants_a_person, leaves_both_and_is_asked_about_one, worries_about_both]
)
def test_a_call_or_a_text_about_two_customers_and_a_batch_of_events_do_not_wait_for_each_other(
    engine: Engine, acts_on: Callable[[Engine], Wish]
) -> None:
    answer = meets_a_batch(engine, acts_on(engine))
    assert not isinstance(answer, BaseException), answer


def test_a_call_about_two_cases_of_one_customer_waits_for_either_before_it_has_the_customer(engine: Engine) -> None:
    """The transaction that holds the second case may want the customer next."""
    held(engine, 1, phone=PHONE)
    second = opens(engine, 2, phone=PHONE)
    for n in (1, 2):
        run(engine, apply_transfer_event, call_begins(n), LATER)
    assert run(engine, lambda work: match_call_in(work, CALLER, LATER))

    def warns(work: SqlUnit) -> None:
        learns(work, second, Outcome.DISTRESS, LATER)

    met = meet(engine, warns, lambda work: keep_on_hold(work, CALLER, LATER + MINUTE), before("FROM customers WHERE"))
    assert met.stopped and met.waited and met.anew == 0, met
    assert not isinstance(met.second, BaseException), met
