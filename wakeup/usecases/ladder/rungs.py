"""Compute when the case's next rung is due, whenever its windows or its tier change, and store it as one date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from wakeup.domain.attempt import OVER, Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.rung import RungKind, RungState
from wakeup.domain.rung_plan import Done, RungPlan, Step, Window, needs, plan_rungs, roomy_next
from wakeup.domain.transfer import Transfer
from wakeup.usecases.case.parties import to_the_customer
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.due import soonest
from wakeup.usecases.ladder.spoken_to import SPOKEN_TO, spoken_to
from wakeup.usecases.records import RungRecord

TOO_SHORT, TAKEN_OVER, PROMISED = "window_too_short", "taken_over", "promised"


def set_first_rung(file: CaseFile, transfer: Transfer) -> None:
    """Set the ladder of a fresh case. Its first call is already planned; only the date of the next rung is written."""
    policy = file.unit.policy
    next_at = roomy_next(policy.ladders[file.case.tier], _window(transfer), policy.calling)
    if next_at is None:
        _set(file, _plan(file, [transfer], [Done(kind=RungKind.CALL)]))
    else:
        file.update(replace(file.case, rung_at=next_at))
        file.unit.wakes.add("climb")


def set_ladder(file: CaseFile) -> None:
    """Recompute the ladder from the present windows and tier, after a transfer joined, a window was extended or
    closed, or the tier rose."""
    _set(file, rung_plan(file), take_over_ends(file))


def take_over_ends(file: CaseFile) -> datetime | None:
    """Return when to check whether the staff member who has taken the calls over still holds the case. None while
    the calls are automated."""
    if file.review.taken_over_at is None:
        return None
    return file.review.claimed_until or file.now


def promises(file: CaseFile) -> list[Attempt]:
    """Return the appointments that the customer was told of and that are not over."""
    calls = to_the_customer(file, file.calls())
    return [call for call in calls if call.promised and call.state not in OVER]


def look_by(file: CaseFile, at: datetime) -> None:
    """Look at this case's ladder at `at` at the latest, whatever the date of its next rung."""
    if file.case.rung_at is None or at < file.case.rung_at:
        file.update(replace(file.case, rung_at=at))
        file.unit.wakes.add("climb")


def rung_plan(file: CaseFile) -> RungPlan:
    """Return the rungs that are still to be climbed."""
    pending = file.pending()
    return _plan(file, pending, [Done(kind=RungKind.CALL), *_done(file, pending)])


def _done(file: CaseFile, pending: list[Transfer]) -> Iterator[Done]:
    """Yield the rungs climbed so far. A rung may come again, depending on why it was skipped:

    - skipped because the customer had been spoken to: it stays skipped as long as that holds, and comes again for
      a transfer that joined later, and for all transfers once the tier has risen;
    - found too late: when there is time for it after all;
    - left to a staff member: when the calls are automated again;
    - deferred by an appointment: when that is over, or for a transfer that joined later.
    """
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
    """Return the transfers whose windows have room for this rung again: those that were extended, otherwise those
    that joined later."""
    time = needs(record.kind, file.unit.policy.calling)
    roomy = [t for t in pending if file.now + time <= t.settle_at]
    return [t for t in roomy if t.flagged_at <= record.ended_at] or roomy


def end_rung(file: CaseFile, step: Step, reason: str | None) -> None:
    """Record a rung as taken, or as skipped for a reason: a row, and a note in the timeline."""
    state = RungState.TAKEN if reason is None else RungState.SKIPPED
    file.unit.rungs.add(
        RungRecord(
            case_id=file.case.id, kind=step.kind, state=state, due_at=step.due_at, ended_at=file.now, reason=reason
        )
    )
    said = {} if reason is None else {"reason": reason}
    file.note(f"rung_{state}", rung=step.kind, **said)


def cancel_rungs(file: CaseFile, reason: str) -> None:
    """Cancel the rungs still planned, because no transfer is pending any more."""
    if file.case.rung_at is None:
        return
    file.update(replace(file.case, rung_at=None))
    file.note("rungs_canceled", reason=reason)


def _plan(file: CaseFile, pending: list[Transfer], done: list[Done]) -> RungPlan:
    policy = file.unit.policy
    return plan_rungs(policy.ladders[file.case.tier], map(_window, pending), done, policy.calling)


def _window(transfer: Transfer) -> Window:
    return Window(begins_at=transfer.flagged_at, ends_at=transfer.settle_at)


def _set(file: CaseFile, found: RungPlan, look_at: datetime | None = None) -> None:
    if found.unfit:
        file.note("rungs_left_out", rungs=found.unfit, reason=TOO_SHORT)
    next_at = soonest(found.next_at, look_at)
    if file.case.rung_at != next_at:
        file.update(replace(file.case, rung_at=next_at))
        file.unit.wakes.add("climb")
