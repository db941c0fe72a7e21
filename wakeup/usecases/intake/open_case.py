"""Turn a risk event into a case, or let it join one: transfer, parties, first attempt and standing hold in one
transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wakeup.domain.case import Case, CaseState
from wakeup.domain.decision import Decision
from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId, CustomerId, TransferId
from wakeup.domain.party import Party, Role
from wakeup.domain.transfer import TIER_RANK, Tier, Transfer, TransferState
from wakeup.domain.window import settle_at
from wakeup.usecases.case.customer import case_tier, recent_tier, remember_customer
from wakeup.usecases.case.parties import (
    add_late_number,
    apply_warnings,
    bar_linked,
    first_people,
    suspicious_line,
)
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import record_standing_hold
from wakeup.usecases.deciding.settle import closed_window, settle_file
from wakeup.usecases.deciding.warning_after_allow import recall_after_doubted_number
from wakeup.usecases.idempotency import Inbound, keyed_hash
from wakeup.usecases.inputs import FAMILY_RISK, FlaggedTransfer
from wakeup.usecases.intake.app_confirmation import early_tap_left_out
from wakeup.usecases.intake.known_transfer import (
    Accepted,
    check_not_overtaken,
    event_again,
    same_event,
)
from wakeup.usecases.intake.news import apply_early_events
from wakeup.usecases.intake.tiers import doubt_allowed_elsewhere, warn
from wakeup.usecases.intake.usual_event import is_usual, open_usual, settler_of
from wakeup.usecases.ladder.plan_calls import plan_first_call, plan_for_joined, speed_up_calls
from wakeup.usecases.ladder.rungs import set_first_rung, set_ladder
from wakeup.usecases.records import Customer, EventIds, KnownEvent, RiskEventRecord
from wakeup.usecases.unit import Unit


def open_case(unit: Unit, event: FlaggedTransfer, now: datetime) -> Accepted:
    """Open a case for the event's transfer, or join the customer's open case. Everything is checked before
    anything is written."""
    return take_event(unit, event, unit.inbox.look_up(sought(event, None)), now)


def sought(event: FlaggedTransfer, message: Inbound | None) -> EventIds:
    """Return the ids that an event and the message it came in are looked up by."""
    client, webhook_id = (None, None) if message is None else (message.client, message.webhook_id)
    return EventIds(client, webhook_id, event.event_id, TransferId(event.transfer_id), CustomerId(event.customer_id))


def take_event(unit: Unit, event: FlaggedTransfer, known: KnownEvent, now: datetime) -> Accepted:
    """Like `open_case`, for an event whose ids were looked up."""
    if known.owner is not None and known.owner != event.customer_id:
        raise ConflictError("customer.id", "this transfer belongs to another customer")
    if known.content_hash is not None:
        return same_event(unit, known.content_hash, event)
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
        return event_again(unit, transfer, event, known, now)
    return _first_event(unit, event, known, now)


def _first_event(unit: Unit, event: FlaggedTransfer, known: KnownEvent, now: datetime) -> Accepted:
    """Handle the first event about a transfer: remember its customer, warn their other cases, and put the transfer
    into their open case, or into a new one."""
    if is_usual(unit, event, known, now) and (accepted := open_usual(unit, event, now)) is not None:
        return accepted
    customer_id = CustomerId(event.customer_id)
    unsettled, customer = _met_before(unit, customer_id, known) if known.seen_at else ((), None)
    case = next((case for case in unsettled if case.state is CaseState.OPEN), None)
    tier = case_tier(event.tier, customer, now)
    family_risk = FAMILY_RISK in event.signals or (customer is not None and customer.family_risk)
    recent = recent_tier(event.tier, customer, now)
    remember_customer(unit, customer, customer_id, recent, now, family_risk=family_risk)
    warn(unit, [other for other in unsettled if other is not case], event, recent, now)
    if case is not None:
        return _join(CaseFile(unit, case, now), event, tier, known)
    case = Case(
        id=CaseId(unit.ids.new("case")), customer_id=customer_id, tier=tier, locale=event.customer.locale,
        timezone=event.timezone, opened_at=now, family_risk=family_risk,
    )  # fmt: skip
    return _open(CaseFile(unit, case, now, new=True), event, known)


def _open(case_file: CaseFile, event: FlaggedTransfer, known: KnownEvent) -> Accepted:
    """Open a case: its first transfer, its parties, the first call and the ladder."""
    with case_file as file:
        transfer, decision = _add_transfer(file, event, "case_opened")
        parties = first_people(file, event)
        transfer, early = _with_early_news(file, transfer, known)
        if transfer.state is TransferState.PENDING:
            _begin_ladder(file, transfer, parties)
        _decide_if_late(file, transfer, early=early)
    return _accepted(file.unit, transfer, decision, early=early)


def _join(case_file: CaseFile, event: FlaggedTransfer, tier: Tier, known: KnownEvent) -> Accepted:
    """Let a transfer join the customer's open case, which its tier may make graver. It adds no party, except the
    customer's number where none was known."""
    with case_file as file:
        graver = TIER_RANK[tier] < TIER_RANK[file.case.tier]
        if graver:
            file.update(replace(file.case, tier=tier))
        transfer, decision = _add_transfer(file, event, "transfer_joined")
        line_is_doubted = apply_warnings(file, event)
        add_late_number(file, event)
        bar_linked(file, event)
        if line_is_doubted:
            recall_after_doubted_number(file, transfer.id)
        transfer, early = _with_early_news(file, transfer, known)
        if transfer.state is TransferState.PENDING:
            plan_for_joined(file, transfer)
        if graver:
            speed_up_calls(file)
        set_ladder(file)
        _decide_if_late(file, transfer, early=early)
    return _accepted(file.unit, transfer, decision, early=early)


