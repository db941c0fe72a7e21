"""A transfer: one payment under the bank's id, what may happen to it, and how much proof its release needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from wakeup.domain.fast_dataclass import fast_init
from wakeup.domain.ids import CaseId, CustomerId, TransferId


class Tier(StrEnum):
    """How much proof a release needs, most first."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"


TIER_RANK = {tier: rank for rank, tier in enumerate(Tier)}


def highest(*tiers: Tier) -> Tier:
    """The tier that needs the most proof."""
    return min(tiers, key=TIER_RANK.__getitem__)


def one_up(tier: Tier) -> Tier:
    """The next higher tier; critical stays critical."""
    return Tier.CRITICAL if tier is not Tier.MEDIUM else Tier.HIGH


class TransferState(StrEnum):
    PENDING = "pending"
    ALLOWED = "allowed"
    HELD = "held"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    RELEASED = "released"


STILL_OPEN = frozenset({TransferState.PENDING, TransferState.HELD})
"""Not let go, not refused, not taken back: what is learned still counts, and people may decide."""
GONE = frozenset({TransferState.ALLOWED, TransferState.RELEASED})
"""Let go by us or by the bank: we hold it no more, but somebody can ask the bank to stop it."""

HELD_BACK = frozenset({TransferState.HELD, TransferState.REFUSED})
"""The money is to stay, and the payment core is told so; whether it has heard is another question."""


class TransferEvent(StrEnum):
    ALLOW = "allow"
    HOLD = "hold"
    REFUSE = "refuse"
    CANCEL = "cancel"
    RELEASE = "release"


_S, _E = TransferState, TransferEvent

TRANSFER_TRANSITIONS: dict[TransferState, dict[TransferEvent, TransferState]] = {
    _S.PENDING: {_E.ALLOW: _S.ALLOWED, _E.HOLD: _S.HELD, _E.CANCEL: _S.CANCELLED, _E.RELEASE: _S.RELEASED},
    _S.HELD: {
        _E.HOLD: _S.HELD,
        _E.ALLOW: _S.ALLOWED,
        _E.REFUSE: _S.REFUSED,
        _E.CANCEL: _S.CANCELLED,
        _E.RELEASE: _S.RELEASED,
    },
    _S.ALLOWED: {_E.HOLD: _S.HELD, _E.CANCEL: _S.CANCELLED, _E.RELEASE: _S.RELEASED},
    # The bank alone has done so, with an allow that was called back too late.
    _S.REFUSED: {_E.RELEASE: _S.RELEASED},
    # The bank has told the one and the other: the money has left.
    _S.CANCELLED: {_E.RELEASE: _S.RELEASED},
    _S.RELEASED: {},
}


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One payment, by the bank's id. Times are aware UTC."""

    id: TransferId
    case_id: CaseId
    customer_id: CustomerId
    state: TransferState = TransferState.PENDING
    tier: Tier
    amount: Decimal
    currency: str
    typology: str
    flagged_at: datetime
    decide_by: datetime
    hold_max: datetime
    settle_at: datetime
    """`decide_by` less the settle margin: when the decision is taken at the latest."""
    payee_index: str
    """Keyed hash of the payee's account."""
    sequence: int = 1
    """Of the newest decision."""
    allow_at: datetime | None = None
    """When cooling ends, if the conversation earned a release after it."""
    alarm_at: datetime | None = None
    """When people are told that the hold will end, well before it does; None while there is no hold, and once told."""
    confirmed_in_app_at: datetime | None = None
    guarded: bool = False
    """Limits, forwarding or a suspicious number change forbid any automatic release."""
    model: str = ""
    """Which of the bank's risk models flagged it, if it said so."""
    share_of_balance: float | None = None
    """From 0 to 1: how much of what the customer has at the bank, if the bank said so."""

    @property
    def act_at(self) -> datetime | None:
        """When something must be decided about it next; None when nothing more will be by itself."""
        match self.state:
            case TransferState.PENDING:
                return min(self.settle_at, self.allow_at or self.settle_at)
            case TransferState.HELD:
                return min(self.hold_max, self.allow_at or self.hold_max, self.alarm_at or self.hold_max)
            case _:
                return None
