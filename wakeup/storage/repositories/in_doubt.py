"""Transfers in doubt: an allow was recalled and no later message has been acknowledged, so it is unknown whether
the payment core has released the money."""

from __future__ import annotations

from sqlalchemy import and_, func, select

from wakeup.domain.decision import Ruling
from wakeup.domain.transfer import HELD_BACK
from wakeup.storage.mapping import is_one_of, table_of
from wakeup.storage.tables import DecisionRow, OutboxRow, TransferRow
from wakeup.usecases.records import MessageState

_t, _d, _o = table_of(TransferRow), table_of(DecisionRow), table_of(OutboxRow)
# Highest numbers, not EXISTS: for that, PostgreSQL may first gather every transfer that was ever allowed.
_ALLOWED = (
    select(func.max(_d.c.sequence))
    .where(_d.c.transfer_id == _t.c.id, is_one_of(_d.c.ruling, [Ruling.ALLOW]))
    .correlate(_t)
    .scalar_subquery()
)
_TAKEN = (
    select(func.max(_o.c.sequence))
    .where(_o.c.transfer_id == _t.c.id, is_one_of(_o.c.state, [MessageState.DELIVERED]))
    .correlate(_t)
    .scalar_subquery()
)
IN_DOUBT = and_(is_one_of(_t.c.state, HELD_BACK), func.coalesce(_TAKEN, 0) <= _ALLOWED)
"""Never true for a transfer that was not allowed, because `_ALLOWED` is NULL then."""
