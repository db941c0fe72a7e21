"""How well each script does: how many of the customers it reached were dissuaded, with the confidence interval of
that share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt
from typing import TypeAlias

from wakeup.domain.outcome import Contact, Outcome
from wakeup.usecases.figures.case_figures import DISSUADED
from wakeup.usecases.unit import Unit

DAYS = 30
NAMES = ("script", "version", "language", "persona")
Z_95 = 1.959964
Key: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptShare:
    """Counts of one script in one version, language and persona."""

    script: str
    version: str
    language: str
    persona: str
    talks: int
    reached: int
    dissuaded: int

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.dissuaded, self.reached)


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """Return the 95 % interval of a share by Wilson's score, which holds for small counts too; None if the count
    is zero."""
    if whole == 0:
        return None
    share, z2 = part / whole, Z_95**2
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    reach = Z_95 * sqrt(share * (1 - share) / whole + z2 / (4 * whole**2)) / (1 + z2 / whole)
    return max(0.0, middle - reach), min(1.0, middle + reach)


@dataclass(frozen=True, slots=True, kw_only=True)
class KindShare:
    """Counts of one kind of scam, over all scripts."""

    typology: str
    talks: int
    reached: int
    dissuaded: int

    @property
    def interval(self) -> tuple[float, float] | None:
        return wilson(self.dissuaded, self.reached)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The counts of the same conversations by script and by kind of scam."""

    at: datetime
    """When they were counted."""
    scripts: list[ScriptShare]
    kinds: list[KindShare]


@dataclass(frozen=True, slots=True, kw_only=True)
class Talks:
    """The conversations of a slice of time."""

    begun: list[tuple[str, Key]]
    """Attempt, and the script, version, language and persona."""
    reached: list[tuple[str, bool]]
    """Attempts with the right party; whether they were dissuaded."""
    typologies: Mapping[str, str]
    """Attempt -> kind of scam."""


def read_talks(unit: Unit, since: datetime, until: datetime) -> Talks:
    """Return the conversations of a slice. They are read from the timeline, which holds none of the words spoken."""
    begun: list[tuple[str, Key]] = []
    reached: list[tuple[str, bool]] = []
    for _, note in unit.views.notes_of(("talk_begun", "learned"), since, until):
        # Evidence from a guardian's SMS or from an inbound call belongs to no scripted conversation.
        attempt = str(note.data.get("attempt") or "")
        if note.kind == "talk_begun":
            begun.append((attempt, tuple(str(note.data[name] or "") for name in NAMES)))
        elif note.data["contact"] == Contact.RIGHT_PARTY:
            reached.append((attempt, Outcome(str(note.data["outcome"])) in DISSUADED))
    return Talks(begun=begun, reached=reached, typologies=unit.views.typologies(since, until))


def shares_of(every: Sequence[Talks], at: datetime) -> Shares:
    """Count the conversations of all slices. A call may be placed in one, begin to talk in the next, and end in a
    third."""
    typologies = {attempt: typology for talks in every for attempt, typology in talks.typologies.items()}
    begun = {attempt: key for talks in every for attempt, key in talks.begun}
    reached = [one for talks in every for one in talks.reached if one[0] in begun]
    of_kind = {attempt: (typologies[attempt],) for attempt in begun if typologies.get(attempt)}
    return Shares(
        at=at,
        scripts=[
            ScriptShare(
                script=key[0], version=key[1], language=key[2], persona=key[3], talks=talks, reached=right,
                dissuaded=dissuaded,
            )
            for key, talks, right, dissuaded in _count(begun, reached)
        ],
        kinds=[
            KindShare(typology=key[0], talks=talks, reached=right, dissuaded=dissuaded)
            for key, talks, right, dissuaded in _count(of_kind, reached)
        ],
    )  # fmt: skip


def _count(begun: Mapping[str, Key], reached: Iterable[tuple[str, bool]]) -> list[tuple[Key, int, int, int]]:
    """Count conversations begun, right parties reached and right parties dissuaded, by key."""
    talks = Counter(begun.values())
    right: Counter[Key] = Counter()
    dissuaded: Counter[Key] = Counter()
    for attempt, is_dissuaded in reached:
        if (key := begun.get(attempt)) is not None:
            right[key] += 1
            dissuaded[key] += is_dissuaded
    return [(key, count, right[key], dissuaded[key]) for key, count in sorted(talks.items())]
