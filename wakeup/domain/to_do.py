"""What humans still have to do about a transfer, and how urgent it is. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from wakeup.domain.decision import Effect, Ruling
from wakeup.domain.ids import TransferId
from wakeup.domain.transfer import GONE, STILL_OPEN, TransferState

PERSON_WITHIN = timedelta(minutes=10)
"""Time within which a human talks to a customer who was promised it."""


class Urgency(StrEnum):
    """Why a case waits for a human, most urgent first."""

    MONEY_LEAVING = "money_leaving"
    """The money has already left: only a stop-payment request helps, and it must be made soon."""
    PERSON_PROMISED = "person_promised"
    PERSON_WANTED = "person_wanted"
    """The machine could not reach anyone, or a guardian is worried: a human should look now."""
    CONTESTED = "contested"
    """The customer does not accept the hold, and has not been answered."""
    SECOND_WAITED_FOR = "second_waited_for"
    SUSPICIOUS = "suspicious"
    HELD = "held"


AUTOMATIC_EFFECTS = frozenset({Effect.GUARDIAN, Effect.NEXT_RUNG})
"""Effects that the machine carries out by itself."""


def is_cleared(ruling: Ruling, decided_at: datetime, unheld_at: datetime) -> bool:
    """True if no warning came since the transfer was allowed: a warning moves `Case.unheld_at` behind the allow. Staff
    who release after a warning know of it.

    `ruling`, `decided_at`: of the decision in force."""
    return ruling is Ruling.ALLOW and decided_at >= unheld_at


def unheld_for(
    transfers: Mapping[TransferId, tuple[TransferState, bool]], cleared: Collection[TransferId] = ()
) -> dict[TransferId, Effect]:
    """Return why a case is kept in the queue although nothing of it is held (`Case.unheld_at`), by the transfers
    that show it.

    `transfers`: the state of each of its transfers, and whether it is in doubt. Where some have left, or may have,
    the bank must be asked to stop them, except for those that are `cleared`. Where none has, the customer must
    be called, whatever ended each transfer.
    """
    gone = [one for one, (state, _) in transfers.items() if state in GONE and one not in cleared]
    leaving = [one for one, (_, in_doubt) in transfers.items() if in_doubt or one in gone]
    if leaving:
        return dict.fromkeys(leaving, Effect.STOP_PAYMENT)
    return {one: Effect.PERSON for one, (state, _) in transfers.items() if state not in STILL_OPEN}


def to_do(
    state: TransferState,
    effects: Collection[Effect],
    decided_at: datetime,
    reached_at: datetime | None,
    followed_up_at: datetime | None,
    *,
    unheld: Effect | None,
) -> frozenset[Effect]:
    """Return what is still to be done about a transfer.

    If its case is kept in the queue for it although nothing is held, that is `unheld`. Otherwise it is what the
    standing decision asks for, while the transfer is open: PERSON is done once a human reached the customer after
    the decision, STOP_PAYMENT once a human wrote down its result after it.
    """
    if unheld is not None:
        return frozenset({unheld})
    if state not in STILL_OPEN:
        return frozenset()
    ended_by = {Effect.PERSON: reached_at, Effect.STOP_PAYMENT: followed_up_at}
    return frozenset(one for one in effects if (at := ended_by.get(one)) is None or at < decided_at)


_RANK = {urgency: rank for rank, urgency in enumerate(Urgency)}


def urgency_of(effects: Collection[Effect], *, asked: bool, wanted: bool = False, contested: bool = False) -> Urgency:
    """Return the urgency of a case.

    `effects` are still to be done: see `to_do`. `asked`: a second person is waited for. `wanted`: a rung or a
    guardian's answer called for a human. `contested`: the customer objects.
    """
    if Effect.STOP_PAYMENT in effects:
        return Urgency.MONEY_LEAVING
    if Effect.PERSON in effects:
        return Urgency.PERSON_PROMISED
    if wanted:
        return Urgency.PERSON_WANTED
    if contested:
        return Urgency.CONTESTED
    if asked:
        return Urgency.SECOND_WAITED_FOR
    return Urgency.SUSPICIOUS if {Effect.GUARDIAN, Effect.POLICE_QUEUE} & set(effects) else Urgency.HELD


def loss_key(
    urgency: Urgency, value: Decimal | None, left: timedelta, promise: timedelta = timedelta()
) -> tuple[int, timedelta, Decimal]:
    """Sort key by what is lost if no one acts: the urgency, then money per hour left; unknown amounts come first.

    Promised calls come by the time left to keep the promise.
    """
    hours = Decimal(max(left.total_seconds(), 60.0)) / 3600
    lost = Decimal("-Infinity") if value is None else -value / hours
    return _RANK[urgency], promise if urgency is Urgency.PERSON_PROMISED else timedelta(), lost
