"""Retention and erasure. Spoken and written words are deleted some time after their case was settled; a customer
is erased some years after their last case, or on request. Nothing is deleted under a legal hold, or while a staff
member still has to act on it.

A customer is erased by destroying their key and every keyed hash that finds them, so that everything sealed is
unreadable, in backups too. Timeline and decisions stay and remain verifiable: they hold ids, enums and numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.case import Case
from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.domain.ids import CaseId, CustomerId
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.repositories.erasure import Obstacle
from wakeup.usecases.unit import Unit

LOOK_AGAIN = timedelta(hours=6)
"""Interval at which data kept beyond its time is checked again."""

NOBODY = "no such customer, or already erased"


class ObstaclesError(ConflictError):
    """A customer cannot be erased now; nothing was changed."""

    def __init__(self, found: Sequence[tuple[Obstacle, str]]) -> None:
        self.found = tuple(found)
        super().__init__("customer", ", ".join(f"{what} {which}" for what, which in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """What has been kept long enough, and when to look again."""

    words: Sequence[CaseId]
    customers: Sequence[CustomerId]
    next_due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    cases: int
    recordings: int
    """Number of recordings that are now to be deleted at the phone company."""
    unreadable: bool = False
    """The customer's key was lost before, so that nothing of what was sealed could be read any more."""


def overdue(unit: Unit, now: datetime, limit: int) -> Overdue:
    """Return at most `limit` cases and `limit` customers whose retention has expired."""
    keeps = unit.policy.retention
    ends = [
        since + keeping
        for gone, keeping in ((False, keeps.speech), (True, keeps.records))
        if (since := unit.retention.oldest(words_gone=gone)) is not None
    ]
    return Overdue(
        words=unit.retention.with_words(now - keeps.speech, limit),
        customers=unit.retention.done_with(now - keeps.records, limit),
        # A customer's newer case may keep old data: that is no reason to look again all the time.
        next_due=max(min(ends), now + LOOK_AGAIN) if ends else None,
    )


def forget_words(unit: Unit, case_id: CaseId, now: datetime) -> bool:
    """Delete the words of a case if their retention has expired. Returns whether they were deleted; the timeline
    records that and when."""
    with CaseFile(unit, unit.cases.lock(case_id), now) as file:
        settled = unit.retention.get(case_id)
        if settled is None or settled.words_gone or settled.settled_at > now - unit.policy.retention.speech:
            return False
        if unit.retention.legal_hold(settled.customer_id) is not None:
            return False
        unit.erasure.delete_words(case_id)
        file.note("words_deleted")
    return True


def lock_all(unit: Unit, customer_id: CustomerId) -> Sequence[Case]:
    """Lock all cases of a customer, then the customer, in the order used everywhere. Returns the cases. Raises
    NotFoundError."""
    cases = unit.erasure.lock_cases(customer_id)
    if not unit.erasure.lock_customer(customer_id):
        raise NotFoundError(NOBODY)
    return cases


def erase(unit: Unit, customer_id: CustomerId, by: str, now: datetime) -> Erased:
    """Erase a customer for good. Raises NotFoundError, ObstaclesError. A later event about them creates a new
    customer with the same id."""
    cases = lock_all(unit, customer_id)
    unreadable = not unit.customers.can_be_read(customer_id)
    found = unit.erasure.obstacles(customer_id, now)
    # What became of an SMS whose number is lost cannot be asked any more.
    obstacles = [one for one in found if not (unreadable and one[0] is Obstacle.TEXT_NOT_OVER)]
    if obstacles:
        raise ObstaclesError(obstacles)
    recordings = unit.erasure.erase(customer_id, now)
    for case in cases:
        with CaseFile(unit, case, now) as file:
            file.note("customer_erased")
    unit.admin.add("customer_erased", by, now, customer=customer_id, cases=len(cases), recordings=recordings)
    if recordings:
        unit.wakes.add("retention")
    return Erased(cases=len(cases), recordings=recordings, unreadable=unreadable)


def erase_overdue(unit: Unit, customer_id: CustomerId, by: str, now: datetime) -> Erased | None:
    """Erase a customer whose retention has expired. Returns None if the bank has named a guardian of theirs since,
    or a guardian has agreed: the answer to that said that the guardian is enrolled. Raises the errors of `erase`."""
    lock_all(unit, customer_id)
    if unit.retention.listed_since(customer_id, now - unit.policy.retention.records):
        return None
    return erase(unit, customer_id, by, now)


def erase_again(unit: Unit, customer_id: CustomerId, at: datetime, by: str, now: datetime) -> Erased | None:
    """Erase a customer who was erased `at` that time and came back with an older copy of the database. Raises
    ObstaclesError.

    Returns None if nothing of that customer is back: they are still erased, or came again since.
    """
    if not unit.erasure.is_left(customer_id, at):
        return None
    return erase(unit, customer_id, by, now)
