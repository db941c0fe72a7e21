"""Take the risk events of a signed message of the bank, one or a batch. The same message again changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wakeup.domain.errors import ConflictError
from wakeup.usecases.idempotency import Inbound, record_message, register_message
from wakeup.usecases.inputs import FlaggedTransfer
from wakeup.usecases.intake.known_transfer import Accepted
from wakeup.usecases.intake.open_case import open_case, sought, take_event
from wakeup.usecases.unit import Unit


def receive_event(unit: Unit, inbound: Inbound, event: FlaggedTransfer, now: datetime) -> Accepted:
    """Take one event of one signed message. Raises ConflictError if an id is known with other content."""
    known = unit.inbox.look_up(sought(event, inbound))
    record_message(unit, inbound, known.body_hash, now)
    return take_event(unit, event, known, now)


def receive_batch(
    unit: Unit, inbound: Inbound, events: Sequence[FlaggedTransfer], now: datetime
) -> list[Accepted | ConflictError]:
    """Take the events of one batch and return one result per event. A conflict in one event does not affect the
    others."""
    register_message(unit, inbound, now)
    results: dict[int, Accepted | ConflictError] = {}
    for place, event in _in_order(events):
        try:
            results[place] = open_case(unit, event, now)
        except ConflictError as conflict:  # raised before anything of this event was written
            results[place] = conflict
    return [results[place] for place in range(len(events))]


def _in_order(events: Sequence[FlaggedTransfer]) -> list[tuple[int, FlaggedTransfer]]:
    """Return places and events in the order of customers, so that two batches about the same customers cannot deadlock.
    An event that names the transfer of another customer of the batch comes last: it is refused, as if sent after."""
    owner: dict[str, str] = {}
    numbered = [
        (owner.setdefault(event.transfer_id, event.customer_id) != event.customer_id, place, event)
        for place, event in enumerate(events)
    ]
    return [(place, event) for _, place, event in sorted(numbered, key=lambda one: (one[0], one[2].customer_id))]
