"""What is forgotten, and when: words some time after their case was settled, a customer some years after their last
one, or when they ask for it. Nothing is forgotten under a legal hold, or while somebody still has to act on it.

A customer is erased by destroying their key, and every keyed hash that finds them: what was sealed is unreadable, in
backups too. Timeline and decisions stay, and can be verified: they hold ids, enums and numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.case import Case, CaseState
from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.domain.ids import CaseId, CustomerId
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.repositories.retention import Obstacle
from wakeup.usecases.unit import Unit

LOOK_AGAIN = timedelta(hours=6)
"""So often it is seen whether what was kept beyond its time still has to be."""

NOBODY = "no such customer, or they were erased before"


class ObstaclesError(ConflictError):
    """A customer cannot be erased now; nothing was changed."""

    def __init__(self, found: Sequence[tuple[Obstacle, str]]) -> None:
        self.found = tuple(found)
        super().__init__("customer", ", ".join(f"{what} {which}" for what, which in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """What was kept long enough, and when to look again."""

    words: Sequence[CaseId]
    customers: Sequence[CustomerId]
    next_due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    cases: int
    recordings: int
    """To be deleted at the phone company now."""


def overdue(unit: Unit, now: datetime, limit: int) -> Overdue:
    """At most `limit` cases and as many customers."""
    keeps = unit.policy.retention
    ends = [
        since + keeping
        for gone, keeping in ((False, keeps.speech), (True, keeps.records))
        if (since := unit.retention.oldest(words_gone=gone)) is not None
    ]
    return Overdue(
        words=unit.retention.with_words(now - keeps.speech, limit),
        customers=unit.retention.done_with(now - keeps.records, limit),
        # Somebody's newer case may keep what is old: that is no reason to look all the time.
        next_due=max(min(ends), now + LOOK_AGAIN) if ends else None,
    )


def forget_words(unit: Unit, case_id: CaseId, now: datetime) -> bool:
    """Whether this case's words were deleted. That they were, and when, stays in its timeline."""
    with CaseFile(unit, unit.cases.lock(case_id), now) as file:
        settled = unit.retention.get(case_id)
        if file.case.state is not CaseState.SETTLED:
            # A node of the version before has put it before people again, and knows of no such date.
            return False
        if settled is None or settled.words_gone or settled.settled_at > now - unit.policy.retention.speech:
            return False
        if unit.retention.legal_hold(settled.customer_id) is not None:
            return False
        unit.erasure.delete_words(case_id)
        file.note("words_deleted")
    return True


def lock_all(unit: Unit, customer_id: CustomerId) -> Sequence[Case]:
    """All of a customer's cases, locked, and then themselves, in the order that everybody keeps to. Raises
    NotFoundError."""
    cases = unit.erasure.lock_cases(customer_id)
    if not unit.erasure.lock_customer(customer_id):
        raise NotFoundError(NOBODY)
    return cases


def erase(unit: Unit, customer_id: CustomerId, by: str, now: datetime) -> Erased:
    """For good. Raises NotFoundError, ObstaclesError. An event about them makes a new customer of the same id."""
    cases = lock_all(unit, customer_id)
    obstacles = unit.erasure.obstacles(customer_id, now)
    if obstacles:
        raise ObstaclesError(obstacles)
    recordings = unit.erasure.erase(customer_id, now)
    for case in cases:
        with CaseFile(unit, case, now) as file:
            file.note("customer_erased")
    unit.admin.add("customer_erased", by, now, customer=customer_id, cases=len(cases), recordings=recordings)
    if recordings:
        unit.wakes.add("retention")
    return Erased(cases=len(cases), recordings=recordings)


def erase_overdue(unit: Unit, customer_id: CustomerId, by: str, now: datetime) -> Erased | None:
    """Whoever was found to be kept long enough. None when the bank has named a guardian of theirs since, or one has
    agreed: it was answered that they stand. Raises as `erase`."""
    lock_all(unit, customer_id)
    if unit.retention.listed_since(customer_id, now - unit.policy.retention.records):
        return None
    return erase(unit, customer_id, by, now)


def erase_again(unit: Unit, customer_id: CustomerId, at: datetime, by: str, now: datetime) -> Erased | None:
    """Whom an older copy of the database brought back, erased `at` that time. Raises ObstaclesError.

    None when nothing of them is back: they are gone, or came anew since.
    """
    if not unit.erasure.is_left(customer_id, at):
        return None
    return erase(unit, customer_id, by, now)
