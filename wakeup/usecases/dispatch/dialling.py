"""What a node dials with. Every use case that claims attempts takes it whole."""

from __future__ import annotations

from dataclasses import dataclass

from wakeup.usecases.ringing.pacing import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialling:
    """What this node calls with: the account's limits, our numbers, and the name it claims attempts under."""

    account: Account
    from_numbers: tuple[str, ...]
    node: str
