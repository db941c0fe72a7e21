"""The figures of a span of days: shares with numerator and denominator, for all cases, by day and by kind of scam.

They are counted from facts in the database. A share is None if there are no cases to count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from statistics import quantiles

from wakeup.domain.label import Truth
from wakeup.domain.outcome import Outcome
from wakeup.usecases.figures.channel_figures import STOPPED, ChannelNumbers, GuardianLift, Worth, by_channel, lift_of
from wakeup.usecases.repositories.views import CaseFacts
from wakeup.usecases.unit import Unit

DISSUADED = frozenset({Outcome.DISSUADED, Outcome.KEEP_HOLD})
MAX_CASES = 50_000
"""If a span has more cases than this, the rest is not counted, and the page says so."""


class Figure(StrEnum):
    CONTACT = "contact"
    ANSWER = "answer"
    WINDOW_HIT = "window_hit"
    DISSUADED_RAW = "dissuaded_raw"
    DISSUADED_SCAM = "dissuaded_scam"
    PRECISION = "precision"
    LEAK = "leak"
    FRICTION = "friction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    figure: Figure
    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Figures of one group of cases: all cases, those of one day, or those of one kind of scam."""

    name: str
    cases: int
    shares: tuple[Share, ...]
    first_call_s: tuple[float, float] | None
    """Seconds from the flag to the first ringing: median and 95th percentile."""
    protected: Decimal
    """Stopped money that was labelled a scam, in the base currency."""
    stopped: Decimal
    """All stopped money, in the base currency."""

    def share(self, figure: Figure) -> Share:
        return next(share for share in self.shares if share.figure is figure)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    since: datetime
    whole: Numbers
    by_day: tuple[Numbers, ...]
    by_typology: tuple[Numbers, ...]
    channels: tuple[ChannelNumbers, ...]
    lift: GuardianLift
    complete: bool


@dataclass(slots=True)
class Counts:
    """The counts of one group of cases, to which those of more cases can be added."""

    cases: int = 0
    shares: dict[Figure, tuple[int, int]] = field(default_factory=lambda: dict.fromkeys(Figure, (0, 0)))
    waits: list[float] = field(default_factory=list)
    protected: Decimal = Decimal(0)
    stopped: Decimal = Decimal(0)

    def add(self, more: Counts) -> None:
        self.cases += more.cases
        for figure, (part, whole) in more.shares.items():
            before = self.shares[figure]
            self.shares[figure] = before[0] + part, before[1] + whole
        self.waits += more.waits
        self.protected += more.protected
        self.stopped += more.stopped

    def numbers(self, name: str) -> Numbers:
        return Numbers(
            name=name, cases=self.cases,
            shares=tuple(Share(figure=figure, part=part, whole=whole) for figure, (part, whole) in self.shares.items()),
            first_call_s=_middle_and_slow(sorted(self.waits)), protected=self.protected, stopped=self.stopped,
        )  # fmt: skip


@dataclass(slots=True)
class Tally:
    """What is counted of a span so far. A day's cases are counted and forgotten, so that 90 days take no more memory
    than one."""

    by_day: dict[str, Counts] = field(default_factory=dict)
    by_typology: dict[str, Counts] = field(default_factory=dict)
    channels: tuple[ChannelNumbers, ...] = field(default_factory=lambda: by_channel((), lambda *_: None))
    lift: GuardianLift = field(default_factory=lambda: lift_of(()))
    cases: int = 0

    def add(self, more: Tally) -> None:
        self.cases += more.cases
        for groups, added in ((self.by_day, more.by_day), (self.by_typology, more.by_typology)):
            for name, counts in added.items():
                groups.setdefault(name, Counts()).add(counts)
        self.channels = tuple(one.plus(other) for one, other in zip(self.channels, more.channels, strict=True))
        self.lift = self.lift.plus(more.lift)

    @property
    def full(self) -> bool:
        return self.cases > MAX_CASES

    def figures(self, since: datetime) -> Figures:
        whole = Counts()
        for counts in self.by_day.values():
            whole.add(counts)
        return Figures(
            since=since, whole=whole.numbers("all"),
            by_day=tuple(self.by_day[name].numbers(name) for name in sorted(self.by_day)),
            by_typology=tuple(self.by_typology[name].numbers(name) for name in sorted(self.by_typology)),
            channels=self.channels, lift=self.lift, complete=not self.full,
        )  # fmt: skip


