"""Repository of guardians in a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from wakeup.domain.guest import Guest
from wakeup.domain.ids import AttemptId


class Guests(Protocol):
    """Guardians who were called to join a conversation. Changed only by a transaction that has locked the case."""

    def get(self, attempt_id: AttemptId) -> Guest | None: ...
    def of_talk(self, wait: AttemptId, n: int) -> Sequence[Guest]:
        """Return all guardians who were called for this conversation, oldest first."""

    def add(self, guest: Guest) -> None: ...
    def save(self, guest: Guest) -> None: ...
