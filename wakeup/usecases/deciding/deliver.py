"""The outbox: lease due messages, record the payment core's response, list messages and replay dead ones."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.case import CaseState
from wakeup.domain.decision import Decision, Ruling
from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId, MessageId
from wakeup.usecases.case.follow_up import FIRST_RECALL, in_doubt
from wakeup.usecases.case.notify_customer import text_outcome
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import decision_body
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import clear_follow_up, recall_failed
from wakeup.usecases.ports import Delivery, Envelope, Receipt
from wakeup.usecases.records import MessageState, OutboxMessage
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import alarm


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasedMessage:
    """One message leased for one delivery."""

    envelope: Envelope
    token: str
    again: bool
    """Delivery of it was tried before."""
    late_at: datetime
    """When the message counts as late."""
    recalled: CaseId | None
    """The case, if the message recalls an allow or comes after one that does: its delivery says where the money is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    messages: tuple[LeasedMessage, ...]
    next_due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetters:
    messages: tuple[OutboxMessage, ...]
    allows: Collection[MessageId]


def take_messages(unit: Unit, now: datetime, limit: int, again: int | None = None) -> Batch:
    """Lease due messages: at most `limit`, and at most `again` of those that were tried before.

    An expired lease makes its message due again.
    """
    first = unit.outbox.next_due()
    if first is None or first > now:
        return Batch(messages=(), next_due=first)
    messages = []
    for message, decision in unit.outbox.due(now, limit, limit if again is None else again):
        token = unit.ids.new("lse")
        until = now + unit.policy.tempo.delivery_lease
        unit.outbox.save(replace(message, lease_token=token, due_at=until))
        envelope = Envelope(message_id=message.id, body=_body(decision, unit.policy.hold_basis))
        recalled = message.case_id if _after_allow(unit, decision) else None
        messages.append(
            LeasedMessage(
                envelope=envelope, token=token, again=message.tries > 0, late_at=message.late_at, recalled=recalled
            )
        )  # fmt: skip
    return Batch(messages=tuple(messages), next_due=unit.outbox.next_due())


def _body(decision: Decision, hold_basis: str) -> bytes:
    """Return the body of the message. It has the same bytes at every try: a decision never changes. Only a
    `hold_basis` that the operator changed meanwhile differs."""
    return json.dumps(decision_body(decision, hold_basis), separators=(",", ":")).encode()


def _after_allow(unit: Unit, decision: Decision) -> bool:
    """True if the decision holds or refuses a transfer that was allowed before."""
    if decision.sequence < FIRST_RECALL or decision.ruling is Ruling.ALLOW:
        return False
    return unit.decisions.was_let_go(decision.transfer_id)


def record_delivery(unit: Unit, leased: LeasedMessage, delivery: Delivery, now: datetime) -> MessageState | None:
    """Record the result of a delivery. Returns None when the lease was lost meanwhile, because another worker owns
    the message.

    The response to a recall is applied to the case too, which is locked before the message. If acknowledged, the
    money stays, and the customer is told so; where something is pending, once that is decided. If the message is
    dead, humans must ask the bank, even if one has done so before.
    """
    if leased.recalled is None:
        return _record_leased(unit, _message_of(unit, leased), leased.token, delivery, now)
    with CaseFile(unit, unit.cases.lock(leased.recalled), now) as file:
        message = _message_of(unit, leased)
        transfer = next((t for t in file.transfers() if message is not None and t.id == message.transfer_id), None)
        doubtful = transfer is not None and in_doubt(file, transfer)
        state = _record_leased(unit, message, leased.token, delivery, now)
        if transfer is None or not doubtful:
            return state
        if state is MessageState.DELIVERED:
            file.note("recall_arrived", "bank", transfer=transfer.id)
            clear_follow_up(file)
            settle_file(file)
            if file.case.state is not CaseState.OPEN:
                text_outcome(file)
        elif state is MessageState.DEAD:
            recall_failed(file, transfer, delivery.status)
    return state


def _message_of(unit: Unit, leased: LeasedMessage) -> OutboxMessage | None:
    return unit.outbox.lock(MessageId(leased.envelope.message_id))


