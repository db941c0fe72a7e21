"""Repository of attempts: by key, by call, by number, and those under way. `waiting` has those that wait to be rung."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, and_, bindparam, case, exists, func, select, update

from wakeup.domain.attempt import DOUBTED, LIVE, Attempt, AttemptState
from wakeup.domain.call_value import class_of
from wakeup.domain.errors import NotFoundError
from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.domain.party import CUSTOMER_ROLES
from wakeup.storage.mapping import Mapper, is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import AttemptRow, CaseRow, PartyRow
from wakeup.storage.tables.calls import unripe

attempt_mapper = Mapper(AttemptRow, Attempt, saved=("value_class",))
_a = attempt_mapper.table
_c = table_of(CaseRow)
_p = table_of(PartyRow)
_OF_CASE = Prepared(select(_a).where(_a.c.case_id == bindparam("case")).order_by(_a.c.n))
_BY_SID = Prepared(select(_a).where(_a.c.call_sid == bindparam("sid")))
# Attempts under way always have a check_at (ensured by a CHECK of the table), and only those are in the index.
_BUSY = and_(_a.c.check_at.is_not(None), is_one_of(_a.c.state, {*LIVE, AttemptState.CLAIMED}))
_COUNT_BUSY = Prepared(select(func.count()).select_from(_a).where(_BUSY))
_IS_LIVE = Prepared(select(exists().where(_a.c.number_index == bindparam("number"), is_one_of(_a.c.state, LIVE))))
_TO_CHECK = Prepared(
    select(_a).where(_a.c.check_at <= bindparam("now")).order_by(_a.c.check_at).limit(bindparam("most"))
)
_NEXT_CHECK = Prepared(select(func.min(_a.c.check_at)).where(_a.c.check_at.is_not(None)))
_IN_DOUBT = case((_a.c.state == AttemptState.ANSWERED, DOUBTED), else_=_a.c.checks)
_CHECK_ALL_OF = Prepared(
    update(_a).where(_a.c.claimed_by == bindparam("_node"), _BUSY).values(check_at=bindparam("_now"), checks=_IN_DOUBT)
)
_RUNG = Prepared(
    select(func.count()).where(_a.c.number_index == bindparam("number"), _a.c.intent_at > bindparam("since"))
)
_NUMBERS = 1
"""Sets the advisory locks of numbers apart from other advisory locks."""


def _lock_number(dialect: str) -> Select[Any]:
    """No row stands for a number, so PostgreSQL locks its hash. SQLite has one writer, and nothing to lock."""
    if dialect != "postgresql":
        return select(bindparam("number", type_=Text))
    return select(func.pg_advisory_xact_lock(_NUMBERS, func.hashtext(bindparam("number", type_=Text))))


_LOCK_NUMBER = Prepared(_lock_number)
_LIVE_OF_CUSTOMER = Prepared(
    select(_a)
    .join(_c, _c.c.id == _a.c.case_id)
    .join(_p, and_(_p.c.id == _a.c.party_id, is_one_of(_p.c.role, CUSTOMER_ROLES)))
    .where(_c.c.customer_id == bindparam("customer"), is_one_of(_a.c.state, LIVE))
    .order_by(_a.c.intent_at.desc())
)


class SqlAttempts:
    """Implements `usecases.repositories.attempts.Attempts`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def get(self, attempt_id: AttemptId) -> Attempt:
        found = attempt_mapper.get(self._link, attempt_id)
        if found is None:
            raise NotFoundError("no such attempt")
        return found

    def of_case(self, case_id: CaseId) -> Sequence[Attempt]:
        return attempt_mapper.all(_OF_CASE.rows(self._link, {"case": case_id}))

    def by_sid(self, call_sid: str) -> Attempt | None:
        return attempt_mapper.one(_BY_SID.rows(self._link, {"sid": call_sid}))

    def add(self, attempt: Attempt, now: datetime) -> None:
        value_class = class_of(attempt.value)
        attempt_mapper.add(
            self._link, attempt, value_class=value_class if attempt.due_at <= now else unripe(value_class)
        )

    def save(self, attempt: Attempt) -> None:
        value_class = class_of(attempt.value)
        attempt_mapper.save(
            self._link,
            attempt,
            value_class=unripe(value_class) if attempt.state is AttemptState.PLANNED else value_class,
        )

    def lines_in_use(self) -> int:
        return int(_COUNT_BUSY.rows(self._link).scalar())

    def number_is_live(self, number_index: str) -> bool:
        return bool(_IS_LIVE.rows(self._link, {"number": number_index}).scalar())

    def to_check(self, now: datetime, limit: int) -> Sequence[Attempt]:
        return attempt_mapper.all(_TO_CHECK.rows(self._link, {"now": now, "most": limit}))

    def next_check(self) -> datetime | None:
        found: datetime | None = _NEXT_CHECK.rows(self._link).scalar()
        return found

    def check_all_of(self, node: str, now: datetime) -> int:
        return _CHECK_ALL_OF.execute(self._link, {"_node": node, "_now": now})

    def rung_since(self, number_index: str, since: datetime) -> int:
        return int(_RUNG.rows(self._link, {"number": number_index, "since": since}).scalar())

    def lock_number(self, number_index: str) -> None:
        _LOCK_NUMBER.rows(self._link, {"number": number_index})

    def live_of_customer(self, customer_id: CustomerId) -> Attempt | None:
        return attempt_mapper.one(_LIVE_OF_CUSTOMER.rows(self._link, {"customer": customer_id}))
