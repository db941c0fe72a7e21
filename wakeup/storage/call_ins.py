"""Shelf of calls to us that the bank's app has announced."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from wakeup.storage.mapping import Mapper
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import CallInRow
from wakeup.usecases.correspondence import CallIn

_call_ins = Mapper(CallInRow, CallIn)
_t = _call_ins.table
_OF_NUMBER = Prepared(select(_t).where(_t.c.number_index == bindparam("number")).order_by(_t.c.case_id))


def _anew(dialect: str) -> sqlite.Insert | postgresql.Insert:
    """A second announcement opens the door anew, for a call of its own."""
    insert = sqlite.insert(_t) if dialect == "sqlite" else postgresql.insert(_t)
    changed = {name: insert.excluded[name] for name in ("until", "call_sid", "answered")}
    return insert.on_conflict_do_update(index_elements=["number_index", "case_id"], set_=changed)


_EXPECT = Prepared(_anew("sqlite"), {"postgresql": _anew("postgresql")}, takes=_call_ins.takes)


class CallInShelf:
    """Implements `usecases.correspondence.CallIns`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def expect(self, call_in: CallIn) -> None:
        _EXPECT.execute(self._link, _call_ins.values(call_in))

    def of_number(self, number_index: str) -> Sequence[CallIn]:
        return _call_ins.all(_OF_NUMBER.rows(self._link, {"number": number_index}))

    def save(self, call_in: CallIn) -> None:
        _call_ins.save(self._link, call_in)