def _accepted(unit: Unit, transfer: Transfer, decision: Decision, *, early: bool) -> Accepted:
    tap_left_out = early and early_tap_left_out(unit, transfer)
    return Accepted(
        case_id=transfer.case_id, transfer_id=transfer.id, decision=decision, new=True,
        tap_left_out=tap_left_out,
    )  # fmt: skip


def _add_transfer(file: CaseFile, event: FlaggedTransfer, note: str) -> tuple[Transfer, Decision]:
    """Store the transfer and its standing hold. What the event says of the customer's line counts for their other
    cases, too."""
    transfer = _transfer(file.unit, event, file.case, file.now)
    file.note(note, "bank", transfer=transfer.id, tier=event.tier, signals=tuple(event.signals))
    decision = record_standing_hold(file, transfer)
    file.unit.transfers.add(transfer, event.payee)
    doubt_allowed_elsewhere(file, event)
    return transfer, decision


def _with_early_news(file: CaseFile, transfer: Transfer, known: KnownEvent) -> tuple[Transfer, bool]:
    """Apply news that overtook the event: it may have extended the transfer's window, or closed the transfer. Return
    the transfer as it then is, and whether there was any news."""
    if not (known.early_news and apply_early_events(file, transfer)):
        return transfer, False
    return file.unit.transfers.get(transfer.id) or transfer, True


def _begin_ladder(file: CaseFile, transfer: Transfer, parties: Sequence[Party]) -> None:
    customer = next((party for party in parties if party.role is Role.CUSTOMER), None)
    if customer is None:
        file.note("ladder_ended", reason="no_number")
    else:
        plan_first_call(file, customer, transfer)
    set_first_rung(file, transfer)


def _decide_if_late(file: CaseFile, transfer: Transfer, *, early: bool) -> None:
    """Decide a transfer whose window was closed, or which was decided elsewhere, before its risk event arrived; of
    any other tell the settler."""
    if transfer.state is TransferState.PENDING and transfer.settle_at <= file.now:
        closed_window(file, transfer)
    elif early:
        settle_file(file)
    file.unit.wakes.add(settler_of(transfer.settle_at, file.now))


def _met_before(unit: Unit, customer_id: CustomerId, known: KnownEvent) -> tuple[Sequence[Case], Customer | None]:
    # The same order everywhere, otherwise two transactions that want the same two rows would deadlock.
    unsettled, customer = unit.cases.lock_unsettled(customer_id), unit.customers.lock(customer_id)
    check_not_overtaken(customer, known)
    return unsettled, customer


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
        occurred_at=event.occurred_at,
        decide_by=event.decide_by,
        hold_max=event.hold_max,
        settle_at=settle_at(now, event.decide_by, unit.policy.tempo),
        payee_index=unit.index("account", event.payee.account),
        guarded=suspicious_line(event, unit.policy, now),
        state=TransferState.PENDING,
    )
