"""What the timeline notes of a human talk: what the agent wrote up, and what came after it. Each note says which talk
it is about; an agent may have several in one call. Their order is that of the transactions, which no clock changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import dropwhile

from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import CaseId
from wakeup.usecases.records import Note
from wakeup.usecases.unit import Unit

WRITTEN_UP = "review_talked"
ENDS_A_HUMAN_TALK = frozenset({"talk_with_person_over", "review_handed_on"})
OF_A_HUMAN_TALK = ENDS_A_HUMAN_TALK | {WRITTEN_UP, "person_joined"}
ROOM = timedelta(milliseconds=1)
"""Between a talk and what is dated after it. Each late record of the talk is dated the least step after the one
before, and still comes first."""
ASKED_A_COLLEAGUE = frozenset({"person_rung", "call_in_asked_person"})
"""Notes of a callee or caller who is put through to a colleague at a number. Nothing records what the colleague
hears."""
TimelineRow = tuple[int, datetime, Note]


def write_ups_of(timeline: Iterable[TimelineRow], human_talk: HandOver) -> list[Note]:
    """Return what the agent wrote up of this talk, oldest first."""
    return [note for _, _, note in timeline if note.kind == WRITTEN_UP and _is_about(note, human_talk)]


def is_written_up(unit: Unit, human_talk: HandOver) -> bool:
    """True if the agent has recorded the outcome of this talk. Whether its sound is recorded is another question."""
    return bool(write_ups_of(unit.views.timeline(human_talk.case_id), human_talk))


def rows_since(timeline: Sequence[TimelineRow], human_talk: HandOver) -> Sequence[TimelineRow]:
    """Return what came after this conversation, in later transactions than the one that ended it. What a customer
    said becomes evidence in that transaction when they hang up."""
    ended_at = human_talk.ended_at
    if ended_at is None:
        return ()
    ends = [(n, at) for n, at, note in timeline if note.kind in ENDS_A_HUMAN_TALK and _is_about(note, human_talk)]
    if not ends:
        return [row for row in timeline if row[1] > ended_at]
    end, noted_at = ends[0]
    # The rows of one transaction have the same time, and stand together.
    return list(dropwhile(lambda row: row[1] == noted_at, (row for row in timeline if row[0] > end)))


def after_human_talks(unit: Unit, case_id: CaseId) -> datetime | None:
    """Return a time after all talks with agents in this case and the records of them, as their own clocks dated them;
    None if there was none."""
    found = max((at for _, at, note in unit.views.timeline(case_id) if note.kind in OF_A_HUMAN_TALK), default=None)
    return None if found is None else found + ROOM


def _is_about(note: Note, human_talk: HandOver) -> bool:
    return (note.data.get("attempt"), note.data.get("n")) == (human_talk.attempt_id, human_talk.n)
