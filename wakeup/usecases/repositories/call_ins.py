"""Repository of the calls to us, and its records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wakeup.domain.ids import CaseId, CustomerId


@dataclass(frozen=True, slots=True, kw_only=True)
class CallIn:
    """A call to us that the customer has begun in the bank's app. One call from this number is accepted for it,
    until `until`."""

    number_index: str
    """The number's hash. Of a matched call the hash of its SID, once the number expects another call."""
    case_id: CaseId
    customer_id: CustomerId
    until: datetime
    call_sid: str | None = None
    """The call that arrived; None while none has."""
    answered: bool = False
    """True once the caller pressed the key for the hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asks:
    """How many calls were put through to a human lately, before this one."""

    by_all: int
    by_them: int
    """From the same number, whoever is calling."""


class CallIns(Protocol):
    """Calls to us: those announced by the bank's app, and those that asked for a human."""

    def expect(self, call_in: CallIn) -> None:
        """Store an announcement. A second one for the same number and case admits another call."""

    def of_number(self, number_index: str) -> Sequence[CallIn]:
        """Return the announcements with this hash, in no particular order."""

    def get(self, number_index: str, case_id: CaseId) -> CallIn | None: ...
    def save(self, call_in: CallIn) -> None: ...
    def ask_person(
        self, call_sid: str, number_index: str, now: datetime, *, by_all_since: datetime, by_them_since: datetime
    ) -> Asks:
        """Count one more request for a human, once per call. Requests older than `by_all_since` are deleted."""

    def take_back(self, call_sid: str) -> None:
        """Do not count this call, because it was not put through."""
