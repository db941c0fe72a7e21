"""Guard transfers against automatic release: only humans release a guarded transfer."""

from __future__ import annotations

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.transfer import STILL_OPEN, Transfer
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.unit import Unit


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


def guarded_from_outside(unit: Unit, transfer: Transfer) -> bool:
    """True if something outside this transfer leaves its release to humans: another guarded transfer of the customer,
    or a talk with a colleague at a number, whichever case it was in, that may have gone on when the transfer came or
    has begun since."""
    came = transfer.flagged_at
    return unit.transfers.guarded_beside(transfer) or unit.talks.asked_a_colleague(
        transfer.customer_id, came - unit.policy.calling.line_limit
    )
