"""What a node dials with. Every use case that claims attempts takes it whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wakeup.usecases.ringing.pacing import AccountLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialling:
    """What this node calls with: the account's limits, our numbers, and the name it claims attempts under."""

    account: AccountLimits
    from_numbers: tuple[str, ...]
    node: str
    refused_at: datetime | None = None
    """When this node's newest call was refused because of the account or configuration; None after one that was
    not."""
