"""Whom we may ring or write to. Numbers and names live here in clear, and only in memory."""

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
    """One of our own people, rung for the customer."""


CUSTOMER_ROLES = frozenset({Role.CUSTOMER, Role.ALTERNATE})
"""The customer's own numbers."""


@fast_init
@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A person behind a number. `phone` is E.164; neither it nor the name is ever shown in `repr`."""

    id: PartyId
    case_id: CaseId
    role: Role
    phone: str = field(repr=False)
    number_index: str
    """Keyed hash of `phone`."""
    region: str
    """ISO country of the number."""
    line_type: str
    """mobile, fixed_line, voip, premium_rate, shared_cost, satellite …: the destination table's word."""
    name: str = field(default="", repr=False)
    locale: str = "zh-CN"
    bank_id: str | None = None
    consented_at: datetime | None = None
    unhurried: bool = False
    """Old, or known to need time: the voice speaks slower to them and waits longer."""
    zones: str = ""
    """IANA zones in which this number may be, with a space between; empty: the customer's own zone."""
    ringable: bool = True
    """False when forwarded, just changed, or not the number the case began with: then a person only."""
    barred: str | None = None
    """Why this guardian is left out of this case, as far as the event itself told."""
    rank: int = 0
    """Place among those of the same role, as the event named them."""
