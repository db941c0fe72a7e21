"""Listening to a recording, which is recorded before anything is played."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import NotFoundError
from wakeup.domain.review import Act
from wakeup.domain.staff import Right, demand
from wakeup.usecases.conversation.recording_consent import MADE
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.unit import Unit

RECORDED = frozenset({"message_recorded", MADE})
"""The kinds under which `talk.take_turn` notes a message and `recording_consent.keep_recording` a call."""


def listen(unit: Unit, order: Order, recording: str, now: datetime) -> None:
    """Record that an account listens to a recording. Raises NotFoundError unless it was made in this case and still
    exists."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.LISTEN)
        made = next(
            (
                note
                for _, _, note in unit.views.timeline(order.case_id)
                if note.kind in RECORDED and note.data.get("recording") == recording
            ),
            None,
        )
        kept = unit.recordings.get(recording)
        if made is None or not recording or (kept is not None and kept.deleted_at is not None):
            raise NotFoundError("no such recording in this case")
        work.write(Act.LISTENED, None, recording=recording, seconds=made.data.get("seconds"))
