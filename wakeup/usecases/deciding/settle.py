"""Settling: tell the payment core what is known before the window closes; later, end holds by cooling or at
`hold_max`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from wakeup.domain.attempt import WAITED_FOR
from wakeup.domain.case import CaseEvent, CaseState
from wakeup.domain.decision import IN_TALK, Ruling, Verdict, decide
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId, EvidenceId
from wakeup.domain.outcome import PROTECTIVE, Evidence
from wakeup.domain.transfer import Transfer, TransferState
from wakeup.usecases.case.customer import is_unreadable
from wakeup.usecases.case.follow_up import awaiting_callback, promise_person, queue_for_follow_up
from wakeup.usecases.case.guard import guarded_from_outside
from wakeup.usecases.case.in_human_talk import is_in_human_talk
from wakeup.usecases.case.notify_customer import outcome_now, text_outcome
from wakeup.usecases.case.promised_call import alarm_late_promise
from wakeup.usecases.case.stop_calls import recheck_placed_calls, stop_calls
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import record_decision
from wakeup.usecases.due import Due, soonest
from wakeup.usecases.ladder.rungs import cancel_rungs
from wakeup.usecases.unit import Unit

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def cases_due(unit: Unit, now: datetime, limit: int) -> Due[CaseId]:
    """Return cases in which a transfer must be decided now, oldest due first, then those in which a promised human is
    late. A late promise counts as due now: it holds up no decision, and is no decision that is late."""
    due = dict(unit.transfers.cases_due(now, limit))
    for case_id, _ in unit.cases.promises_late(now, limit - len(due)):
        due.setdefault(case_id, now)
    cases, since = tuple(due), tuple(due.values())
    return Due(found=cases, since=since, next_due=soonest(unit.transfers.next_due(now), unit.cases.next_promise(now)))


def settle_file(file: CaseFile, *, closed: bool = False) -> None:
    """Decide what is due or already conclusive in a locked case.

    `closed`: the bank has just reported that a transfer of the case was cancelled or released.
    """
    evidence = evidence_of(file)
    if any(_may_be_let_go(t, evidence) for t in file.open_transfers()):
        # Locks the customer. A warning in another of their cases locks the customer too, and then looks for
        # released transfers, so one of two concurrent transactions sees the other.
        file.unit.customers.lock(file.case.customer_id)
        evidence = evidence_of(file)
    fresh = closed
    for transfer in file.transfers():
        fresh |= _settle_transfer(file, transfer, evidence).sequence > transfer.sequence
    _close_if_done(file, fresh=fresh)
    alarm_late_promise(file)


def evidence_of(file: CaseFile) -> list[Evidence]:
    """Return the evidence of this case's calls, and every warning from the customer's other cases since its
    transfers came."""
    found = file.unit.talks.evidence(file.case, file.began_at)
    return [e for case_id, e in found if case_id == file.case.id or e.outcome in PROTECTIVE]


def _settle_transfer(file: CaseFile, transfer: Transfer, evidence: Sequence[Evidence]) -> Transfer:
    if transfer.act_at is None:
        return transfer
    transfer, now = _guarded_from_outside(file, _alarm_before_hold_ends(file, transfer), evidence), file.now
    may_go = _may_be_let_go(transfer, evidence)
    verdict = decide(
        transfer, evidence, file.unit.policy, now, file.case.tier,
        over_limits=may_go and _over_limits(file, transfer),
        in_talk=may_go and is_in_human_talk(file.unit, file.case.customer_id, now),
    )  # fmt: skip
    if transfer.state is TransferState.PENDING:
        due = verdict.conclusive or now >= transfer.settle_at
    else:
        # A hold is sent again when protective evidence has just arrived. It may be dated later than now
        # (`record_evidence`).
        news = [e.id for e in evidence if e.at >= now and e.outcome in PROTECTIVE]
        due = verdict.conclusive and bool(news) and not _told(file, transfer, news)
    if due or verdict.ruling is not Ruling.HOLD:
        return record_decision(file, transfer, verdict)
    return _remember_cooling(file, transfer, verdict)


def _told(file: CaseFile, transfer: Transfer, news: Collection[EvidenceId]) -> bool:
    """True if the decision in force already rests on this evidence, because it recalled an allow."""
    newest = file.unit.decisions.newest(transfer.id)
    return newest is not None and set(news) <= set(newest.rests_on)


def _alarm_before_hold_ends(file: CaseFile, transfer: Transfer) -> Transfer:
    """Raise the alarm, once, that the hold is about to end, while staff can still release: at its end the payment
    is refused in any case."""
    if transfer.state is not TransferState.HELD or transfer.alarm_at is None or file.now < transfer.alarm_at:
        return transfer
    file.alarm("hold_ends", transfer=transfer.id, hold_max=transfer.hold_max.isoformat())
    return file.put(replace(transfer, alarm_at=None))


def _remember_cooling(file: CaseFile, transfer: Transfer, verdict: Verdict) -> Transfer:
    if verdict.allow_at == transfer.allow_at:
        return transfer
    cooling = replace(transfer, allow_at=verdict.allow_at)
    kind = "release_waits" if verdict.reason == IN_TALK else "cooling" if verdict.allow_at else "cooling_ended"
    # A release that waits is looked at each minute, and noted once.
    if verdict.reason != IN_TALK or not file.noted(frozenset({kind})):
        file.note(kind, transfer=transfer.id, reason=verdict.reason)
    file.unit.wakes.add("settle")
    return file.put(cooling)


def _guarded_from_outside(file: CaseFile, transfer: Transfer, evidence: Sequence[Evidence]) -> Transfer:
    """Return the transfer, guarded if something outside it leaves its release to humans, or if the customer's key
    cannot be read; it stays guarded when another that guarded it is released."""
    if _may_be_let_go(transfer, evidence) and (guarded_from_outside(file.unit, transfer) or is_unreadable(file)):
        return replace(transfer, guarded=True)
    return transfer


def _may_be_let_go(transfer: Transfer, evidence: Sequence[Evidence]) -> bool:
    """True if an automatic release is possible; only then the further queries against it are worthwhile."""
    return not transfer.guarded and bool(evidence) and not any(e.outcome in PROTECTIVE for e in evidence)


def _over_limits(file: CaseFile, transfer: Transfer) -> bool:
    """True if the sums of a day or a week forbid an automatic release, so that splitting does not help."""
    # Counted back from the transfer's arrival, not from now: a hold that outlasts the day makes it no safer.
    policy, came = file.unit.policy, transfer.flagged_at
    day = week = Decimal(0)
    for amount, currency, at in file.unit.transfers.amounts(transfer.customer_id, transfer.payee_index, came - WEEK):
        value = policy.in_base(amount, currency)
        if value is None:
            return True
        week += value
        if at > came - DAY:
            day += value
    return day > policy.release.max_day or week > policy.release.max_week


def _close_if_done(file: CaseFile, *, fresh: bool) -> None:
    """Close the case or send it to review when nothing is pending. `fresh`: a decision or a closing came just now."""
    if file.pending():
        return
    held = bool(file.held())
    if (
        not held
        and file.case.unheld_at is None
        and file.case.state is not CaseState.SETTLED
        and awaiting_callback(file)
    ):
        # No payment would show the case in the queue any more. What staff have released in it is not to be stopped.
        queue_for_follow_up(file, file.began_at)
        promise_person(file)
    if file.case.state is CaseState.OPEN:
        stop_calls(file, "settled", spare=WAITED_FOR if held else ())
        cancel_rungs(file, "settled")
        if not held:
            recheck_placed_calls(file)
        file.move(CaseEvent.SEND_TO_REVIEW if _still_to_review(file) else CaseEvent.SETTLE)
        text_outcome(file)
    elif file.case.state is CaseState.IN_REVIEW and not _still_to_review(file):
        stop_calls(file, "settled")
        file.move(CaseEvent.SETTLE)
        text_outcome(file)
    elif fresh and not held and outcome_now(file) is not None:
        # The case waits for a human, but the customer need not wait with it to hear that the hold has ended.
        text_outcome(file)


def _still_to_review(file: CaseFile) -> bool:
    """True if something is held, or the case is kept in the queue (`unheld_at`) and nobody has followed it up yet."""
    return file.case.unheld_at is not None or bool(file.held())


def closed_window(file: CaseFile, transfer: Transfer) -> None:
    """Hold a transfer at once whose window was already closed when we received it."""
    record_decision(file, transfer, Verdict(ruling=Ruling.HOLD, reason="window_closed"))
    settle_file(file)
