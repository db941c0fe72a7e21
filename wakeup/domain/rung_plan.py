"""When each rung of a ladder falls due: compressed into a short window, left out if it could not finish in time.

Pure: computed from the policy's ladder, the windows of the case's pending transfers and the rungs already done. Only
the due time of the next rung is stored, so a changed window needs no rows to be updated.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.policy import Calling
from wakeup.domain.rung import Rung, RungKind

_NOTHING = timedelta()
LEAST = 10
"""A rung is never brought forward to less than a tenth of its time; it is left out instead."""
LATENESS = timedelta(seconds=10)
"""How much later than its due time a rung may be taken and still be in time."""
_TIME_TO_ACT: Mapping[RungKind, timedelta] = {
    RungKind.TEXT_GUARDIAN: timedelta(seconds=60),
    RungKind.HUMAN_AGENT: timedelta(seconds=120),
    RungKind.POLICE_HANDOFF: timedelta(),
}
"""Time others need, once asked, to make a difference. Police also act on money that has left: never too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time one transfer leaves: from its flag to its settlement."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A rung with its due time. `n` is its place in the ladder, from 0."""

    n: int
    kind: RungKind
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A rung that was taken or skipped. With `until` it was spared only for the transfers flagged by then."""

    kind: RungKind
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RungPlan:
    """The rungs still to be done, earliest first, and those that fit no window."""

    steps: tuple[Step, ...] = ()
    unfit: tuple[RungKind, ...] = ()

    @property
    def next_at(self) -> datetime | None:
        return self.steps[0].due_at if self.steps else None


def needs(kind: RungKind, calling: Calling) -> timedelta:
    """Return how long before settlement a rung must begin to be of use."""
    return _TIME_TO_ACT.get(kind, calling.ring_timeout + calling.useful_talk)


def plan_rungs(ladder: Sequence[Rung], windows: Iterable[Window], done: Iterable[Done], calling: Calling) -> RungPlan:
    """Return each rung at its earliest time over all windows that have room for it.

    Each entry of `done` uses up the first remaining rung of its kind. A rung spared until a moment is still due for
    windows that began later.
    """
    dates = [(window.begins_at, _offsets(ladder, window, calling)) for window in windows]
    used: dict[RungKind, deque[Done]] = defaultdict(deque)
    for each in done:
        used[each.kind].append(each)
    steps, unfit = [], []
    for n, rung in enumerate(ladder):
        before = used[rung.kind].popleft() if used[rung.kind] else None
        since = None if before is None else before.until
        if before is not None and since is None:
            continue
        concerned = [each for each in dates if since is None or each[0] > since]
        fitting = [begins_at + offset[n] for begins_at, offset in concerned if n in offset]
        if fitting:
            steps.append(Step(n=n, kind=rung.kind, due_at=min(fitting)))
        elif concerned:
            unfit.append(rung.kind)
    return RungPlan(steps=tuple(sorted(steps, key=lambda step: (step.due_at, step.n))), unfit=tuple(unfit))


def roomy_next(ladder: Sequence[Rung], window: Window, calling: Calling) -> datetime | None:
    """Return when a fresh case, whose call is planned, reaches its next rung, as `plan_rungs` would, but faster.

    None when the window compresses the ladder or there is no other rung: then call `plan_rungs`.
    """
    span, call = window.ends_at - window.begins_at, calling.ring_timeout + calling.useful_talk
    soonest = None
    for rung in ladder[1:]:
        wanted = rung.after if rung.share is None else span * float(rung.share)
        if wanted + _TIME_TO_ACT.get(rung.kind, call) > span - LATENESS:
            return None
        if soonest is None or wanted < soonest:
            soonest = wanted
    return None if soonest is None else window.begins_at + soonest


def _offsets(ladder: Sequence[Rung], window: Window, calling: Calling) -> dict[int, timedelta]:
    """Return place in the ladder -> time after the flag, for every rung that fits this window."""
    span = window.ends_at - window.begins_at
    squeeze = 1.0
    rooms = {}
    for n, rung in enumerate(ladder):
        room = span - needs(rung.kind, calling) - LATENESS
        after = rung.after
        if room < (after / LEAST if after else _NOTHING):
            continue
        rooms[n] = room
        if after > room:
            squeeze = min(squeeze, room / after)
    return {n: min(_wanted(ladder[n], span, squeeze), room) for n, room in rooms.items()}


def _wanted(rung: Rung, span: timedelta, squeeze: float) -> timedelta:
    if rung.share is not None:
        return span * float(rung.share)
    return rung.after if squeeze == 1.0 else rung.after * squeeze
