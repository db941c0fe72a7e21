"""Records of talks that have not reached the customer: by their reason, or by what the agent recorded of the same
talk later."""

from __future__ import annotations

from sqlalchemy import func, or_, select

from wakeup.domain.review import NOT_REACHED, Act
from wakeup.storage.mapping import is_one_of, table_of
from wakeup.storage.tables import HandOverRow, ReviewActRow

_w, _h = table_of(ReviewActRow), table_of(HandOverRow)
_later = _w.alias("later")
# Counted, as the other queries of the queue: for a NOT EXISTS PostgreSQL may first gather everything.
_TALKS_BETWEEN = (
    select(func.count())
    .where(
        _h.c.case_id == _w.c.case_id, _h.c.agent == _w.c.by, _h.c.joined_at > _w.c.at, _h.c.joined_at <= _later.c.at
    )
    .correlate(_w, _later)
    .scalar_subquery()
)  # fmt: skip
_NOT_REACHED = (
    select(func.count())
    .where(
        _later.c.case_id == _w.c.case_id, _later.c.by == _w.c.by, is_one_of(_later.c.act, [Act.TALKED]),
        is_one_of(_later.c.reason, NOT_REACHED), _later.c.at >= _w.c.at, _TALKS_BETWEEN == 0,
    )
    .correlate(_w)
    .scalar_subquery()
)  # fmt: skip
STANDS = or_(~is_one_of(_w.c.act, [Act.TALKED]), _NOT_REACHED == 0)
"""True of an act unless it is such a record. The same rule in Python: `domain.review.reaches` and `taken_back`."""
