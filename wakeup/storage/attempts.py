"""Shelf of attempts, and the row that paces them. The claim query is the heart of the dispatcher."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, exists, func, select, update

from wakeup.domain.attempt import LIVE, Attempt, AttemptState
from wakeup.domain.errors import NotFoundError
from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.storage.mapping import Mapper, insert_new, is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import AttemptRow, CaseRow, LinesRow
from wakeup.usecases.records import Lines

_attempts = Mapper(AttemptRow, Attempt)
_a = _attempts.table
_c = table_of(CaseRow)
_l = table_of(LinesRow)
_other = _a.alias("other")
_NUMBER_LIVE = exists().where(_other.c.number_index == _a.c.number_index, is_one_of(_other.c.state, LIVE))
_CLAIMABLE = Prepared(
    select(_a)
    .join(_c, _c.c.id == _a.c.case_id)
    .where(
        is_one_of(_a.c.state, [AttemptState.PLANNED]),
        _a.c.due_at <= bindparam("now"),
        ~_NUMBER_LIVE,
    )
    .order_by(_a.c.value.desc(), _a.c.due_at, _a.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=_c, skip_locked=True)
)
_NEXT_DUE = Prepared(
    select(_a.c.due_at)
    .where(is_one_of(_a.c.state, [AttemptState.PLANNED]), ~_NUMBER_LIVE)
    .order_by(_a.c.due_at)
    .limit(1)
)
_OF_CASE = Prepared(select(_a).where(_a.c.case_id == bindparam("case")).order_by(_a.c.n))
_BY_SID = Prepared(select(_a).where(_a.c.call_sid == bindparam("sid")))
# What is under way has a date to be looked at (a CHECK of the table sees to it), and only that is in the index.
_BUSY = and_(_a.c.check_at.is_not(None), is_one_of(_a.c.state, {*LIVE, AttemptState.CLAIMED}))
_COUNT_BUSY = Prepared(select(func.count()).select_from(_a).where(_BUSY))
_IS_LIVE = Prepared(select(exists().where(_a.c.number_index == bindparam("number"), is_one_of(_a.c.state, LIVE))))
_TO_CHECK = Prepared(
    select(_a).where(_a.c.check_at <= bindparam("now")).order_by(_a.c.check_at).limit(bindparam("most"))
)
_NEXT_CHECK = Prepared(select(func.min(_a.c.check_at)).where(_a.c.check_at.is_not(None)))
_CHECK_ALL_OF = Prepared(
    update(_a).where(_a.c.claimed_by == bindparam("_node"), _BUSY).values(check_at=bindparam("_now"))
)
_RUNG = Prepared(
    select(func.count()).where(_a.c.number_index == bindparam("number"), _a.c.intent_at > bindparam("since"))
)
_LIVE_OF_CUSTOMER = Prepared(
    select(_a)
    .join(_c, _c.c.id == _a.c.case_id)
    .where(_c.c.customer_id == bindparam("customer"), is_one_of(_a.c.state, LIVE))
    .order_by(_a.c.intent_at.desc())
)


class AttemptShelf:
    """Implements `usecases.unit.Attempts`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def get(self, attempt_id: AttemptId) -> Attempt:
        found = _attempts.get(self._link, attempt_id)
        if found is None:
            raise NotFoundError("no such attempt")
        return found

    def of_case(self, case_id: CaseId) -> Sequence[Attempt]:
        return _attempts.all(_OF_CASE.rows(self._link, {"case": case_id}))

    def by_sid(self, call_sid: str) -> Attempt | None:
        return _attempts.one(_BY_SID.rows(self._link, {"sid": call_sid}))

    def add(self, attempt: Attempt) -> None:
        _attempts.add(self._link, attempt)

    def save(self, attempt: Attempt) -> None:
        _attempts.save(self._link, attempt)

    def claimable(self, now: datetime, limit: int) -> Sequence[Attempt]:
        return _attempts.all(_CLAIMABLE.rows(self._link, {"now": now, "most": limit}))

    def next_due(self, now: datetime) -> datetime | None:
        found: datetime | None = _NEXT_DUE.rows(self._link).scalar()
        return None if found is None else max(found, now)

    def lines_in_use(self) -> int:
        return int(_COUNT_BUSY.rows(self._link).scalar())

    def number_is_live(self, number_index: str) -> bool:
        return bool(_IS_LIVE.rows(self._link, {"number": number_index}).scalar())

    def to_check(self, now: datetime, limit: int) -> Sequence[Attempt]:
        return _attempts.all(_TO_CHECK.rows(self._link, {"now": now, "most": limit}))

    def next_check(self) -> datetime | None:
        found: datetime | None = _NEXT_CHECK.rows(self._link).scalar()
        return found

    def check_all_of(self, node: str, now: datetime) -> int:
        return _CHECK_ALL_OF.execute(self._link, {"_node": node, "_now": now})

    def rung_since(self, number_index: str, since: datetime) -> int:
        return int(_RUNG.rows(self._link, {"number": number_index, "since": since}).scalar())

    def live_of_customer(self, customer_id: CustomerId) -> Attempt | None:
        return _attempts.one(_LIVE_OF_CUSTOMER.rows(self._link, {"customer": customer_id}))


_NEW_LINES = insert_new(_l)
_LOCK_LINES = Prepared(select(_l).where(_l.c.account == bindparam("account")).with_for_update())
_SAVE_LINES = Prepared(
    update(_l)
    .where(_l.c.account == bindparam("_account"))
    .values({name: bindparam(name) for name in ("recent", "stopped_until", "stopped_because")})
)


class LinesShelf:
    """Implements `usecases.unit.LinesRow`: one row an account, locked by whoever takes lines."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def lock(self, account: str) -> Lines:
        rows = _LOCK_LINES.rows(self._link, {"account": account})
        if not rows.found:
            fresh = {
                "account": account,
                "recent": "[]",
                "stopped_until": None,
                "stopped_because": None,
            }
            _NEW_LINES.execute(self._link, fresh)
            rows = _LOCK_LINES.rows(self._link, {"account": account})
        found = dict(zip(rows.places, rows.found[0], strict=True))
        recent = tuple(datetime.fromisoformat(at) for at in json.loads(found.pop("recent")))
        return Lines(recent=recent, **found)

    def save(self, lines: Lines) -> None:
        _SAVE_LINES.execute(
            self._link,
            {
                "_account": lines.account,
                "recent": json.dumps([at.isoformat() for at in lines.recent]),
                "stopped_until": lines.stopped_until,
                "stopped_because": lines.stopped_because,
            },
        )
