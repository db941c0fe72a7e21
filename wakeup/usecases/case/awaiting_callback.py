"""Who said in a call what a person is to see to was told that somebody calls them, whatever becomes of the payment."""

from __future__ import annotations

from wakeup.domain.outcome import CALLS_FOR_HELP
from wakeup.usecases.casefile import CaseFile


def awaiting_callback(file: CaseFile) -> bool:
    """Nobody of ours has talked to them since, and a hold by hand is no talk. Of an erased customer nobody waits."""
    since = min((t.flagged_at for t in file.transfers()), default=file.now)
    heard = [e for case_id, e in file.unit.talks.evidence(file.case, since) if case_id == file.case.id]
    said_at = max((e.at for e in heard if e.outcome in CALLS_FOR_HELP), default=None)
    if said_at is None or file.unit.customers.get(file.case.customer_id) is None:
        return False
    last_contact_at = file.unit.reviews.last_contact_at(file.case.id)
    return last_contact_at is None or last_contact_at < said_at
