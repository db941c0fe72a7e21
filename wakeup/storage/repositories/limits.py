"""Repositories of the last checks before a call: earlier calls, our numbers that rest, the regions' budgets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, delete, exists, func, select, update
from sqlalchemy.sql import Insert

from wakeup.domain.attempt import LIVE
from wakeup.domain.ids import CustomerId
from wakeup.domain.party import CUSTOMER_ROLES
from wakeup.storage.mapping import is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import AttemptRow, BudgetRow, PartyRow, SenderRow, TransferRow
from wakeup.storage.upsert import Upsert, upsert

LONGEST_CALL, LONGEST_CASE = timedelta(hours=2), timedelta(days=7)
HOUR = timedelta(hours=1)
_a, _b = table_of(AttemptRow), table_of(BudgetRow)
_p, _s, _t = table_of(PartyRow), table_of(SenderRow), table_of(TransferRow)
_ENDED_SINCE = Prepared(
    select(func.max(_a.c.ended_at)).where(
        _a.c.number_index == bindparam("number"),
        # This condition uses the index. A call intended earlier ended before `since`, too.
        _a.c.intent_at > bindparam("intended"),
        _a.c.ended_at > bindparam("since"),
        _a.c.call_sid.is_not(None),
    )
)
_OWN_NUMBER = and_(_p.c.id == _a.c.party_id, is_one_of(_p.c.role, CUSTOMER_ROLES))
# Found through the transfers, which are indexed by customer.
_CASES_OF = select(_t.c.case_id).where(
    _t.c.customer_id == bindparam("customer"), _t.c.flagged_at > bindparam("flagged")
)
_OF_PERSON = Prepared(
    select(func.count())
    .select_from(_a)
    .join(_p, _OWN_NUMBER)
    .where(_a.c.case_id.in_(_CASES_OF), _a.c.intent_at > bindparam("since"))
)
# The same way: starting from all live calls would take longer, the more people are on the line.
_PERSON_LIVE = Prepared(
    select(
        exists().where(
            _a.c.case_id.in_(select(_t.c.case_id).where(_t.c.customer_id == bindparam("customer"))),
            is_one_of(_a.c.state, LIVE),
            _OWN_NUMBER,
        )
    )
)


class SqlRingings:
    """Implements `usecases.repositories.limits.Ringings`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def ended_since(self, number_index: str, since: datetime) -> datetime | None:
        wanted = {"number": number_index, "since": since, "intended": since - LONGEST_CALL}
        found: datetime | None = _ENDED_SINCE.rows(self._link, wanted).scalar()
        return found

    def of_person(self, customer_id: CustomerId, since: datetime) -> int:
        wanted = {"customer": customer_id, "since": since, "flagged": since - LONGEST_CASE}
        return int(_OF_PERSON.rows(self._link, wanted).scalar())

    def person_is_live(self, customer_id: CustomerId) -> bool:
        return bool(_PERSON_LIVE.rows(self._link, {"customer": customer_id}).scalar())


def _rested(insert: Upsert) -> Insert:
    changed = {"rested_until": insert.excluded.rested_until, "why": insert.excluded.why}
    statement: Insert = insert.on_conflict_do_update(index_elements=["number"], set_=changed)
    return statement


_REST = Prepared(upsert(_s, _rested))
_RESTING = Prepared(select(_s.c.number, _s.c.rested_until).where(_s.c.rested_until > bindparam("now")))


class SqlSenders:
    """Implements `usecases.repositories.limits.Senders`: one row for each of our numbers that was ever refused."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def resting(self, now: datetime) -> Mapping[str, datetime]:
        return dict(_RESTING.rows(self._link, {"now": now}).found)

    def rest(self, number: str, until: datetime, why: str) -> None:
        _REST.execute(self._link, {"number": number, "rested_until": until, "why": why})


_USE = Prepared(
    upsert(_b, lambda new: new.on_conflict_do_update(index_elements=["region", "minute"], set_={"used": _b.c.used + 1}))
)
_MINE = (_b.c.region == bindparam("_region"), _b.c.minute == bindparam("_minute"))
_GIVE_BACK = Prepared(update(_b).where(*_MINE).values(used=_b.c.used - 1))
_USED = Prepared(
    select(func.coalesce(func.sum(_b.c.used), 0)).where(
        _b.c.region == bindparam("region"), _b.c.minute > bindparam("since")
    )
)
_OLDEST = Prepared(
    select(func.min(_b.c.minute)).where(
        _b.c.region == bindparam("region"), _b.c.minute > bindparam("since"), _b.c.used > 0
    )
)
_FORGET = Prepared(delete(_b).where(_b.c.region == bindparam("_region"), _b.c.minute < bindparam("_before")))


class SqlBudgets:
    """Implements `usecases.repositories.limits.Budgets`: one row per region and minute, so that the hour counted is the
    last one."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def free_at(self, region: str, now: datetime) -> datetime:
        minute = minute_of(now)
        oldest: datetime | None = _OLDEST.rows(self._link, {"region": region, "since": minute - HOUR}).scalar()
        return (oldest or minute) + HOUR

    def used(self, region: str, now: datetime) -> int:
        return int(_USED.rows(self._link, {"region": region, "since": minute_of(now) - HOUR}).scalar())

    def give_back(self, region: str, at: datetime) -> None:
        _GIVE_BACK.execute(self._link, {"_region": region, "_minute": minute_of(at)})

    def take(self, region: str, now: datetime, most: int) -> bool:
        minute = minute_of(now)
        # Written first: another transaction that takes from this minute waits for ours, and then counts it.
        _USE.execute(self._link, {"region": region, "minute": minute, "used": 1})
        _FORGET.execute(self._link, {"_region": region, "_before": minute - HOUR})
        if self.used(region, now) <= most:
            return True
        _GIVE_BACK.execute(self._link, {"_region": region, "_minute": minute})
        return False


def minute_of(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
