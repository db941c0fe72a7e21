"""What is asked once more just before a phone rings, and who may still write when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import PHONE, POLICY, Desk, said
from wakeup.domain.attempt import AttemptEvent, AttemptState
from wakeup.domain.ids import AttemptId
from wakeup.domain.outcome import Disposition, Outcome
from wakeup.usecases.calls import advance_call, bind
from wakeup.usecases.claim_attempts import claim_attempts
from wakeup.usecases.deliver import record_delivery, take_messages
from wakeup.usecases.pacing import Account
from wakeup.usecases.ports import Delivery, Receipt
from wakeup.usecases.records import MessageState
from wakeup.usecases.write_intent import Intent, write_intent

ACCOUNT = Account(name="AC", calls_per_second=100, max_concurrent=1000)
OURS = ("+6531580001",)


def rings(desk: Desk, now: datetime = T0) -> tuple[AttemptId, Intent | None]:
    """The next due attempt, as far as the intent to post it."""
    [claim] = desk.run(claim_attempts, ACCOUNT, "node", 1, now)
    return claim.attempt_id, desk.run(write_intent, claim, OURS, now)


def state_of(desk: Desk, attempt_id: AttemptId) -> AttemptState:
    return desk.run(lambda unit: unit.attempts.get(attempt_id).state)


def test_a_number_is_rung_only_so_often_a_day_whoever_it_is_for() -> None:
    calling = replace(POLICY.calling, max_calls_per_number_day=2, max_calls_per_case=2)
    desk = Desk(replace(POLICY, calling=calling))
    for n in (1, 2):
        opened = desk.flag(n, phone=PHONE)
        attempt_id, intent = rings(desk)
        assert intent is not None
        attempt = desk.run(lambda unit, one=attempt_id: unit.attempts.get(one))
        desk.on(opened.case_id, T0, lambda file, a=attempt: bind(file, a, f"CA{a.id}"))
        bound = desk.run(lambda unit, one=attempt_id: unit.attempts.get(one))
        desk.on(opened.case_id, T0, lambda file, a=bound: advance_call(file, a, AttemptEvent.END, Disposition.BUSY))
    desk.flag(3, phone=PHONE)
    attempt_id, intent = rings(desk)
    assert intent is None, "a third person behind the same number does not make it a third time"
    assert state_of(desk, attempt_id) is AttemptState.SUPPRESSED
    tomorrow = T0 + timedelta(days=1, seconds=1)
    desk.flag(4, tomorrow, phone=PHONE)
    assert rings(desk, tomorrow)[1] is not None


@pytest.mark.parametrize("written", ["+6591234567", "91234567", "65 9123 4567"])
def test_the_payees_own_number_is_not_rung(written: str) -> None:
    desk = Desk()
    desk.flag(1, phone="+6591234567", payee={"name": "Wong", "account": "a_1", "bank": None, "phone": written})
    attempt_id, intent = rings(desk)
    assert intent is None
    assert state_of(desk, attempt_id) is AttemptState.SUPPRESSED


def test_who_lost_the_lease_does_not_write_what_became_of_a_delivery() -> None:
    desk = Desk()
    opened = desk.flag(1)
    desk.teach(opened.case_id, said(Outcome.NOT_ME, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)
    [slow] = desk.run(take_messages, T0 + MINUTE, 5).dispatches
    assert desk.run(take_messages, T0 + MINUTE, 5).dispatches == (), "leased"
    [quick] = desk.run(take_messages, T0 + 2 * MINUTE, 5).dispatches
    message_id = quick.envelope.message_id
    assert message_id == slow.envelope.message_id
    gone = Delivery(receipt=Receipt.GONE, status=410)
    assert desk.run(record_delivery, message_id, slow.token, gone, T0 + 2 * MINUTE) is None
    delivered = Delivery(receipt=Receipt.DELIVERED, status=200)
    assert desk.run(record_delivery, message_id, quick.token, delivered, T0 + 2 * MINUTE) is MessageState.DELIVERED
