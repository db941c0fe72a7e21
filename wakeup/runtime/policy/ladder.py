"""`[ladder]` of the policy file: a list of rungs for each tier, checked against the window it is designed for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field

from wakeup.domain.bounds import DAY, MINUTE
from wakeup.domain.policy import Calling
from wakeup.domain.rung import LADDERS, ONCE, Rung, RungKind
from wakeup.domain.rung_plan import needs
from wakeup.domain.transfer import Tier
from wakeup.runtime.policy.values import Duration, Part, duration

MAX_RUNGS = 20
_FIRST = Rung(kind=RungKind.CALL)
_SHARE = re.compile(r"([1-9][0-9]?)%")


def _kind(value: Any) -> RungKind:
    if not isinstance(value, str) or value not in set(RungKind):
        raise ValueError(f"unknown rung; must be one of {', '.join(RungKind)}")
    return RungKind(value)


def _after(value: Any) -> timedelta | Decimal:
    found = _SHARE.fullmatch(value) if isinstance(value, str) else None
    if found is not None:
        return Decimal(found[1]) / 100
    try:
        return duration(value)
    except ValueError:
        raise ValueError(
            "must be a time since the flag such as 30s or 5m, or a share of the window such as 50%"
        ) from None


def _rungs(value: Any) -> tuple[Any, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_RUNGS:
        raise ValueError(f"must be a list of 1 to {MAX_RUNGS} rungs")
    return tuple(value)


Kind: TypeAlias = Annotated[RungKind, BeforeValidator(_kind)]
After: TypeAlias = Annotated[timedelta | Decimal, BeforeValidator(_after)]


class RungPart(Part):
    """One line: `{ kind = "text_guardian", after = "6m" }`."""

    kind: Kind
    after: After

    def rung(self) -> Rung:
        if isinstance(self.after, Decimal):
            return Rung(kind=self.kind, share=self.after)
        return Rung(kind=self.kind, after=self.after)


Rungs: TypeAlias = Annotated[tuple[RungPart, ...], BeforeValidator(_rungs)]


class LadderPart(Part):
    """`[ladder]`: a tier that is not given keeps the domain's ladder."""

    window: Duration = Field(default=30 * MINUTE, ge=3 * MINUTE, le=7 * DAY)
    """The window the ladders are designed for, in which nothing is compressed. Shorter windows bring the rungs
    forward."""
    critical: Rungs | None = None
    high: Rungs | None = None
    medium: Rungs | None = None

    def ladders(self) -> Mapping[Tier, tuple[Rung, ...]]:
        given = {tier: getattr(self, tier) for tier in Tier}
        return {
            tier: LADDERS[tier] if parts is None else tuple(part.rung() for part in parts)
            for tier, parts in given.items()
        }


def ladder_faults(part: LadderPart, calling: Calling) -> dict[str, str]:
    """Return the faults of the ladders by field, dotted from the root of the file."""
    return {
        f"ladder.{tier}.{n}": fault
        for tier, rungs in part.ladders().items()
        for n, fault in _faults(rungs, part.window, calling)
    }


def _faults(rungs: Sequence[Rung], window: timedelta, calling: Calling) -> Iterator[tuple[int, str]]:
    seen: Counter[RungKind] = Counter()
    latest = timedelta()
    for n, rung in enumerate(rungs):
        seen[rung.kind] += 1
        if n == 0 and rung != _FIRST:
            yield n, 'a ladder must begin with { kind = "call", after = "0s" }'
        elif rung.kind in ONCE and seen[rung.kind] > 1:
            yield n, f"{rung.kind} appears twice"
        elif rung.share is None and rung.after < latest:
            yield n, f"{rung.kind} is due before the rung above it"
        elif _start(rung, window) > window - needs(rung.kind, calling):
            yield n, f"{rung.kind} cannot finish within ladder.window: it needs {_seconds(needs(rung.kind, calling))}s"
        if rung.share is None:
            latest = max(latest, rung.after)


def _start(rung: Rung, window: timedelta) -> timedelta:
    return rung.after if rung.share is None else window * float(rung.share)


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())
