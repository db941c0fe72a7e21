"""Whether the callee was promised a human: after distress, not_me or already_paid the callee was told that we will
call, whatever becomes of the payment."""

from __future__ import annotations

from wakeup.domain.outcome import CALLS_FOR_HELP
from wakeup.usecases.case.record_evidence import heard_here
from wakeup.usecases.casefile import CaseFile


def awaiting_callback(file: CaseFile) -> bool:
    """True if the callee called for help in a call of this case and no human has talked to them since.

    A manual hold does not count as talking to them. False for an erased customer.
    """
    said_at = max((e.at for e in heard_here(file) if e.outcome in CALLS_FOR_HELP), default=None)
    if said_at is None or file.unit.customers.get(file.case.customer_id) is None:
        return False
    last_contact_at = file.unit.reviews.last_contact_at(file.case.id)
    return last_contact_at is None or last_contact_at < said_at
