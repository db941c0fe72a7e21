"""The page of bulk releases: the requests, and what a new one would contain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from wakeup.domain.bulk import BulkRelease
from wakeup.domain.transfer import Transfer, highest
from wakeup.usecases.deciding.bulk_release import Preview, Span, preview
from wakeup.usecases.repositories.bulk import BulkMember
from wakeup.usecases.unit import Unit

MAX_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """Transfers, and their sums by currency."""

    members: Sequence[BulkMember]

    @property
    def sums(self) -> Mapping[str, Decimal]:
        totals: dict[str, Decimal] = {}
        for one in self.members:
            totals[one.currency] = totals.get(one.currency, Decimal(0)) + one.amount
        return totals


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkView:
    models: Sequence[str]
    """The risk models of what is on hold."""
    second_within: timedelta
    wishes: Sequence[tuple[BulkRelease, Listed]]
    """The newest requests with their transfers."""
    found: tuple[Preview, Listed] | None
    """What a new request would contain; None until its model and span are known."""


def read_bulk(unit: Unit, span: Span | None, now: datetime) -> BulkView:
    found = None if span is None else preview(unit, span, now)
    return BulkView(
        models=unit.bulk.models(),
        second_within=unit.policy.review.second_within,
        wishes=[(wish, Listed(unit.bulk.listed(wish.id))) for wish in unit.bulk.newest(MAX_SHOWN)],
        found=None if found is None else (found, _listed(unit, found.takes)),
    )


def _listed(unit: Unit, takes: Iterable[Transfer]) -> Listed:
    members = []
    for transfer in takes:
        case = unit.views.case(transfer.case_id)
        tier = transfer.tier if case is None else highest(transfer.tier, case.tier)
        members.append(
            BulkMember(
                transfer_id=transfer.id, case_id=transfer.case_id, tier=tier, amount=transfer.amount,
                currency=transfer.currency,
            )
        )  # fmt: skip
    return Listed(members)