def _record_leased(
    unit: Unit, message: OutboxMessage | None, token: str, delivery: Delivery, now: datetime
) -> MessageState | None:
    if message is None or message.lease_token != token:
        return None
    if message.state is not MessageState.DUE:
        # Superseded while in flight: now that it is over, the newer decision can be sent.
        unit.outbox.save(replace(message, lease_token=None, last_status=delivery.status))
        unit.wakes.add("deliver")
        return message.state
    return _record(unit, message, delivery, now)


def _record(unit: Unit, message: OutboxMessage, delivery: Delivery, now: datetime) -> MessageState:
    after = _after(unit, message, delivery, now)
    if after.state is not MessageState.DELIVERED and _late_unsaid(message, now):
        after = replace(after, late_said_at=now)
        unit.wakes.add(alarm("decision_late"))
    unit.outbox.save(after)
    if after.state is not MessageState.DELIVERED:
        # Nothing waits for the end of a delivered message: a newer decision would have superseded it.
        unit.wakes.add("deliver")
    if after.state is MessageState.DEAD:
        unit.wakes.add(alarm("decision_undeliverable"))
    return after.state


def _late_unsaid(message: OutboxMessage, now: datetime) -> bool:
    return message.late_said_at is None and now >= message.late_at


def _after(unit: Unit, message: OutboxMessage, delivery: Delivery, now: datetime) -> OutboxMessage:
    tempo, tries = unit.policy.tempo, message.tries + 1
    told = replace(message, tries=tries, last_status=delivery.status, lease_token=None)
    if delivery.receipt is Receipt.DELIVERED:
        return replace(told, state=MessageState.DELIVERED, settled_at=now)
    if delivery.receipt is Receipt.GONE or tries >= tempo.delivery_attempts:
        return replace(told, state=MessageState.DEAD, settled_at=now)
    wait = min(tempo.delivery_first_retry * 2 ** min(tries - 1, 16), tempo.delivery_max_retry)
    if now < message.late_at:
        # Make one last try that is in time; if it fails too, the alarm is raised then and not minutes later.
        wait = min(wait, message.late_at - now)
    wait = max(wait, timedelta(seconds=delivery.retry_after_s or 0))
    return replace(told, due_at=now + wait)


def replay(unit: Unit, message_id: str, now: datetime) -> OutboxMessage:
    """Make a dead message due again, as a retry: a fresh decision must not wait for all that died in an outage.

    It is due since its last try, so that the outbox need not look for fresh messages among thousands of replayed ones.
    Raises NotFoundError, or ConflictError when it is not dead or a newer decision exists.
    """
    message = unit.outbox.lock(MessageId(message_id))
    if message is None:
        raise NotFoundError("no such message")
    if message.state is not MessageState.DEAD:
        raise ConflictError(
            "message",
            f"only a dead message can be replayed; this one is {message.state}",
        )
    newest = unit.decisions.newest(message.transfer_id)
    if newest is not None and newest.sequence > message.sequence:
        raise ConflictError("message", "a newer decision of this transfer was sent or is being sent")
    due_at = min(message.due_at, now)
    again = replace(message, state=MessageState.DUE, due_at=due_at, tries=1, settled_at=None)
    unit.outbox.save(again)
    unit.wakes.add("deliver")
    return again


def listed(unit: Unit, state: str | None, limit: int) -> list[OutboxMessage]:
    """Return messages for inspection, newest first."""
    return list(unit.outbox.listed(state, limit))


def dead_letters(unit: Unit, limit: int) -> DeadLetters:
    """Return the dead messages, newest first, and which of them are allows."""
    return DeadLetters(messages=tuple(unit.outbox.listed(MessageState.DEAD, limit)), allows=unit.outbox.dead_allows())


def number_decisions(unit: Unit, limit: int) -> Sequence[tuple[Ruling, str]]:
    """Give committed decisions their position in the feed, in a transaction of its own after the commit that made
    them.

    Returns the ruling and the reason of each. Every decision is numbered once, by one node, which may count it.
    """
    return unit.decisions.number_new(limit)
