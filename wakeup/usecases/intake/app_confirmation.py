"""Which confirmation in the bank's app counts: one that answers our warning, not one that made the payment.

The bank's clock may differ from ours, so its times are compared with each other only: a tap counts if we hear of it
after we accepted the flag, and if the bank dates it no earlier than the event that raised the flag. What follows from
it, such as the cooling, is counted from when we hear of it, by our own clock.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.transfer import STILL_OPEN, Transfer
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.records import EarlyNews
from wakeup.usecases.unit import Unit

LEFT_OUT = "tap_left_out"
"""The kind of the note that says why a confirmation does not count."""


class NotCounted(StrEnum):
    """Why a confirmation does not count."""

    EARLY = "tap_early"
    BEFORE_EVENT = "tap_before_event"
    CLOSED = "tap_closed"


def confirm_in_app(file: CaseFile, transfer: Transfer, news: EarlyNews, *, early: bool) -> None:
    """Record a confirmation, or why it does not count. `early`: the news came before its transfer."""
    why = _why_not(transfer, news.occurred_at, early=early)
    if why is not None:
        file.note(LEFT_OUT, "bank", transfer=transfer.id, event=news.event_id, reason=why)
        return
    # Never before the flag, even if the node that accepted the flag has a clock that is ahead of this one's.
    heard = max(news.received_at, transfer.flagged_at, transfer.confirmed_in_app_at or transfer.flagged_at)
    file.put(replace(transfer, confirmed_in_app_at=heard))
    file.note("confirmed_in_app", "bank", transfer=transfer.id)


def why_left_out(unit: Unit, transfer: Transfer, event_id: str) -> NotCounted | None:
    """Return why this confirmation did not count, or None if it did. One of which nothing is noted came before its
    transfer and was forgotten before that came, unless one has counted."""
    forgotten = NotCounted.EARLY if transfer.confirmed_in_app_at is None else None
    return next((why for event, why in _left_out(unit, transfer) if event == event_id), forgotten)


def early_tap_left_out(unit: Unit, transfer: Transfer) -> bool:
    """True if a confirmation came before the transfer, so that it does not count, and none that counts came since."""
    if transfer.confirmed_in_app_at is not None:
        return False
    return any(why is NotCounted.EARLY for _, why in _left_out(unit, transfer))


def _left_out(unit: Unit, transfer: Transfer) -> list[tuple[str, NotCounted]]:
    notes = (note for _, _, note in unit.views.timeline(transfer.case_id) if note.kind == LEFT_OUT)
    return [
        (str(note.data["event"]), NotCounted(str(note.data["reason"])))
        for note in notes
        if note.data["transfer"] == transfer.id
    ]


def _why_not(transfer: Transfer, tapped: datetime, *, early: bool) -> NotCounted | None:
    if early:
        return NotCounted.EARLY
    raised = transfer.occurred_at
    if not tapped.microsecond:
        # A time of whole seconds may be any moment of that second.
        raised = raised.replace(microsecond=0)
    if tapped < raised:
        return NotCounted.BEFORE_EVENT
    return None if transfer.state in STILL_OPEN else NotCounted.CLOSED
