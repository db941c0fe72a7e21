"""How well each script does: how many of the customers it reached were dissuaded, with the confidence interval of
that share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import TypeAlias

from wakeup.domain.outcome import Contact, Outcome
from wakeup.usecases.figures.case_figures import DISSUADED
from wakeup.usecases.records import Note
from wakeup.usecases.unit import Unit

SPAN = timedelta(days=30)
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


def read_kind_shares(unit: Unit, now: datetime) -> list[KindShare]:
    """Return the counts of the same conversations by kind of scam."""
    typologies = unit.views.typologies(now - SPAN)
    counted = _count(unit, now, lambda note: (typologies.get(str(note.data["attempt"]), ""),))
    return [
        KindShare(typology=key[0], talks=talks, reached=reached, dissuaded=dissuaded)
        for key, (talks, reached, dissuaded) in counted
        if key[0]
    ]


def read_script_shares(unit: Unit, now: datetime) -> list[ScriptShare]:
    """Return the counts of the conversations of the last 30 days. They are read from the timeline, which holds
    none of the words spoken."""
    names = ("script", "version", "language", "persona")
    counted = _count(unit, now, lambda note: tuple(str(note.data[name] or "") for name in names))
    return [
        ScriptShare(
            script=key[0], version=key[1], language=key[2], persona=key[3], talks=talks, reached=reached,
            dissuaded=dissuaded,
        )
        for key, (talks, reached, dissuaded) in counted
    ]  # fmt: skip


def _count(unit: Unit, now: datetime, key_of: Callable[[Note], Key]) -> list[tuple[Key, tuple[int, int, int]]]:
    """Count conversations begun, right parties reached and right parties dissuaded, by a key made of the
    conversation's first note."""
    begun: dict[str, Key] = {}
    talks: dict[Key, int] = defaultdict(int)
    reached: dict[Key, int] = defaultdict(int)
    dissuaded: dict[Key, int] = defaultdict(int)
    for _, note in unit.views.notes_since(now - SPAN, ("talk_begun", "learned")):
        # Evidence from a guardian's SMS or from an inbound call belongs to no scripted conversation.
        attempt = str(note.data.get("attempt") or "")
        if note.kind == "talk_begun":
            key = begun[attempt] = key_of(note)
            talks[key] += 1
        elif attempt in begun and note.data["contact"] == Contact.RIGHT_PARTY:
            reached[begun[attempt]] += 1
            dissuaded[begun[attempt]] += Outcome(str(note.data["outcome"])) in DISSUADED
    return [(key, (count, reached[key], dissuaded[key])) for key, count in sorted(talks.items())]
