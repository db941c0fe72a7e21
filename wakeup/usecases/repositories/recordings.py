"""Repository of recordings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from wakeup.domain.ids import CaseId
from wakeup.domain.recording import KeptRecording


class Recordings(Protocol):
    """Recordings that the phone company stores for us. Changed only by a transaction that has locked the case."""

    def get(self, sid: str) -> KeptRecording | None: ...
    def of_case(self, case_id: CaseId) -> Sequence[KeptRecording]:
        """Return them oldest first."""

    def add(self, recording: KeptRecording) -> None: ...
    def save(self, recording: KeptRecording) -> None: ...
    def due(self, now: datetime, limit: int) -> Sequence[KeptRecording]:
        """Return the recordings to be deleted now, the longest due first."""

    def next_due(self) -> datetime | None: ...
