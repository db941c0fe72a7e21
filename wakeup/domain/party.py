"""The people we may ring or write to, and the payee, whom we never ring. Numbers and names are in clear here, and
only in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wakeup.domain.fast_dataclass import fast_init
from wakeup.domain.ids import CaseId, PartyId


class Role(StrEnum):
    CUSTOMER = "customer"
    ALTERNATE = "alternate"
    GUARDIAN = "guardian"
    AGENT = "agent"
    """A bank employee who is rung for the customer."""


CUSTOMER_ROLES = frozenset({Role.CUSTOMER, Role.ALTERNATE})
"""The customer's own numbers."""


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person behind a number. `phone` is E.164; neither it nor the name is shown in `repr`."""

    id: PartyId
    case_id: CaseId
    role: Role
    phone: str = field(repr=False)
    number_index: str
    """Keyed hash of `phone`."""
    region: str
    """ISO country of the number."""
    line_type: str
    """mobile, fixed_line, voip, premium_rate, shared_cost, satellite …: a line type as in the destination table."""
    name: str = field(default="", repr=False)
    locale: str = "zh-CN"
    bank_id: str | None = None
    consented_at: datetime | None = None
    unhurried: bool = False
    """Old, or known to need time: the voice speaks more slowly to them and waits longer."""
    zones: str = ""
    """IANA zones in which this number may be, separated by spaces; empty for the customer's own zone."""
    ringable: bool = True
    """False if the number is forwarded, recently changed, or not the case's first one: only a human may call it."""
    barred: str | None = None
    """Why this guardian is excluded from this case, as far as the risk event itself tells."""
    rank: int = 0
    """Place among the parties of the same role, in the order of the event."""


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """The person or firm to whom a transfer sends the money, as the bank names them."""

    name: str | None = field(default=None, repr=False)
    account: str = field(repr=False)
    bank: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    """As the bank wrote it, in any form."""
