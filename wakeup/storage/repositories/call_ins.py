"""Repository of incoming calls: those that the bank's app has announced, and those that were put through to a
person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.sql import Insert

from wakeup.domain.ids import CaseId
from wakeup.storage.mapping import Mapper, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import CallInRow, PersonAskRow
from wakeup.storage.upsert import Upsert, upsert
from wakeup.usecases.repositories.call_ins import Asks, CallIn

_call_ins = Mapper(CallInRow, CallIn)
_t, _p = _call_ins.table, table_of(PersonAskRow)
_OF_NUMBER = Prepared(select(_t).where(_t.c.number_index == bindparam("number")))


def _anew(insert: Upsert) -> Insert:
    """Renew the row at a second announcement, which admits another call."""
    changed = {name: insert.excluded[name] for name in ("until", "call_sid", "answered")}
    statement: Insert = insert.on_conflict_do_update(index_elements=["number_index", "case_id"], set_=changed)
    return statement


_EXPECT = Prepared(upsert(_t, _anew), takes=_call_ins.takes)
_FORGET = Prepared(delete(_p).where(_p.c.at < bindparam("before")))
_ASK = Prepared(upsert(_p, lambda new: new.on_conflict_do_nothing(index_elements=["call_sid"])))
_BEFORE = select(_p.c.at).where(_p.c.call_sid == bindparam("call")).scalar_subquery()
_EARLIER = (_p.c.at <= _BEFORE, _p.c.call_sid != bindparam("call"))
_BY_ALL = Prepared(select(func.count()).select_from(_p).where(*_EARLIER))
_BY_THEM = Prepared(
    select(func.count())
    .select_from(_p)
    .where(*_EARLIER, _p.c.number_index == bindparam("number"), _p.c.at >= bindparam("since"))
)
_TAKE_BACK = Prepared(delete(_p).where(_p.c.call_sid == bindparam("_call")))


class SqlCallIns:
    """Implements `usecases.repositories.call_ins.CallIns`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def expect(self, call_in: CallIn) -> None:
        _EXPECT.execute(self._link, _call_ins.values(call_in))

    def of_number(self, number_index: str) -> Sequence[CallIn]:
        return _call_ins.all(_OF_NUMBER.rows(self._link, {"number": number_index}))

    def get(self, number_index: str, case_id: CaseId) -> CallIn | None:
        return _call_ins.get(self._link, number_index, case_id)

    def save(self, call_in: CallIn) -> None:
        _call_ins.save(self._link, call_in)

    def ask_person(
        self, call_sid: str, number_index: str, now: datetime, *, by_all_since: datetime, by_them_since: datetime
    ) -> Asks:
        _FORGET.execute(self._link, {"before": by_all_since})
        _ASK.execute(self._link, {"call_sid": call_sid, "number_index": number_index, "at": now})
        by_all = _BY_ALL.rows(self._link, {"call": call_sid}).scalar()
        theirs = {"call": call_sid, "number": number_index, "since": by_them_since}
        return Asks(by_all=int(by_all), by_them=int(_BY_THEM.rows(self._link, theirs).scalar()))

    def take_back(self, call_sid: str) -> None:
        _TAKE_BACK.execute(self._link, {"_call": call_sid})
