"""News of a flagged transfer from the bank: cancelled, confirmed or contested in the app, released, or given more
time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.case import CaseState
from wakeup.domain.errors import ConflictError, IllegalTransitionError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import TransferId
from wakeup.domain.states import move
from wakeup.domain.transfer import (
    HELD_BACK,
    TRANSFER_TRANSITIONS,
    Transfer,
    TransferEvent,
    TransferState,
)
from wakeup.domain.window import settle_at
from wakeup.usecases.case.follow_up import may_be_gone
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.call_in import expect_call_in
from wakeup.usecases.deciding.recall import recall_cancelled
from wakeup.usecases.deciding.record_label import record_label
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import alarm_released_after_cancel, clear_follow_up, recall_failed
from wakeup.usecases.idempotency import is_repeat_event
from wakeup.usecases.inputs import LabelIn, TransferEventIn, TransferNews
from wakeup.usecases.intake.app_confirmation import NotCounted, confirm_in_app, why_left_out
from wakeup.usecases.ladder.plan_calls import use_more_time
from wakeup.usecases.ladder.rungs import set_ladder
from wakeup.usecases.records import EarlyNews, Label
from wakeup.usecases.review.contest import contest_in_app
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import of_transfer

EARLY_NEWS_WAITS = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferEventResult:
    """Result of a transfer event. `known` is False until the transfer's risk event arrives; `new` is False for a
    repeat. `left_out` says why a confirmation does not count."""

    known: bool
    new: bool
    left_out: NotCounted | None = None


def apply_transfer_event(unit: Unit, news: TransferEventIn, now: datetime) -> TransferEventResult:
    """Apply one transfer event, or keep it for 24 h if its transfer is unknown. Raises ConflictError if the event
    id is known with other content, or the event does not fit the transfer's state."""
    known = is_repeat_event(unit, news.event_id, news.content_hash, now)
    transfer = unit.transfers.get(TransferId(news.transfer_id))
    if known:
        return TransferEventResult(known=transfer is not None, new=False, left_out=_left_out(unit, transfer, news))
    early = EarlyNews(
        event_id=news.event_id,
        transfer_id=TransferId(news.transfer_id),
        kind=news.kind,
        occurred_at=news.occurred_at,
        received_at=now,
        decide_by=news.decide_by,
        hold_max=news.hold_max,
    )
    if transfer is None:
        unit.inbox.keep_early(early)
        return TransferEventResult(known=False, new=True, left_out=_left_out(unit, None, news))
    with CaseFile(unit, unit.cases.lock(transfer.case_id), now) as file:
        before = unit.transfers.get(transfer.id) or transfer
        _apply(file, before, early)
        after = next(t for t in file.transfers() if t.id == transfer.id)
        settle_file(file, closed=after.state is not before.state)
        if file.case.state is CaseState.OPEN:
            set_ladder(file)
    unit.wakes.update({"settle", of_transfer(transfer.id)})
    return TransferEventResult(known=True, new=True, left_out=_left_out(unit, after, news))


def _left_out(unit: Unit, transfer: Transfer | None, news: TransferEventIn) -> NotCounted | None:
    """Return why a confirmation does not count; None for any other news."""
    if news.kind is not TransferNews.CONFIRMED_IN_APP:
        return None
    return NotCounted.EARLY if transfer is None else why_left_out(unit, transfer, news.event_id)


def apply_early_and_settle(file: CaseFile, transfer: Transfer) -> None:
    """Apply events that overtook the risk event, and take the decisions that follow from them."""
    if apply_early_events(file, transfer):
        settle_file(file)


def apply_early_events(file: CaseFile, transfer: Transfer) -> bool:
    """Apply events that overtook the risk event, without deciding anything yet. Returns True if there were any."""
    since = file.now - EARLY_NEWS_WAITS
    waiting = [news for news in file.unit.inbox.pop_early(transfer.id) if _is_heeded(news, since)]
    for news in waiting:
        try:
            _apply(file, file.unit.transfers.get(transfer.id) or transfer, news, early=True)
        except ConflictError as conflict:
            file.note(
                "early_news_ignored",
                "bank",
                transfer=transfer.id,
                kind=news.kind,
                field=conflict.field,
            )
    return bool(waiting)


def _is_heeded(news: EarlyNews, since: datetime) -> bool:
    """True if the news has not waited too long. A confirmation never counts then: however long it waited, it is noted,
    so that the answers can say so."""
    return news.received_at > since or news.kind == TransferNews.CONFIRMED_IN_APP


