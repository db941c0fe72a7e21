"""What an agent recorded of one conversation. The timeline says which conversation each record is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from wakeup.domain.hand_over import HandOver
from wakeup.usecases.records import Note

RECORDED = "review_talked"
TimelineRow = tuple[int, datetime, Note]


def records_of(timeline: Iterable[TimelineRow], talk: HandOver) -> list[Note]:
    """Return the records of this conversation, oldest first."""
    wanted = (RECORDED, talk.attempt_id, talk.n)
    return [note for _, _, note in timeline if (note.kind, note.data.get("attempt"), note.data.get("n")) == wanted]
