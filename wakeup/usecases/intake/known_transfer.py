"""An event about a transfer that is known already: a repeat, a graver view of it, or another payment under its id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.decision import Decision
from wakeup.domain.errors import ConflictError, OvertakenError
from wakeup.domain.fast_dataclass import fast_init
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.transfer import TIER_RANK, Transfer, TransferState
from wakeup.usecases.case.guard import guard_one
from wakeup.usecases.case.named_otherwise import mark_of_news
from wakeup.usecases.case.parties import (
    add_late_number,
    apply_warnings,
    bar_linked,
)
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.warning_after_allow import recall_after_doubted_number, recall_after_other_payment
from wakeup.usecases.idempotency import keyed_hash
from wakeup.usecases.inputs import FlaggedTransfer
from wakeup.usecases.intake.app_confirmation import early_tap_left_out
from wakeup.usecases.intake.tiers import doubt_allowed_elsewhere, raise_tier, warn
from wakeup.usecases.ladder.plan_calls import plan_for_pending
from wakeup.usecases.records import Customer, KnownEvent
from wakeup.usecases.unit import Unit


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Content of the answer to a risk event. `new` is False for an event known before."""

    case_id: CaseId
    transfer_id: TransferId
    decision: Decision
    new: bool
    differs: tuple[str, ...] = ()
    """Names of the fields in which the event differs from the transfer known by this id, which makes it another
    payment."""
    tap_left_out: bool = False
    """True if a confirmation in the app came before the transfer's first event, so that it does not count, and none
    that counts came since."""


def same_event(unit: Unit, content_hash: str, event: FlaggedTransfer) -> Accepted:
    """Return the answer to an event that was accepted before. Raises ConflictError if its content differs."""
    if content_hash != keyed_hash(unit, event.content_hash):
        raise ConflictError("event_id", "this event was sent with other content")
    return _accepted(unit, unit.transfers.get(TransferId(event.transfer_id)), event, new=False)


def event_again(unit: Unit, found: Transfer, event: FlaggedTransfer, known: KnownEvent, now: datetime) -> Accepted:
    """Handle a new event about a known transfer. It may raise the tier, mark the customer's line as suspicious, or
    name a number if none was known. If it describes another payment by now, no earlier yes releases that payment,
    and an earlier allow is recalled or reported. Nothing else changes."""
    unsettled = {case.id: case for case in unit.cases.lock_unsettled(found.customer_id)}
    case = unsettled.pop(found.case_id, None) or unit.cases.lock(found.case_id)
    check_not_overtaken(unit.customers.lock(found.customer_id), known)
    warn(unit, unsettled.values(), event, event.tier, now)
    with CaseFile(unit, case, now) as file:
        transfer = unit.transfers.get(found.id) or found
        file.note("event_again", "bank", transfer=transfer.id, event=event.event_id)
        if TIER_RANK[event.tier] < TIER_RANK[transfer.tier]:
            raise_tier(file, transfer, event.tier)
        if apply_warnings(file, event):
            recall_after_doubted_number(file, transfer.id)
        doubt_allowed_elsewhere(file, event)
        if add_late_number(file, event):
            plan_for_pending(file)
        bar_linked(file, event)
        if differs := _differs(unit, transfer, event):
            _note_other_payment(file, transfer, event, differs)
            _protect_changed_payment(file, next(t for t in file.transfers() if t.id == transfer.id))
    return _accepted(unit, transfer, event, new=True)


def _note_other_payment(file: CaseFile, transfer: Transfer, event: FlaggedTransfer, differs: tuple[str, ...]) -> None:
    """Note another payment once: each note ends a request to release, and the bank repeats what it has corrected."""
    what = f"{event.amount.normalize():f}\0{event.currency}\0{event.payee.account}"
    mark = mark_of_news(file, "other_payment", transfer.id, what)
    if mark is not None:
        file.note("other_payment", "bank", transfer=transfer.id, fields=differs, named=mark)


def _protect_changed_payment(file: CaseFile, transfer: Transfer) -> None:
    guard_one(file, transfer)
    if transfer.state is TransferState.ALLOWED:
        recall_after_other_payment(file, transfer)


def _accepted(unit: Unit, transfer: Transfer | None, event: FlaggedTransfer, *, new: bool) -> Accepted:
    assert transfer is not None, "an event is recorded together with its transfer"
    decision = unit.decisions.newest(transfer.id)
    assert decision is not None, "a transfer is recorded together with its standing hold"
    return Accepted(
        case_id=transfer.case_id, transfer_id=transfer.id, decision=decision, new=new,
        differs=_differs(unit, transfer, event), tap_left_out=early_tap_left_out(unit, transfer),
    )  # fmt: skip


def _differs(unit: Unit, transfer: Transfer, event: FlaggedTransfer) -> tuple[str, ...]:
    """Return the names of the fields on which a release rests and which have changed. The callee was asked about
    the old values."""
    same = {
        "amount": event.amount == transfer.amount,
        "currency": event.currency == transfer.currency,
        "payee.account": unit.index("account", event.payee.account) == transfer.payee_index,
    }
    return tuple(name for name, as_it_was in same.items() if not as_it_was)


def check_not_overtaken(customer: Customer | None, known: KnownEvent) -> None:
    """Raise OvertakenError if another payment of this customer came in between our look-up and our locks: it may
    have opened a case that is not among the locked ones. The transaction then starts over, because no case is
    locked after its customer."""
    if customer is not None and customer.seen_at != known.seen_at:
        raise OvertakenError
