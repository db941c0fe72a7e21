"""Repository of scripts: every version that was ever in force, and those that are paused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptScript:
    """One version of a script, word for word, as storage keeps it permanently."""

    content_hash: str
    script_id: str
    version: str
    content: str = field(repr=False)
    kept_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptVersion:
    """One version of a script that was ever in force, without its words."""

    content_hash: str
    version: str
    kept_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PausedScript:
    """A script in which no new conversation begins until it is resumed."""

    script_id: str
    paused_at: datetime
    by: str


class Scripts(Protocol):
    """Append-only store of the words of every version that was ever in force, by the content hash that
    conversations pin."""

    def holds(self, content_hash: str) -> bool: ...
    def keep(self, script: KeptScript) -> bool:
        """Store a version. Returns False, and changes nothing, if it is already stored."""

    def content(self, content_hash: str) -> str | None: ...
    def versions(self, script_id: str) -> Sequence[ScriptVersion]:
        """Return the script's versions, newest first."""

    def paused(self) -> Sequence[PausedScript]:
        """Return the paused scripts, ordered by id."""

    def pause(self, paused: PausedScript) -> bool:
        """Pause a script. Returns False, and changes nothing, if it is already paused."""

    def resume(self, script_id: str) -> bool:
        """Resume a script. Returns False if it was not paused."""
