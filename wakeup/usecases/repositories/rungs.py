"""Repository of the rungs that were taken or skipped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from wakeup.domain.ids import CaseId
from wakeup.usecases.records import RungRecord


class Rungs(Protocol):
    def of_case(self, case_id: CaseId) -> Sequence[RungRecord]:
        """Return the rungs that were taken or skipped, in the order in which that happened."""

    def add(self, record: RungRecord) -> None: ...
