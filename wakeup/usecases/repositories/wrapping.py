"""Whose keys lie wrapped in the database, and what becomes of them when the master key changes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class KeyKind(StrEnum):
    """Whose keys lie wrapped in the database."""

    CUSTOMERS = "customers"
    AGENTS = "agents"
    SECOND_FACTORS = "second_factors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """What became of some keys in the order of their owners' ids."""

    anew: int
    unreadable: int
    """Wrapped by a master key that is not on the ring, or spoilt: left as they are."""
    last: str | None
    """Go on behind this one; None when there are no more."""


class Wrapping(Protocol):
    def wrap_anew(self, kind: KeyKind, after: str, limit: int) -> Wrapped:
        """At most `limit` of them, behind the owner `after`."""
