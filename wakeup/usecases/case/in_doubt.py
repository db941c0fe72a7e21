"""Money that may have left: an allow was called back, and the payment core has acknowledged nothing since."""

from __future__ import annotations

from wakeup.domain.transfer import GONE, HELD_BACK, Transfer
from wakeup.usecases.casefile import CaseFile

SOONEST = 3
"""The standing hold, the allow, and the hold that calls it back."""


def in_doubt(file: CaseFile, transfer: Transfer) -> bool:
    """We hold it, and the core has perhaps let it go: the allow may have arrived there, and the hold may not."""
    calls_back = transfer.state in HELD_BACK and transfer.sequence >= SOONEST
    return calls_back and file.unit.outbox.in_doubt(transfer.id)


def may_be_gone(file: CaseFile, transfer: Transfer) -> bool:
    """Somebody is to ask the bank for it when a warning comes."""
    return transfer.state in GONE or in_doubt(file, transfer)
