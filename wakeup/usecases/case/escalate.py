"""Put a case before people: it stands in their queue while any of its transfers is pending or held."""

from __future__ import annotations

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.review import Review
from wakeup.usecases.casefile import CaseFile


def escalate(file: CaseFile, *, police: bool = False) -> None:
    """Since when they are wanted, or the police through them. What was asked for first stays; no work in hand is
    disturbed, for its version stays too. The caller writes the note, which says why."""
    reviews = file.unit.reviews
    found = reviews.get(file.case.id)
    if found is None:
        found = Review(case_id=file.case.id)
        reviews.add(found)
    if police:
        reviews.save(replace(found, police_wanted_at=found.police_wanted_at or file.now))
    else:
        reviews.save(replace(found, person_wanted_at=found.person_wanted_at or file.now))
    file.unit.wakes.update({"board", f"case:{file.case.id}"})
