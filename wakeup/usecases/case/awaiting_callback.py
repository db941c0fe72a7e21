"""Whether the callee was promised a human: after distress, not_me or already_paid the callee was told that we will
call, whatever becomes of the payment."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.case import Case
from wakeup.domain.outcome import CALLS_FOR_HELP
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.unit import Unit


def awaiting_callback(file: CaseFile) -> bool:
    """True if the callee called for help in a call of this case and no human has talked to them since.

    A manual hold does not count as talking to them. False for an erased customer.
    """
    since = min((t.flagged_at for t in file.transfers()), default=file.now)
    return was_promised(file.unit, file.case, since) and file.unit.customers.get(file.case.customer_id) is not None


def was_promised(unit: Unit, case: Case, since: datetime) -> bool:
    """Like `awaiting_callback`, for queries: locks nothing and opens no customer key. `since`: when the case's first
    transfer came."""
    heard = [e for case_id, e in unit.talks.evidence(case, since) if case_id == case.id]
    said_at = max((e.at for e in heard if e.outcome in CALLS_FOR_HELP), default=None)
    if said_at is None:
        return False
    last_contact_at = unit.reviews.last_contact_at(case.id)
    return last_contact_at is None or last_contact_at < said_at
