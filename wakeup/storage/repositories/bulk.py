"""Repository of bulk releases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Text, bindparam, cast, func, select

from wakeup.domain.bulk import BulkRelease, BulkReleaseItem, BulkState
from wakeup.domain.transfer import Tier, Transfer, TransferState
from wakeup.storage.mapping import Mapper, is_one_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.repositories.cases import case_mapper
from wakeup.storage.repositories.tier_of import higher_tier
from wakeup.storage.repositories.transfers import transfer_mapper
from wakeup.storage.tables import BulkMemberRow, BulkWishRow
from wakeup.usecases.repositories.bulk import BulkMember

_wishes = Mapper(BulkWishRow, BulkRelease, locks=True)
_members = Mapper(BulkMemberRow, BulkReleaseItem)
_w, _m, _t, _c = _wishes.table, _members.table, transfer_mapper.table, case_mapper.table
_HELD_ROWS = (_t.c.act_at.is_not(None), is_one_of(_t.c.state, [TransferState.HELD]))
_HELD = Prepared(
    select(_t)
    .where(
        *_HELD_ROWS, _t.c.model == bindparam("model"), _t.c.flagged_at >= bindparam("since"),
        _t.c.flagged_at < bindparam("until"),
    )
    # Not a bare column: to avoid sorting, SQLite would walk through all transfers by case.
    .order_by(cast(_t.c.case_id, Text), _t.c.id)
    .limit(bindparam("most"))
)  # fmt: skip
_MODELS = Prepared(select(_t.c.model).where(*_HELD_ROWS, _t.c.model != "").distinct().order_by(_t.c.model))
_NEWEST = Prepared(select(_w).order_by(_w.c.asked_at.desc(), _w.c.id).limit(bindparam("most")))
# By case: use cases that lock several cases do it in this order.
_MEMBERS = Prepared(select(_m).where(_m.c.wish_id == bindparam("wish")).order_by(_m.c.case_id, _m.c.transfer_id))
_LISTED = Prepared(
    select(
        _m.c.transfer_id, _m.c.case_id, higher_tier(_t, _c).label("tier"), _t.c.amount, _t.c.currency, _m.c.done_at,
        _m.c.left_out,
    )
    .join(_t, _t.c.id == _m.c.transfer_id)
    .join(_c, _c.c.id == _m.c.case_id)
    .where(_m.c.wish_id == bindparam("wish"))
    .order_by(_m.c.case_id, _m.c.transfer_id)
)  # fmt: skip
_WAITING = Prepared(
    select(func.count()).where(is_one_of(_w.c.state, [BulkState.ASKED]), _w.c.expires_at > bindparam("now"))
)


class SqlBulk:
    """Implements `usecases.repositories.bulk.Bulk`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def held(self, model: str, since: datetime, until: datetime, limit: int) -> Sequence[Transfer]:
        wanted = {"model": model, "since": since, "until": until, "most": limit}
        return transfer_mapper.all(_HELD.rows(self._link, wanted))

    def models(self) -> Sequence[str]:
        return [str(model) for model in _MODELS.rows(self._link).column()]

    def lock(self, wish_id: str) -> BulkRelease | None:
        return _wishes.get(self._link, wish_id)

    def newest(self, limit: int) -> Sequence[BulkRelease]:
        return _wishes.all(_NEWEST.rows(self._link, {"most": limit}))

    def add(self, wish: BulkRelease) -> None:
        _wishes.add(self._link, wish)

    def save(self, wish: BulkRelease) -> None:
        _wishes.save(self._link, wish)

    def members(self, wish_id: str) -> Sequence[BulkReleaseItem]:
        return _members.all(_MEMBERS.rows(self._link, {"wish": wish_id}))

    def listed(self, wish_id: str) -> Sequence[BulkMember]:
        rows = _LISTED.rows(self._link, {"wish": wish_id})
        found = []
        for row in rows.found:
            facts = {name: row[place] for name, place in rows.columns.items()}
            found.append(BulkMember(**{**facts, "tier": Tier(facts["tier"])}))
        return found

    def waiting(self, now: datetime) -> int:
        return int(_WAITING.rows(self._link, {"now": now}).scalar())

    def add_member(self, member: BulkReleaseItem) -> None:
        _members.add(self._link, member)

    def save_member(self, member: BulkReleaseItem) -> None:
        _members.save(self._link, member)
