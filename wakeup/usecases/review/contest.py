"""Contests: a customer contests a hold, a human reviews it, and a staff member with the right to release answers
with grounds."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.review import Act, Review
from wakeup.domain.staff import Right, demand
from wakeup.domain.transfer import STILL_OPEN, Transfer
from wakeup.usecases.case.guard import guard
from wakeup.usecases.case.notify_customer import text_contest_received
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.review.objections import no_wait_since_page
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import pages_of


def record_contest(unit: Unit, order: Order, now: datetime) -> Review:
    """Record that the customer contests, which puts the case into the review queue. The case need not be claimed
    for that.

    The first contest counts until it is answered. Raises ConflictError if nothing is held back.
    """
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.TAKE_CONTEST)
        if not work.file.open_transfers():
            raise ConflictError("transfer", "no transfer of this case is on hold")
        work.record(Act.CONTESTED)
        work.file.update_review(replace(work.review, contested_at=work.review.contested_at or now))
    return work.review


def contest_in_app(file: CaseFile, transfer: Transfer) -> None:
    """Record a contest from the bank's app: the case goes into the review queue, and the customer is told so by
    SMS. The version of the review stays, so work in progress is not disturbed. Raises ConflictError if this
    transfer is not held back."""
    if transfer.state not in STILL_OPEN:
        raise ConflictError("type", f"the transfer is already {transfer.state}")
    first = file.review.contested_at is None
    file.note("contested", "bank", transfer=transfer.id, again=not first)
    if first:
        file.update_review(replace(file.review, contested_at=file.now))
        text_contest_received(file)
    file.unit.wakes.update(pages_of(file.case.id))


def answer_contest(unit: Unit, order: Order, now: datetime) -> Review:
    """Record the grounds told to the customer for keeping the hold. Cooling does not release these transfers any
    more. To decide otherwise, release the transfer, which answers the contest as well."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.RELEASE)
        work.in_hand()
        no_wait_since_page(work)
        since = work.review.contested_at
        if since is None:
            raise ConflictError("transfer", "no objection is waiting for an answer")
        if not order.text.strip():
            raise ConflictError("text", "the customer must be given the grounds")
        work.record(Act.CONTEST_ANSWERED, None, since=since.isoformat())
        work.file.update_review(replace(work.review, contested_at=None))
        guard(work.file)
    return work.review


def answered_by_release(work: ReviewFile) -> None:
    """End the contest once nothing is held back any more."""
    if not work.file.open_transfers():
        work.file.update_review(replace(work.review, contested_at=None))
