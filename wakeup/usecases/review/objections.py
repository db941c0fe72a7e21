"""What speaks against a release: warnings, objections, and wishes for a human. Staff who look at an older page of a
case do not know what has come since."""

from __future__ import annotations

from collections.abc import Iterable

from wakeup.domain.decision import Effect, effects_of
from wakeup.domain.errors import ConflictError
from wakeup.domain.label import Truth
from wakeup.domain.outcome import PROTECTIVE, Outcome
from wakeup.domain.transfer import Tier
from wakeup.usecases.case.follow_up import BEGINS_A_WAIT
from wakeup.usecases.case.human_talk_notes import TimelineRow
from wakeup.usecases.records import Note
from wakeup.usecases.repositories.views import BesideRow
from wakeup.usecases.review.review import ReviewFile

ASKS_NOW = frozenset({"hand_over_begun", "person_rung"})
"""Notes of a callee who is put through to a human. What they say there is not recorded yet."""
NO_WAITS = frozenset({"promise_late", "hold_ends"})
"""Alarms about a wait, or a hold, that the page shows."""
OBJECTS = frozenset(
    {
        "line_suspicious",
        "tier_raised",
        "other_payment",
        "family_risk",
        "review_held",
        "review_release_refused",
        "review_contest_answered",
        "review_sent_to_police",
    }
)
"""Notes of the bank, or of staff, that speak against a release and begin no wait."""
LABELS = frozenset({"labelled", "review_labelled"})
TOLD_HERE = frozenset({"learned", "line_suspicious", "tier_raised", "family_risk", "other_number"})
"""Notes of the customer's other cases that tell nothing new: the bank's warnings about the customer are noted in each
case, and what was said is evidence in each."""


def no_wait_since_page(work: ReviewFile) -> None:
    """Raise ConflictError if the wait that this act would end began after the page was made. The version does not say
    so, because what callees and the bank do disturbs no work in hand."""
    seen = work.order.seen
    if seen is None:
        return
    timeline = work.unit.views.timeline(work.file.case.id)
    if any(_begins_a_wait(note, work.file.case.tier) for n, _, note in timeline if n > seen):
        raise ConflictError(
            "version", "somebody has asked for a human since this page was made, or a warning came; look at it again"
        )


def _begins_a_wait(note: Note, tier: Tier) -> bool:
    if note.kind == "learned":
        outcome = Outcome(str(note.data["outcome"]))
        return outcome in PROTECTIVE or Effect.PERSON in effects_of(outcome, tier)
    return note.kind in BEGINS_A_WAIT | ASKS_NOW or ("alarm" in note.data and note.kind not in NO_WAITS)


def against_release(timeline: Iterable[TimelineRow], tier: Tier) -> list[int]:
    """Return the numbers of the rows that speak against a release from this case: warnings, objections, and wishes for
    a human. They are counted, so that the second objection is news too."""
    return [n for n, _, note in timeline if _begins_a_wait(note, tier) or _objects(note)]


def against_beside(rows: Iterable[BesideRow], tier: Tier) -> list[BesideRow]:
    """Return the rows of the customer's other cases that speak against a release from this one."""
    return [row for row in rows if row[-1].kind not in TOLD_HERE and against_release([row[1:]], tier)]


def _objects(note: Note) -> bool:
    if note.kind in LABELS:
        return note.data["label"] == Truth.SCAM
    return note.kind in OBJECTS
