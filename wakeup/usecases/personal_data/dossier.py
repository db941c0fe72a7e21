"""What is known about a customer: handed out as a whole, or kept for a court whatever retention says."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.domain.ids import CustomerId
from wakeup.usecases.personal_data.forget import NOBODY, lock_all
from wakeup.usecases.repositories.retention import Dossier, LegalHold
from wakeup.usecases.unit import Unit

TICKET_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./")
LONGEST_TICKET = 40


def begin_export(unit: Unit, customer_id: CustomerId, by: str, now: datetime) -> None:
    """It is written down before anything is shown. Raises NotFoundError."""
    if not unit.customers.is_known(customer_id):
        raise NotFoundError(NOBODY)
    unit.admin.add("customer_exported", by, now, customer=customer_id)


def export(unit: Unit, customer_id: CustomerId) -> Dossier:
    """All of it, in one snapshot."""
    return unit.erasure.dossier(customer_id)


def hold(unit: Unit, customer_id: CustomerId, ticket: str, by: str, now: datetime) -> None:
    """Nothing of this customer is deleted from now on. Raises NotFoundError, ConflictError."""
    if not 1 <= len(ticket) <= LONGEST_TICKET or not set(ticket) <= TICKET_LETTERS:
        # It goes into a log nothing is ever taken out of: no room for a name.
        raise ConflictError("ticket", f"1 to {LONGEST_TICKET} letters, digits and - _ . /")
    # Whoever deletes something of theirs just now is waited for: nothing goes after this was answered.
    lock_all(unit, customer_id)
    if not unit.retention.hold(LegalHold(customer_id=customer_id, since=now, by=by, ticket=ticket)):
        raise ConflictError("customer", "a legal hold stands already")
    unit.admin.add("legal_hold_begun", by, now, customer=customer_id, ticket=ticket)


def lift(unit: Unit, customer_id: CustomerId, by: str, now: datetime) -> None:
    """What was kept beyond its time is deleted within hours. Raises ConflictError."""
    if not unit.retention.lift(customer_id):
        raise ConflictError("customer", "no legal hold stands")
    unit.admin.add("legal_hold_ended", by, now, customer=customer_id)
    unit.wakes.add("retention")
