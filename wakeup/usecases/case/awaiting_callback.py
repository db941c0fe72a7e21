"""Who said in a call what a person is to see to was told that somebody calls them, whatever becomes of the payment."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.case import Case
from wakeup.domain.outcome import CALLS_FOR_HELP
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.unit import Unit


def awaiting_callback(file: CaseFile) -> bool:
    """Nobody of ours has talked to them since, and a hold by hand is no talk. Of an erased customer nobody waits."""
    since = min((t.flagged_at for t in file.transfers()), default=file.now)
    return was_promised(file.unit, file.case, since) and file.unit.customers.get(file.case.customer_id) is not None


def was_promised(unit: Unit, case: Case, since: datetime) -> bool:
    """The same for whoever only looks: it locks nothing, and asks for nobody's key. `since`: when its first payment
    came."""
    heard = [e for case_id, e in unit.talks.evidence(case, since) if case_id == case.id]
    said_at = max((e.at for e in heard if e.outcome in CALLS_FOR_HELP), default=None)
    if said_at is None:
        return False
    last_contact_at = unit.reviews.last_contact_at(case.id)
    return last_contact_at is None or last_contact_at < said_at
