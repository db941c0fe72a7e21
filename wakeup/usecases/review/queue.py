"""The review queue: transfers held or put before staff, ordered by what is lost without action, and a sample of
automatic decisions to check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.to_do import Urgency, loss_key, urgency_of
from wakeup.usecases.choosing import pick
from wakeup.usecases.repositories.views import QueueRow, Sample
from wakeup.usecases.unit import Unit

MAX_WAITING, MAX_SHOWN = 2000, 100
SAMPLED_SINCE, ONE_IN = timedelta(days=7), 10
MAX_SAMPLED, SAMPLES_SHOWN = 500, 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    waiting: QueueRow
    urgency: Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    at: datetime
    queued: tuple[Queued, ...]
    total: int
    """Number of waiting transfers, counted up to `MAX_WAITING`."""
    samples: tuple[Sample, ...]
    police: int
    asked: int
    """Number of releases that wait for a second person, those in bulk not counted."""
    bulk: int
    """Number of bulk releases that wait for a second person."""


def read_queue(unit: Unit, now: datetime) -> Queue:
    """Return the queue, the worst first. The sample is drawn by a keyed hash of the transfer's id, so that no
    staff member chooses what is checked."""
    found = unit.views.waiting(now, MAX_WAITING)
    queued = [
        Queued(
            waiting=one,
            urgency=urgency_of(
                one.to_do,
                asked=one.asked_by is not None,
                wanted=one.wanted,
                contested=one.contested_at is not None,
            ),
        )
        for one in found
    ]
    queued.sort(
        key=lambda one: loss_key(
            one.urgency,
            unit.policy.in_base(one.waiting.amount, one.waiting.currency),
            (now if one.waiting.leaving else one.waiting.ends_at or now) - now,
            (one.waiting.person_due_at or now) - now,
        )
    )
    drawn = [
        one
        for one in unit.views.unchecked(now - SAMPLED_SINCE, MAX_SAMPLED)
        if pick(unit.index("sample", one.transfer_id), ONE_IN) == 0
    ]
    return Queue(
        at=now,
        queued=tuple(queued[:MAX_SHOWN]),
        total=len(queued),
        samples=tuple(drawn[:SAMPLES_SHOWN]),
        police=sum(one.police_at is not None for one in found),
        asked=sum(one.asked_by is not None for one in found),
        bulk=unit.bulk.waiting(now),
    )
