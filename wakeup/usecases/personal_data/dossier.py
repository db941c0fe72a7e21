"""Export everything known about a customer, or keep it under legal hold whatever the retention policy says."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.domain.ids import CustomerId
from wakeup.usecases.personal_data.forget import NOBODY, lock_all
from wakeup.usecases.repositories.erasure import Dossier
from wakeup.usecases.repositories.retention import LegalHold
from wakeup.usecases.unit import Unit

TICKET_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./")
LONGEST_TICKET = 40


def begin_export(unit: Unit, customer_id: CustomerId, by: str, now: datetime) -> None:
    """Record the export in the administrative log before anything is shown. Raises NotFoundError."""
    if not unit.customers.is_known(customer_id):
        raise NotFoundError(NOBODY)
    unit.admin.add("customer_exported", by, now, customer=customer_id)


def export(unit: Unit, customer_id: CustomerId) -> Dossier:
    """Return all rows of the customer, in one snapshot."""
    return unit.erasure.dossier(customer_id)


def hold(unit: Unit, customer_id: CustomerId, ticket: str, by: str, now: datetime) -> None:
    """Place a legal hold: from now on nothing of this customer is deleted. Raises NotFoundError, and ConflictError
    for a bad ticket or a second hold."""
    if not 1 <= len(ticket) <= LONGEST_TICKET or not set(ticket) <= TICKET_LETTERS:
        # The ticket goes into a log from which nothing is ever removed, so it must not have room for a name.
        raise ConflictError("ticket", f"must be 1 to {LONGEST_TICKET} letters, digits and - _ . /")
    # Wait for a deletion that is under way: after this function has returned, nothing is deleted.
    lock_all(unit, customer_id)
    if not unit.retention.hold(LegalHold(customer_id=customer_id, since=now, by=by, ticket=ticket)):
        raise ConflictError("customer", "a legal hold is set already")
    unit.admin.add("legal_hold_begun", by, now, customer=customer_id, ticket=ticket)


def lift(unit: Unit, customer_id: CustomerId, by: str, now: datetime) -> None:
    """End a legal hold. What was kept beyond its retention is deleted within hours. Raises ConflictError if there
    is no hold."""
    if not unit.retention.lift(customer_id):
        raise ConflictError("customer", "no legal hold is set")
    unit.admin.add("legal_hold_ended", by, now, customer=customer_id)
    unit.wakes.add("retention")
