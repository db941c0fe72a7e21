"""The calls of a case are the machine's again: whoever had taken them over gave the case back, or let it go."""

from __future__ import annotations

from wakeup.domain.case import CaseState
from wakeup.domain.quick import replace
from wakeup.domain.review import Review, holder
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.plan_calls import go_on_ringing
from wakeup.usecases.rungs import set_ladder


def calls_back(file: CaseFile, review: Review) -> Review:
    """Ring on where the take-over stopped it. Nothing happens if the calls were never taken over."""
    if review.taken_over_at is None:
        return review
    after = replace(review, taken_over_at=None)
    # Saved before anything is planned: what is planned asks whose the calls are.
    file.unit.reviews.save(after)
    if file.case.state is CaseState.OPEN:
        file.note("calls_back")
        go_on_ringing(file, file.unit.attempts.of_case(file.case.id))
        set_ladder(file)
    return after


def calls_of_a_lapsed_claim(file: CaseFile) -> None:
    """Whoever took the calls over did nothing for so long that they have the case no more."""
    review = file.unit.reviews.get(file.case.id)
    if review is not None and holder(review, file.now) is None:
        calls_back(file, review)
