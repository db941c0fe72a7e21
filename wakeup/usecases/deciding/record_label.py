"""Labels: the later truth about a transfer, reported by the bank or by a supervisor at the console."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import TransferId
from wakeup.domain.label import Truth
from wakeup.domain.review import Act, Review
from wakeup.domain.staff import Right, demand
from wakeup.usecases.case.guard import guard_one
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.warning_after_allow import recall_after_label
from wakeup.usecases.records import Label
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.unit import Unit


def record_label(file: CaseFile, truth: Label) -> None:
    """Record a label. It changes no decision the payment core has acknowledged.

    A transfer labelled as a scam is released by humans only, and an allow that the core has not acknowledged is
    recalled.
    """
    file.unit.records.label(truth)
    if truth.label is Truth.SCAM:
        transfer = next(t for t in file.transfers() if t.id == truth.transfer_id)
        guard_one(file, transfer)
        recall_after_label(file, transfer)


def currency_of(unit: Unit, transfer_id: TransferId) -> str | None:
    """Return the currency of a known transfer: an amount that was recovered has no more decimals than it."""
    transfer = unit.transfers.get(transfer_id)
    return None if transfer is None else transfer.currency


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLabel:
    """What later turned out about one transfer."""

    transfer_id: TransferId
    label: Truth
    recovered: Decimal = Decimal(0)


def label(unit: Unit, order: Order, truth: NewLabel, now: datetime) -> Review:
    """Record a supervisor's label. It changes no decision the core has acknowledged, and a scam is no longer
    released automatically."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.LABEL)
        work.in_hand()
        transfer = work.transfer(truth.transfer_id)
        if truth.recovered < 0 or truth.recovered > transfer.amount:
            raise ConflictError("recovered", "must be between zero and the transfer's amount")
        work.record(Act.LABELLED, transfer, label=truth.label)
        record_label(
            work.file,
            Label(
                transfer_id=transfer.id,
                label=truth.label,
                recovered=truth.recovered,
                occurred_at=now,
                received_at=now,
            ),
        )
    return work.review
