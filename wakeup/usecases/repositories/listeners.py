"""Repository of supervisors who listen to a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from wakeup.domain.ids import AttemptId
from wakeup.domain.listening import Listener
from wakeup.domain.staff import StaffId


class Listeners(Protocol):
    """Supervisors on a live conversation, at most one per conversation. Changed only by a transaction that has
    locked the case."""

    def get(self, attempt_id: AttemptId) -> Listener | None: ...
    def of_staff(self, staff_id: StaffId) -> Listener | None:
        """Return the supervisor's listening that is not over."""

    def open(self) -> Sequence[Listener]:
        """Return those that are not over, oldest first."""

    def add(self, listener: Listener) -> None: ...
    def save(self, listener: Listener) -> None: ...
