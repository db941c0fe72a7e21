"""What agents have recorded of a conversation, and what came after it. The timeline says which conversation each record
is about; an agent may have several in one call. Its order is that of the transactions, which no clock changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import dropwhile

from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import CaseId
from wakeup.usecases.records import Note
from wakeup.usecases.unit import Unit

RECORDED = "review_talked"
ENDS_A_TALK = frozenset({"talk_with_person_over", "review_handed_on"})
OF_A_TALK = ENDS_A_TALK | {RECORDED, "person_joined"}
ROOM = timedelta(milliseconds=1)
"""Between a talk and what is dated after it. Each late record of the talk is dated the least step after the one
before, and still comes first."""
TimelineRow = tuple[int, datetime, Note]


def records_of(timeline: Iterable[TimelineRow], talk: HandOver) -> list[Note]:
    """Return the records of this conversation, oldest first."""
    return [note for _, _, note in timeline if note.kind == RECORDED and _is_about(note, talk)]


def is_recorded(unit: Unit, talk: HandOver) -> bool:
    return bool(records_of(unit.views.timeline(talk.case_id), talk))


def rows_since(timeline: Sequence[TimelineRow], talk: HandOver) -> Sequence[TimelineRow]:
    """Return what came after this conversation, in later transactions than the one that ended it. What a customer
    said becomes evidence in that transaction when they hang up."""
    ended_at = talk.ended_at
    if ended_at is None:
        return ()
    ends = [(n, at) for n, at, note in timeline if note.kind in ENDS_A_TALK and _is_about(note, talk)]
    if not ends:
        return [row for row in timeline if row[1] > ended_at]
    end, noted_at = ends[0]
    # The rows of one transaction have the same time, and stand together.
    return list(dropwhile(lambda row: row[1] == noted_at, (row for row in timeline if row[0] > end)))


def after_talks(unit: Unit, case_id: CaseId) -> datetime | None:
    """Return a time after all talks with agents in this case and the records of them, as their own clocks dated them;
    None if there was none."""
    found = max((at for _, at, note in unit.views.timeline(case_id) if note.kind in OF_A_TALK), default=None)
    return None if found is None else found + ROOM


def _is_about(note: Note, talk: HandOver) -> bool:
    return (note.data.get("attempt"), note.data.get("n")) == (talk.attempt_id, talk.n)
