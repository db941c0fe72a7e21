"""A rung of a case's ladder: what is done next, who is involved, and how long after the flag."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from wakeup.domain.transfer import Tier


class RungKind(StrEnum):
    """What a rung does. Calls repeated because of how a ringing ended are not rungs (`domain/ladder.py`)."""

    CALL = "call"
    CALL_ALTERNATE = "call_alternate"
    TEXT_GUARDIAN = "text_guardian"
    CALL_GUARDIAN = "call_guardian"
    HUMAN_AGENT = "human_agent"
    POLICE_HANDOFF = "police_handoff"


ONCE = frozenset({RungKind.HUMAN_AGENT, RungKind.POLICE_HANDOFF})
"""Telling them once is enough: no ladder may hold these twice."""


class RungState(StrEnum):
    """What became of a rung whose time has come. Until then it has no state: it is computed from the policy."""

    TAKEN = "taken"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One line of a ladder, as written in the policy."""

    kind: RungKind
    after: timedelta = timedelta()
    """Time since the transfer was flagged; shortened in a short window."""
    share: Decimal | None = None
    """Instead of `after`: part of the window, 0 to 1."""


def _after(kind: RungKind, minutes: int) -> Rung:
    return Rung(kind=kind, after=timedelta(minutes=minutes))


_CALL = Rung(kind=RungKind.CALL)
_COMMON = (_after(RungKind.TEXT_GUARDIAN, 6), _after(RungKind.HUMAN_AGENT, 8))
_ALTERNATE = _after(RungKind.CALL_ALTERNATE, 15)

LADDERS: Mapping[Tier, tuple[Rung, ...]] = {
    Tier.CRITICAL: (
        _CALL,
        *_COMMON,
        _after(RungKind.CALL_GUARDIAN, 10),
        _ALTERNATE,
        Rung(kind=RungKind.POLICE_HANDOFF, share=Decimal("0.5")),
    ),
    Tier.HIGH: (_CALL, *_COMMON, _ALTERNATE),
    Tier.MEDIUM: (_CALL, _COMMON[0], _ALTERNATE),
}
"""Ladders for a policy that names none of its own."""
