"""Turn a risk event into a case, or let it join one: transfer, parties, first attempt and standing hold in one
transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.case import Case, CaseState
from wakeup.domain.decision import Decision
from wakeup.domain.errors import ConflictError, OvertakenError
from wakeup.domain.fast_dataclass import fast_init, replace
from wakeup.domain.ids import CaseId, CustomerId, TransferId
from wakeup.domain.party import Party, Role
from wakeup.domain.transfer import (
    TIER_RANK,
    Transfer,
    TransferState,
)
from wakeup.domain.window import settle_at
from wakeup.usecases.case.customer import case_tier, recent_tier, remember_customer
from wakeup.usecases.case.guard import guard_one
from wakeup.usecases.case.people import (
    FAMILY_RISK,
    bar_linked,
    first_people,
    people_meanwhile,
    suspicious_line,
    take_number,
    take_warnings,
)
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import record_standing_hold
from wakeup.usecases.deciding.settle import closed_window, settle_file
from wakeup.usecases.deciding.warning_after_allow import tell_of_other_payment
from wakeup.usecases.idempotency import Inbound, keyed_hash, matches_hash, record_message, register_message
from wakeup.usecases.inputs import FlaggedTransfer
from wakeup.usecases.intake.news import take_early
from wakeup.usecases.intake.tiers import raise_tier, warn
from wakeup.usecases.ladder.plan_calls import hurry, plan_first_call, plan_for_joined, plan_for_pending
from wakeup.usecases.ladder.rungs import set_first_rung, set_ladder
from wakeup.usecases.records import Customer, Known, RiskEventRecord, Sought
from wakeup.usecases.unit import Unit

IN_NO_HURRY = timedelta(seconds=30)
"""If a window is longer than this, the settler learns of it only after the phone was rung, together with others."""


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


def receive_event(unit: Unit, inbound: Inbound, event: FlaggedTransfer, now: datetime) -> Accepted:
    """Take one event of one signed message. Raises ConflictError if an id is known with other content."""
    known = unit.inbox.look_up(_sought(event, inbound.client, inbound.webhook_id))
    record_message(unit, inbound, known.body_hash, now)
    return _take(unit, event, known, now)


def receive_batch(
    unit: Unit, inbound: Inbound, events: Sequence[FlaggedTransfer], now: datetime
) -> list[Accepted | ConflictError]:
    """Take the events of one batch and return one result per event. A conflict in one event does not affect the
    others."""
    register_message(unit, inbound, now)
    results: dict[int, Accepted | ConflictError] = {}
    # In the order of customers, so that two batches about the same customers cannot deadlock.
    for place, event in sorted(enumerate(events), key=lambda numbered: numbered[1].customer_id):
        try:
            results[place] = open_case(unit, event, now)
        except ConflictError as conflict:  # raised before anything of this event was written
            results[place] = conflict
    return [results[place] for place in range(len(events))]


def open_case(unit: Unit, event: FlaggedTransfer, now: datetime) -> Accepted:
    """Open a case for the event's transfer, or join the customer's open case. Everything is checked before
    anything is written."""
    return _take(unit, event, unit.inbox.look_up(_sought(event)), now)


def _sought(event: FlaggedTransfer, client: str = "", webhook_id: str = "") -> Sought:
    transfer_id, customer_id = TransferId(event.transfer_id), CustomerId(event.customer_id)
    return Sought(client, webhook_id, event.event_id, transfer_id, customer_id)


def _take(unit: Unit, event: FlaggedTransfer, known: Known, now: datetime) -> Accepted:
    if known.owner is not None and known.owner != event.customer_id:
        raise ConflictError("customer.id", "this transfer belongs to another customer")
    if known.content_hash is not None:
        return _same_event(unit, known.content_hash, event)
    transfer_id = TransferId(event.transfer_id)
    unit.inbox.add_event(
        RiskEventRecord(
            event_id=event.event_id,
            client=event.client,
            content_hash=keyed_hash(unit, event.content_hash),
            transfer_id=transfer_id,
            received_at=now,
        )
    )
    transfer = None if known.owner is None else unit.transfers.get(transfer_id)
    if transfer is not None:
        return _again(unit, transfer, event, known, now)
    return _new_transfer(unit, event, known, now)


def _same_event(unit: Unit, content_hash: str, event: FlaggedTransfer) -> Accepted:
    if not matches_hash(unit, content_hash, event.content_hash):
        raise ConflictError("event_id", "this event was sent with other content")
    return _answer(unit, unit.transfers.get(TransferId(event.transfer_id)), event, new=False)


def _answer(unit: Unit, transfer: Transfer | None, event: FlaggedTransfer, *, new: bool) -> Accepted:
    decision = None if transfer is None else unit.decisions.newest(transfer.id)
    if transfer is None or decision is None:
        raise ConflictError("transfer.id", "there is no decision for this transfer")
    differs = _differs(unit, transfer, event)
    return Accepted(case_id=transfer.case_id, transfer_id=transfer.id, decision=decision, new=new, differs=differs)


def _again(unit: Unit, found: Transfer, event: FlaggedTransfer, known: Known, now: datetime) -> Accepted:
    """Handle a new event about a known transfer. It may raise the tier, mark the customer's line as suspicious, or
    name a number if none was known. If it describes another payment by now, no earlier yes releases that payment,
    and an earlier allow is recalled or reported. Nothing else changes."""
    unsettled = {case.id: case for case in unit.cases.lock_unsettled(found.customer_id)}
    case = unsettled.pop(found.case_id, None) or unit.cases.lock(found.case_id)
    _be_first(unit.customers.get(found.customer_id), known)
    with CaseFile(unit, case, now) as file:
        transfer = unit.transfers.get(found.id) or found
        file.note("event_again", "bank", transfer=transfer.id, event=event.event_id)
        if TIER_RANK[event.tier] < TIER_RANK[transfer.tier]:
            raise_tier(file, transfer, event.tier)
        take_warnings(file, event)
        if take_number(file, event):
            plan_for_pending(file)
        bar_linked(file, event)
        if differs := _differs(unit, transfer, event):
            file.note("other_payment", "bank", transfer=transfer.id, fields=differs)
            _not_the_one_asked_about(file, next(t for t in file.transfers() if t.id == transfer.id))
    warn(unit, unsettled.values(), event, event.tier, now)
    return _answer(unit, transfer, event, new=True)


def _not_the_one_asked_about(file: CaseFile, transfer: Transfer) -> None:
    guard_one(file, transfer)
    if transfer.state is TransferState.ALLOWED:
        tell_of_other_payment(file, transfer)


def _differs(unit: Unit, transfer: Transfer, event: FlaggedTransfer) -> tuple[str, ...]:
    """Return the names of the fields on which a release rests and which have changed. The callee was asked about
    the old values."""
    same = {
        "amount": event.amount == transfer.amount,
        "currency": event.currency == transfer.currency,
        "payee.account": unit.index("account", event.payee_account) == transfer.payee_index,
    }
    return tuple(name for name, as_it_was in same.items() if not as_it_was)


def _new_transfer(unit: Unit, event: FlaggedTransfer, known: Known, now: datetime) -> Accepted:
    customer_id = CustomerId(event.customer_id)
    unsettled, customer = _met_before(unit, customer_id, known) if known.seen_at else ((), None)
    case = next((case for case in unsettled if case.state is CaseState.OPEN), None)
    tier = case_tier(event.tier, customer, now)
    family_risk = FAMILY_RISK in event.signals or (customer is not None and customer.family_risk)
    recent = recent_tier(event.tier, customer, now)
    remember_customer(unit, customer, customer_id, recent, now, family_risk=family_risk)
    warn(unit, [other for other in unsettled if other is not case], event, recent, now)
    new = case is None
    if case is None:
        case = Case(
            id=CaseId(unit.ids.new("case")),
            customer_id=customer_id,
            tier=tier,
            locale=event.customer.locale,
            timezone=event.timezone,
            opened_at=now,
            family_risk=family_risk,
        )
    transfer = _transfer(unit, event, case, now)
    with CaseFile(unit, case, now, new=new) as file:
        file.note(
            "case_opened" if new else "transfer_joined",
            "bank",
            transfer=transfer.id,
            tier=event.tier,
            signals=tuple(event.signals),
        )
        graver = TIER_RANK[tier] < TIER_RANK[case.tier]
        if graver:
            file.update(replace(file.case, tier=tier))
        decision = record_standing_hold(file, transfer)
        unit.transfers.add(transfer, event.payee)
        parties = first_people(file, event) if new else people_meanwhile(file, event)
        early = known.early_news and take_early(file, transfer)
        if early:
            # Early news may have extended its window, or closed the transfer.
            transfer = unit.transfers.get(transfer.id) or transfer
        if new:
            _open_ladder(file, transfer, parties)
        else:
            _join_ladder(file, transfer, graver=graver)
        _decide_at_once(file, transfer, early=early)
    unit.wakes.add("newcomers" if transfer.settle_at - now > IN_NO_HURRY else "settle")
    return Accepted(case_id=file.case.id, transfer_id=transfer.id, decision=decision, new=True)


def _decide_at_once(file: CaseFile, transfer: Transfer, *, early: bool) -> None:
    """Decide a transfer whose window was closed, or which was decided elsewhere, before its risk event arrived."""
    if transfer.state is TransferState.PENDING and transfer.settle_at <= file.now:
        closed_window(file, transfer)
    elif early:
        settle_file(file)


def _met_before(unit: Unit, customer_id: CustomerId, known: Known) -> tuple[Sequence[Case], Customer | None]:
    # The same order everywhere, otherwise two transactions that want the same two rows would deadlock.
    unsettled, customer = unit.cases.lock_unsettled(customer_id), unit.customers.get(customer_id)
    _be_first(customer, known)
    return unsettled, customer


def _be_first(customer: Customer | None, known: Known) -> None:
    """Raise OvertakenError if another payment of this customer came in between our look-up and our locks: it may
    have opened a case that is not among the locked ones. The transaction then starts over, because no case is
    locked after its customer."""
    if customer is not None and customer.seen_at != known.seen_at:
        raise OvertakenError


def _open_ladder(file: CaseFile, transfer: Transfer, parties: Sequence[Party]) -> None:
    if transfer.state is not TransferState.PENDING:
        return
    customer = next((party for party in parties if party.role is Role.CUSTOMER), None)
    if customer is None:
        file.note("ladder_ended", reason="no_number")
    else:
        plan_first_call(file, customer, transfer)
    set_first_rung(file, transfer)


def _join_ladder(file: CaseFile, transfer: Transfer, *, graver: bool) -> None:
    if transfer.state is TransferState.PENDING:
        plan_for_joined(file, transfer)
    if graver:
        hurry(file)
    set_ladder(file)


def _transfer(unit: Unit, event: FlaggedTransfer, case: Case, now: datetime) -> Transfer:
    return Transfer(
        id=TransferId(event.transfer_id),
        case_id=case.id,
        customer_id=case.customer_id,
        tier=event.tier,
        amount=event.amount,
        currency=event.currency,
        share_of_balance=event.share_of_balance,
        typology=event.typology,
        model=event.model,
        flagged_at=now,
        decide_by=event.decide_by,
        hold_max=event.hold_max,
        settle_at=settle_at(now, event.decide_by, unit.policy.tempo),
        payee_index=unit.index("account", event.payee_account),
        guarded=suspicious_line(event, unit.policy, now),
        state=TransferState.PENDING,
    )