def record_bank_label(unit: Unit, label: LabelIn, now: datetime) -> bool:
    """Record the later truth about a transfer. A transfer labelled a scam is not released by any timer, and an
    allow on its way to the payment core is recalled. Returns False for a repeat. Raises ConflictError if the
    transfer is unknown, or if more money was recovered than the transfer's amount."""
    if is_repeat_event(unit, label.event_id, label.content_hash, now):
        return False
    transfer = unit.transfers.get(TransferId(label.transfer_id))
    if transfer is None:
        raise ConflictError("transfer_id", "unknown transfer")
    if label.recovered > transfer.amount:
        raise ConflictError("recovered", "is more than the transfer's amount")
    with CaseFile(unit, unit.cases.lock(transfer.case_id), now) as file:
        file.note("labelled", "bank", transfer=transfer.id, label=label.label)
        record_label(
            file,
            Label(
                transfer_id=transfer.id,
                label=label.label,
                recovered=label.recovered,
                occurred_at=label.occurred_at,
                received_at=now,
            ),
        )
    return True


def _apply(file: CaseFile, transfer: Transfer, news: EarlyNews, *, early: bool = False) -> None:
    match TransferNews(news.kind):
        case TransferNews.CANCELLED_IN_APP:
            _close(file, transfer, TransferEvent.CANCEL)
        case TransferNews.RELEASED:
            _close(file, transfer, TransferEvent.RELEASE)
        case TransferNews.CONFIRMED_IN_APP:
            confirm_in_app(file, transfer, news, early=early)
        case TransferNews.WINDOW_EXTENDED:
            _extend(file, transfer, news)
        case TransferNews.CALL_STARTED_IN_APP:
            expect_call_in(file, news.received_at)
        case TransferNews.CONTESTED:
            contest_in_app(file, transfer)


def _close(file: CaseFile, transfer: Transfer, event: TransferEvent) -> None:
    taken_back = transfer.state is TransferState.CANCELLED
    if transfer.state is TransferState.RELEASED or (taken_back and event is TransferEvent.CANCEL):
        return
    too_late = _came_back_too_late(file, transfer, event)
    try:
        state = move(TRANSFER_TRANSITIONS, transfer.state, event)
    except IllegalTransitionError as wrong:
        raise ConflictError("type", f"the transfer is already {transfer.state}") from wrong
    if transfer.state is TransferState.REFUSED and not too_late:
        raise ConflictError("type", f"the transfer is already {transfer.state}")
    leaving = may_be_gone(file, transfer)
    if event is TransferEvent.CANCEL:
        transfer = recall_cancelled(file, transfer)
    file.put(replace(transfer, state=state, allow_at=None))
    file.note("transfer_closed", "bank", transfer=transfer.id, state=state)
    if leaving:
        clear_follow_up(file)
    if too_late:
        recall_failed(file, transfer)
    if taken_back:
        alarm_released_after_cancel(file, transfer)


def _came_back_too_late(file: CaseFile, transfer: Transfer, event: TransferEvent) -> bool:
    """True if the bank has paid out a transfer whose allow was recalled: the allow reached the core, whatever the
    core acknowledged. This also holds if the hold has ended since."""
    called_back = event is TransferEvent.RELEASE and transfer.state in HELD_BACK
    return called_back and file.unit.decisions.was_let_go(transfer.id)


def _extend(file: CaseFile, transfer: Transfer, news: EarlyNews) -> None:
    if transfer.state is not TransferState.PENDING:
        raise ConflictError("type", f"the transfer is already {transfer.state}")
    decide_by = news.decide_by or transfer.decide_by
    if decide_by < transfer.decide_by:
        raise ConflictError("decide_by", "a window can be extended, but not shortened")
    hold_max = max(transfer.hold_max, news.hold_max or transfer.hold_max)
    if decide_by > hold_max:
        # No decision is possible after `hold_max`: customers must not be promised time that the law does not give.
        raise ConflictError("decide_by", "must not be later than the legal limit of the hold")
    settles = settle_at(transfer.flagged_at, decide_by, file.unit.policy.tempo)
    extended = file.put(replace(transfer, decide_by=decide_by, settle_at=settles, hold_max=hold_max))
    file.note("window_extended", "bank", transfer=transfer.id, decide_by=decide_by.isoformat())
    use_more_time(file, extended)
