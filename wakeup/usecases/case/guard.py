"""Guard transfers against automatic release: only humans release a guarded transfer."""

from __future__ import annotations

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.transfer import STILL_OPEN, Transfer
from wakeup.usecases.casefile import CaseFile


def guard(file: CaseFile) -> None:
    """Stop automatic release of all open transfers of the case: only humans decide."""
    for transfer in file.transfers():
        guard_one(file, transfer)


def guard_one(file: CaseFile, transfer: Transfer) -> Transfer:
    """Stop automatic release of this transfer and end its cooling. This is no decision, and writes none."""
    if transfer.state not in STILL_OPEN or transfer.guarded:
        return transfer
    if transfer.allow_at is not None:
        file.note("cooling_ended", transfer=transfer.id, reason="release_guarded")
    return file.put(replace(transfer, guarded=True, allow_at=None))
