"""Puts a case into the human queue, where it stays while any of its transfers is pending or held."""

from __future__ import annotations

from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.wakes import pages_of


def escalate(file: CaseFile, *, police: bool = False) -> None:
    """Record that a human, or the police through a human, is wanted.

    The time of the first request is kept. The review's version is not changed, so work in hand is not disturbed.
    The caller writes the timeline note, which gives the reason.
    """
    if police:
        file.change_review(police_wanted_at=file.review.police_wanted_at or file.now)
    else:
        file.change_review(person_wanted_at=file.review.person_wanted_at or file.now)
    file.unit.wakes.update(pages_of(file.case.id))
