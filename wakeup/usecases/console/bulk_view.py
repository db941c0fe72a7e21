"""The page of bulk releases: the requests, and what a new one would contain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.bulk import BulkRelease, BulkReleaseItem
from wakeup.usecases.deciding.bulk_release import Preview, Span, preview
from wakeup.usecases.unit import Unit

MAX_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkView:
    models: Sequence[str]
    """The risk models of what is on hold."""
    second_within: timedelta
    wishes: Sequence[tuple[BulkRelease, Sequence[BulkReleaseItem]]]
    """The newest requests with their transfers."""
    found: Preview | None
    """What a new request would contain; None until its model and span are known."""


def read_bulk(unit: Unit, span: Span | None, now: datetime) -> BulkView:
    return BulkView(
        models=unit.bulk.models(),
        second_within=unit.policy.review.second_within,
        wishes=[(wish, unit.bulk.members(wish.id)) for wish in unit.bulk.newest(MAX_SHOWN)],
        found=None if span is None else preview(unit, span, now),
    )
