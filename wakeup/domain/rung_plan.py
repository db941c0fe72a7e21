"""When each rung of a ladder falls due: squeezed into a short window, and left out where it could not finish in time.

Pure: from the policy's ladder, the windows of the case's pending transfers and what was done already. Nothing of it is
stored but when the next rung is due, so a window that changes needs no rows to be moved.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.policy import Calling
from wakeup.domain.rung import Rung, RungKind

LEAST = 10
"""A rung is never brought forward to less than a tenth of its time: rather it is left out."""
_TIME_TO_ACT: Mapping[RungKind, timedelta] = {
    RungKind.TEXT_GUARDIAN: timedelta(seconds=60),
    RungKind.HUMAN_AGENT: timedelta(seconds=120),
    RungKind.POLICE_HANDOFF: timedelta(),
}
"""What others need, once asked, to make a difference. Police act on money that has left, too: never too late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The time one transfer leaves: from its flag to its settling."""

    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A rung with its date. `n` is its place in the ladder, from 0."""

    n: int
    kind: RungKind
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RungPlan:
    """What is still to be climbed, earliest first, and what no window has room for."""

    steps: tuple[Step, ...] = ()
    unfit: tuple[RungKind, ...] = ()

    @property
    def next_at(self) -> datetime | None:
        return self.steps[0].due_at if self.steps else None


def needs(kind: RungKind, calling: Calling) -> timedelta:
    """How long before the settling a rung must begin to be of use."""
    return _TIME_TO_ACT.get(kind, calling.ring_timeout + calling.useful_talk)


def plan(ladder: Sequence[Rung], windows: Iterable[Window], done: Iterable[RungKind], calling: Calling) -> RungPlan:
    """Each rung at its earliest date over all windows that have room for it. `done`: the kinds taken or skipped so far,
    which use up as many of the ladder's rungs of that kind, the first ones."""
    dates = [_dates(ladder, window, calling) for window in windows]
    used = Counter(done)
    steps, unfit = [], []
    for n, rung in enumerate(ladder):
        if used[rung.kind] > 0:
            used[rung.kind] -= 1
            continue
        fitting = [due[n] for due in dates if n in due]
        if fitting:
            steps.append(Step(n=n, kind=rung.kind, due_at=min(fitting)))
        elif dates:
            unfit.append(rung.kind)
    return RungPlan(steps=tuple(sorted(steps, key=lambda step: (step.due_at, step.n))), unfit=tuple(unfit))


def _dates(ladder: Sequence[Rung], window: Window, calling: Calling) -> dict[int, datetime]:
    """Place in the ladder -> date, of every rung that fits this window."""
    span = window.ends_at - window.begins_at
    rooms = {n: span - needs(rung.kind, calling) for n, rung in enumerate(ladder)}
    fitting = [n for n, room in rooms.items() if room >= max(ladder[n].after / LEAST, timedelta())]
    squeeze = min([1.0, *(rooms[n] / ladder[n].after for n in fitting if ladder[n].after)])
    return {n: window.begins_at + min(_wanted(ladder[n], span, squeeze), rooms[n]) for n in fitting}


def _wanted(rung: Rung, span: timedelta, squeeze: float) -> timedelta:
    return rung.after * squeeze if rung.share is None else span * float(rung.share)
