"""When the case's next rung is due: worked out anew whenever its windows or its tier change, and kept as one date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from wakeup.domain.attempt import OVER, Attempt
from wakeup.domain.rung import RUNG_TRANSITIONS, RungEvent, RungKind, RungState
from wakeup.domain.rung_plan import Done, RungPlan, Step, Window, needs, plan, roomy_next
from wakeup.domain.states import move
from wakeup.domain.transfer import Transfer, TransferState
from wakeup.usecases.case.people import to_the_customer
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.due import soonest
from wakeup.usecases.ladder.spoken_to import SPOKEN_TO, spoken_to
from wakeup.usecases.records import RungRecord

TOO_SHORT, TAKEN_OVER, PROMISED = "window_too_short", "taken_over", "promised"


def set_first_rung(file: CaseFile, transfer: Transfer) -> None:
    """The ladder of a fresh case. Its first call is planned already; nothing else is written than when to go on."""
    policy = file.unit.policy
    next_at = roomy_next(policy.ladders[file.case.tier], _window(transfer), policy.calling)
    if next_at is None:
        _set(file, _plan(file, [transfer], [Done(kind=RungKind.CALL)]))
    else:
        file.change(rung_at=next_at)
        file.unit.wakes.add("climb")


def set_ladder(file: CaseFile) -> None:
    """Go on by the windows as they stand now: one joined, was extended or closed, or the tier rose."""
    _set(file, rung_plan(file), take_over_ends(file))


def take_over_ends(file: CaseFile) -> datetime | None:
    """When to see whether whoever has taken the calls over still has the case; None while the machine has the calls."""
    review = file.unit.reviews.get(file.case.id)
    if review is None or review.taken_over_at is None:
        return None
    return review.claimed_until or file.now


def promises(file: CaseFile) -> list[Attempt]:
    """The calls that the customer was told of, and that are not over."""
    calls = to_the_customer(file, file.unit.attempts.of_case(file.case.id))
    return [call for call in calls if call.promised and call.state not in OVER]


def look_by(file: CaseFile, at: datetime) -> None:
    """Look at this case's ladder then, whatever its next rung's date."""
    if file.case.rung_at is None or at < file.case.rung_at:
        file.change(rung_at=at)
        file.unit.wakes.add("climb")


def rung_plan(file: CaseFile) -> RungPlan:
    """What is still to be climbed."""
    pending = [t for t in file.transfers() if t.state is TransferState.PENDING]
    return _plan(file, pending, [Done(kind=RungKind.CALL), *_done(file, pending)])


def _done(file: CaseFile, pending: list[Transfer]) -> Iterator[Done]:
    """What was climbed so far. A rung that was spared because the customer had been spoken to is spared as long as that
    holds: it comes again for a payment that joined later, and for all when the tier has risen. One that was found too
    late comes again when there is time for it after all, and one that was left to a person when the machine has the
    calls again. One that waits for a promised call comes when that is over, or for a payment that joined later."""
    records = file.unit.rungs.of_case(file.case.id)
    for record in records:
        if record.reason == TAKEN_OVER and take_over_ends(file) is None:
            continue
        if record.reason == PROMISED and not promises(file):
            continue
        if record.reason == TOO_SHORT:
            wanted = _roomy(file, record, pending)
        elif record.reason == PROMISED:
            wanted = [t for t in pending if t.flagged_at > record.ended_at]
        else:
            wanted = [] if record.reason != SPOKEN_TO or spoken_to(file, record.kind) else pending
        if not wanted:
            yield Done(kind=record.kind)
            continue
        joined = min((t.flagged_at for t in wanted if t.flagged_at > record.ended_at), default=None)
        again = [r for r in records if r.kind is record.kind and joined is not None and r.ended_at >= joined]
        if joined is not None and not again:
            yield Done(kind=record.kind, until=record.ended_at)


def _roomy(file: CaseFile, record: RungRecord, pending: list[Transfer]) -> list[Transfer]:
    """Whose windows have room for this rung again: those that were extended, else those that joined later."""
    time = needs(record.kind, file.unit.policy.calling)
    roomy = [t for t in pending if file.now + time <= t.settle_at]
    return [t for t in roomy if t.flagged_at <= record.ended_at] or roomy


def end_rung(file: CaseFile, step: Step, event: RungEvent, reason: str | None) -> None:
    """Taken, or skipped for a reason: a row, and a note in the timeline."""
    state = move(RUNG_TRANSITIONS, RungState.PLANNED, event)
    file.unit.rungs.add(
        RungRecord(
            case_id=file.case.id, kind=step.kind, state=state, due_at=step.due_at, ended_at=file.now, reason=reason
        )
    )
    said = {} if reason is None else {"reason": reason}
    file.note(f"rung_{state}", rung=step.kind, **said)


def cancel_rungs(file: CaseFile, reason: str) -> None:
    """Nothing is pending any more: what was still planned is not climbed."""
    if file.case.rung_at is None:
        return
    file.change(rung_at=None)
    file.note("rungs_canceled", reason=reason)


def _plan(file: CaseFile, pending: list[Transfer], done: list[Done]) -> RungPlan:
    policy = file.unit.policy
    return plan(policy.ladders[file.case.tier], map(_window, pending), done, policy.calling)


def _window(transfer: Transfer) -> Window:
    return Window(begins_at=transfer.flagged_at, ends_at=transfer.settle_at)


def _set(file: CaseFile, found: RungPlan, look_at: datetime | None = None) -> None:
    if found.unfit:
        file.note("rungs_left_out", rungs=found.unfit, reason=TOO_SHORT)
    next_at = soonest(found.next_at, look_at)
    if file.case.rung_at != next_at:
        file.change(rung_at=next_at)
        file.unit.wakes.add("climb")
