"""SQL for the higher tier of a transfer and its case."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, case, literal, or_

from wakeup.domain.transfer import Tier
from wakeup.storage.types import StrEnumText


def higher_tier(transfers: Table, cases: Table) -> ColumnElement[str]:
    """Return the tier as plain text; the reader converts it to a Tier."""
    return case(
        (_either(transfers, cases, Tier.CRITICAL), literal(Tier.CRITICAL.value)),
        (_either(transfers, cases, Tier.HIGH), literal(Tier.HIGH.value)),
        else_=literal(Tier.MEDIUM.value),
    )


def _either(transfers: Table, cases: Table, tier: Tier) -> ColumnElement[bool]:
    wanted = literal(tier.value, StrEnumText(Tier))
    return or_(transfers.c.tier == wanted, cases.c.tier == wanted)
