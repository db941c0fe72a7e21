"""The board: open transfers by the time left, calls in flight, and current obstacles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from wakeup.domain.case import Case
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import CaseId, CustomerId, TransferId
from wakeup.domain.pacing import PAUSED
from wakeup.domain.staff import Right, StaffId
from wakeup.usecases.acting import acting
from wakeup.usecases.repositories.scripts import PausedScript
from wakeup.usecases.repositories.views import LiveCall, OpenTransfer, Totals, Wanted
from wakeup.usecases.ringing.pacing import resume_dialling, stop_dialling
from wakeup.usecases.unit import Unit

SOON = timedelta(minutes=15)
PAUSE = timedelta(days=1)
"""Length of a manual pause. If nobody resumes, the dispatcher probes by itself after a day."""

_END = re.compile(r"…?([0-9a-f]{8,})")
"""The end of a case's id: the console shows its last 8 digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything the board shows, at one moment."""

    at: datetime
    transfers: tuple[OpenTransfer, ...]
    calls: tuple[LiveCall, ...]
    totals: Totals
    lines_used: int
    paused: tuple[PausedScript, ...]
    """Scripts that are paused."""
    bulk_waiting: int
    """Requests for a bulk release that wait for a second person."""
    at_stake: Decimal
    """Sum in the base currency; amounts without an exchange rate are left out."""


def read_board(unit: Unit, wanted: Wanted, now: datetime) -> Board:
    totals = unit.views.totals(now, now + SOON, now + unit.policy.review.alarm_before)
    worth = (unit.policy.in_base(amount, currency) for currency, amount in totals.at_stake.items())
    return Board(
        at=now,
        transfers=tuple(unit.views.open_transfers(wanted, now)),
        calls=tuple(unit.views.live_calls()),
        totals=totals,
        paused=tuple(unit.scripts.paused()),
        bulk_waiting=unit.bulk.waiting(now),
        lines_used=unit.attempts.lines_in_use(),
        at_stake=sum(filter(None, worth), Decimal(0)),
    )


def find_cases(unit: Unit, text: str) -> list[CaseId]:
    """Find cases by id of case, transfer or customer, or by the end of a case's id as the console shows it, newest
    first."""
    case = unit.views.case(CaseId(text))
    if case is not None:
        return [case.id]
    transfer = unit.transfers.get(TransferId(text))
    if transfer is not None:
        return [transfer.case_id]
    found: list[Case] = list(unit.views.cases_of_customer(CustomerId(text)))
    end = _END.fullmatch(text.lower())
    if not found and end is not None:
        return list(unit.views.cases_ending_in(end[1]))
    return [one.id for one in found]


def find_by_phone(unit: Unit, e164: str) -> list[CaseId]:
    """Find cases by a phone number, using its keyed hash: the number is never stored or logged in clear."""
    return list(unit.views.cases_of_number(unit.index("number", e164)))


def pause_all(unit: Unit, by: StaffId, account: str, now: datetime) -> None:
    """Pause all dialling until it is resumed. Calls in progress and all deadlines go on."""
    who = acting(unit, by, Right.STOP_DIALLING)
    stop_dialling(unit, account, PAUSED, now + PAUSE, now)
    unit.admin.add("dialling_paused", who.name, now, staff=who.id)
    unit.wakes.add("board")


def resume_all(unit: Unit, by: StaffId, account: str, now: datetime) -> None:
    """Resume dialling, also after a stop caused by the provider's faults. Raises ConflictError when dialling is not
    stopped."""
    who = acting(unit, by, Right.STOP_DIALLING)
    before = resume_dialling(unit, account)
    if before.stopped_until is None or before.stopped_until <= now:
        raise ConflictError("dialling", "dialling is not stopped")
    unit.admin.add("dialling_resumed", who.name, now, staff=who.id, was=before.stopped_because)
    unit.wakes.add("board")