def read_figures(unit: Unit, days: int, now: datetime) -> Figures:
    """Return the figures of the cases opened in the last `days` times 24 hours. Days are UTC days."""
    tally = Tally()
    for since, until in slices(days, now):
        if not tally.full:
            tally.add(read_slice(unit, since, until, tally.cases))
    return tally.figures(now - timedelta(days=days))


def slices(days: int, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return the span in slices of 24 hours, oldest first. Each can be read and counted by itself."""
    return [(now - timedelta(days=n + 1), now - timedelta(days=n)) for n in reversed(range(days))]


def read_slice(unit: Unit, since: datetime, until: datetime, counted: int) -> Tally:
    """Count the cases opened in a slice, if `counted` cases were counted before."""
    facts = unit.views.case_facts(since, until, MAX_CASES + 1 - counted)
    worth = unit.policy.in_base
    return Tally(
        by_day=_grouped(facts, lambda one: f"{one.opened_at:%Y-%m-%d}", worth),
        by_typology=_grouped(facts, lambda one: one.typology, worth),
        channels=by_channel(facts, worth),
        lift=lift_of(facts),
        cases=len(facts),
    )


def _grouped(facts: Iterable[CaseFacts], key: Callable[[CaseFacts], str], worth: Worth) -> dict[str, Counts]:
    groups: dict[str, list[CaseFacts]] = {}
    for one in facts:
        groups.setdefault(key(one), []).append(one)
    return {name: counts_of(some, worth) for name, some in groups.items()}


def counts_of(facts: Sequence[CaseFacts], worth: Worth) -> Counts:
    """Count these cases."""
    reached = [one for one in facts if one.right_party_at is not None]
    labelled = [(one, t) for one in facts for t in one.transfers if t.label is not None]
    scams = [(one, t) for one, t in labelled if t.label is Truth.SCAM]
    genuine = [(one, t) for one, t in labelled if t.label is Truth.GENUINE]
    reached_scams = [one for one, t in scams if one.right_party_at is not None]
    shares = {
        Figure.CONTACT: (len(reached), sum(one.rung > 0 for one in facts)),
        Figure.ANSWER: (sum(one.answered for one in facts), sum(one.rung for one in facts)),
        Figure.WINDOW_HIT: (sum(_in_time(one) for one in reached), len(facts)),
        Figure.DISSUADED_RAW: (sum(_dissuaded(one) for one in reached), len(reached)),
        Figure.DISSUADED_SCAM: (sum(_dissuaded(one) for one in reached_scams), len(reached_scams)),
        Figure.PRECISION: (len(scams), len(labelled)),
        Figure.LEAK: (sum(t.state not in STOPPED for _, t in scams), len(scams)),
        Figure.FRICTION: (sum(t.was_held for _, t in genuine), len(genuine)),
    }
    every = [t for one in facts for t in one.transfers if t.state in STOPPED]
    return Counts(
        cases=len(facts),
        shares=shares,
        waits=[(one.first_rung_at - one.opened_at).total_seconds() for one in facts if one.first_rung_at is not None],
        protected=sum((worth(t.amount, t.currency) or Decimal(0) for t in every if t.label is Truth.SCAM), Decimal(0)),
        stopped=sum((worth(t.amount, t.currency) or Decimal(0) for t in every), Decimal(0)),
    )


def _in_time(one: CaseFacts) -> bool:
    first_deadline = min(t.decide_by for t in one.transfers)
    return one.right_party_at is not None and one.right_party_at <= first_deadline


def _dissuaded(one: CaseFacts) -> bool:
    return bool(DISSUADED & one.outcomes)


def _middle_and_slow(waits: Sequence[float]) -> tuple[float, float] | None:
    if not waits:
        return None
    if len(waits) == 1:
        return waits[0], waits[0]
    cuts = quantiles(waits, n=20, method="inclusive")
    return cuts[9], cuts[18]
