"""A transfer: one payment under the bank's id, its states, and how much proof its release needs."""

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
    """Return the tier that needs the most proof."""
    return min(tiers, key=TIER_RANK.__getitem__)


def one_up(tier: Tier) -> Tier:
    """Return the next higher tier; critical stays critical."""
    return Tier.CRITICAL if tier is not Tier.MEDIUM else Tier.HIGH


class TransferState(StrEnum):
    PENDING = "pending"
    ALLOWED = "allowed"
    HELD = "held"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    RELEASED = "released"


STILL_OPEN = frozenset({TransferState.PENDING, TransferState.HELD})
"""Not allowed, refused, cancelled or released: what is learned still counts, and a human may decide."""
GONE = frozenset({TransferState.ALLOWED, TransferState.RELEASED})
"""Allowed by us or released by the bank: we no longer hold it, but a human can ask the bank to stop it."""

HELD_BACK = frozenset({TransferState.HELD, TransferState.REFUSED})
"""The money is to stay, and the payment core is told so. Whether it has received that is another question."""


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
    # The bank released it on an allow that was recalled too late.
    _S.REFUSED: {_E.RELEASE: _S.RELEASED},
    # The bank has reported both: the money has left.
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
    """When we accepted the risk event, by our clock."""
    occurred_at: datetime
    """When the bank raised it, by the bank's clock, which is compared with times of the bank only."""
    decide_by: datetime
    hold_max: datetime
    settle_at: datetime
    """`decide_by` minus the settle margin: the latest time of the decision."""
    payee_index: str
    """Keyed hash of the payee's account."""
    sequence: int = 1
    """Sequence number of the newest decision."""
    allow_at: datetime | None = None
    """When cooling ends, if the conversation earned a release after it."""
    alarm_at: datetime | None = None
    """When staff are alarmed, well before the hold ends; None while there is no hold, and after the alarm."""
    confirmed_in_app_at: datetime | None = None
    """When we heard, by our clock, of the last confirmation in the bank's app that counts."""
    guarded: bool = False
    """Limits, forwarding, a suspicious number change or a callee who could not talk freely forbid any automatic
    release."""
    model: str = ""
    """Which of the bank's risk models flagged it, if the event said so."""
    share_of_balance: float | None = None
    """From 0 to 1: its share of what the customer has at the bank, if the event said so."""

    @property
    def act_at(self) -> datetime | None:
        """When the next decision about it is due; None when none is due by itself."""
        match self.state:
            case TransferState.PENDING:
                return min(self.settle_at, self.allow_at or self.settle_at)
            case TransferState.HELD:
                return min(self.hold_max, self.allow_at or self.hold_max, self.alarm_at or self.hold_max)
            case _:
                return None
