"""What agents have recorded of a conversation. The timeline says which conversation each record is about; an agent may
have several in one call."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wakeup.domain.hand_over import HandOver
from wakeup.usecases.records import Note
from wakeup.usecases.unit import Unit

RECORDED = "review_talked"
TimelineRow = tuple[int, datetime, Note]


def records_of(timeline: Iterable[TimelineRow], talk: HandOver) -> list[Note]:
    """Return the records of this conversation, oldest first."""
    return [note for _, _, note in timeline if note.kind == RECORDED and _is_about(note, talk)]


def is_recorded(unit: Unit, talk: HandOver) -> bool:
    return bool(records_of(unit.views.timeline(talk.case_id), talk))


def _is_about(note: Note, talk: HandOver) -> bool:
    return (note.data.get("attempt"), note.data.get("n")) == (talk.attempt_id, talk.n)
