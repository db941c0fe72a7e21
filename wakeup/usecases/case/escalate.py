"""Puts a case into the human queue, where it stays while any of its transfers is pending or held."""

from __future__ import annotations

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.review import Review
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.wakes import pages_of


def escalate(file: CaseFile, *, police: bool = False) -> None:
    """Record that a human, or the police through a human, is wanted.

    The time of the first request is kept. The review's version is not changed, so work in hand is not disturbed.
    The caller writes the timeline note, which gives the reason.
    """
    reviews = file.unit.reviews
    found = reviews.get(file.case.id)
    if found is None:
        found = Review(case_id=file.case.id)
        reviews.add(found)
    if police:
        reviews.save(replace(found, police_wanted_at=found.police_wanted_at or file.now))
    else:
        reviews.save(replace(found, person_wanted_at=found.person_wanted_at or file.now))
    file.unit.wakes.update(pages_of(file.case.id))
