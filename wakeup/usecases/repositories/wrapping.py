"""Keys that are stored wrapped in the database, and what becomes of them when the master key is rotated."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class KeyKind(StrEnum):
    """Owners of keys that are stored wrapped in the database."""

    CUSTOMERS = "customers"
    AGENTS = "agents"
    SECOND_FACTORS = "second_factors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapped:
    """Result of re-wrapping some keys, in the order of their owners' ids."""

    anew: int
    unreadable: tuple[str, ...]
    """Owners of keys wrapped by a master key that is not in the key ring, or corrupt: left as they are."""
    last: str | None
    """Owner after whom to continue; None if there are no more."""


class Wrapping(Protocol):
    def wrap_anew(self, kind: KeyKind, after: str, limit: int) -> Wrapped:
        """Re-wrap at most `limit` keys, beginning after the owner `after`."""
