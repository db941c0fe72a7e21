"""Transfers in doubt: an allow was recalled, and the payment core has acknowledged nothing since, so the money may
have left."""

from __future__ import annotations

from wakeup.domain.transfer import GONE, HELD_BACK, Transfer
from wakeup.usecases.casefile import CaseFile

SOONEST = 3
"""Lowest sequence of a recall: the standing hold, the allow, and the hold that recalls it."""


def in_doubt(file: CaseFile, transfer: Transfer) -> bool:
    """True if we hold the transfer but the core may have let it go: the allow may have arrived there, and the hold
    may not."""
    calls_back = transfer.state in HELD_BACK and transfer.sequence >= SOONEST
    return calls_back and file.unit.outbox.in_doubt(transfer.id)


def may_be_gone(file: CaseFile, transfer: Transfer) -> bool:
    """True if the transfer has left, or may have, so that a human must call the bank when a warning comes."""
    return transfer.state in GONE or in_doubt(file, transfer)
