"""The row that paces all nodes, and the plan that tells them whom to ring first. One of each per account."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update

from wakeup.domain.pacing import PAUSED, TEXTS, Lines, latest_stop
from wakeup.storage.mapping import insert_new, table_of
from wakeup.storage.prepared import Link, Prepared, Rows
from wakeup.storage.tables import CallPlanRow, LinesRow
from wakeup.usecases.records import CallPlan

_l = table_of(LinesRow)
_p = table_of(CallPlanRow)
_LINES = ("recent", "stopped_until", "stopped_because", "granted", "pace", "paced_at")
_PLAN = ("planner", "lease_until", "made_at", "opens", "line_seconds", "starts", "granted")
_NEW_LINES = insert_new(_l)
_LOCK_LINES = Prepared(select(_l).where(_l.c.account == bindparam("account")).with_for_update())
_SAVE_LINES = Prepared(
    update(_l).where(_l.c.account == bindparam("_account")).values({name: bindparam(name) for name in _LINES})
)
_GRANTED = Prepared(select(_l.c.granted).where(_l.c.account == bindparam("account")))
_STOPPED = Prepared(select(_l.c.stopped_until).where(_l.c.account == bindparam("account")))
NO_CALLS = (
    _l.c.stopped_until > bindparam("now"),
    or_(_l.c.stopped_until <= bindparam("latest"), _l.c.stopped_because == PAUSED),
    _l.c.account.not_like(f"{TEXTS}%"),
)
"""The rows of accounts that are stopped, by `as_of`."""
_NO_CALLS = Prepared(select(func.max(_l.c.stopped_until)).where(*NO_CALLS))
_NEW_PLAN = insert_new(_p)
_PLAN_OF = Prepared(select(_p).where(_p.c.account == bindparam("account")))
_LOCK_PLAN = Prepared(select(_p).where(_p.c.account == bindparam("account")).with_for_update())
_SAVE_PLAN = Prepared(
    update(_p).where(_p.c.account == bindparam("_account")).values({name: bindparam(name) for name in _PLAN})
)


def as_of(now: datetime) -> dict[str, datetime]:
    return {"now": now, "latest": latest_stop(now)}


class SqlAccountLines:
    """Implements `usecases.repositories.lines.AccountLines`. Locked while lines are taken."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def lock(self, account: str) -> Lines:
        rows = _LOCK_LINES.rows(self._link, {"account": account})
        if not rows.found:
            _NEW_LINES.execute(self._link, _lines_row(Lines(account=account)))
            rows = _LOCK_LINES.rows(self._link, {"account": account})
        found = dict(zip(rows.columns, rows.found[0], strict=True))
        recent = tuple(datetime.fromisoformat(at) for at in json.loads(found.pop("recent")))
        return Lines(recent=recent, **found)

    def save(self, lines: Lines) -> None:
        _SAVE_LINES.execute(self._link, {**_lines_row(lines), "_account": lines.account})

    def granted(self, account: str) -> int:
        return int(_GRANTED.rows(self._link, {"account": account}).scalar() or 0)

    def stopped_until(self, account: str) -> datetime | None:
        found: datetime | None = _STOPPED.rows(self._link, {"account": account}).scalar()
        return found

    def no_calls_until(self, now: datetime) -> datetime | None:
        found: datetime | None = _NO_CALLS.rows(self._link, as_of(now)).scalar()
        return found


class SqlPlans:
    """Implements `usecases.repositories.lines.Plans`: written by the leading planner, read by every claim."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def get(self, account: str) -> CallPlan | None:
        return _plan(_PLAN_OF.rows(self._link, {"account": account}))

    def lock(self, account: str) -> CallPlan | None:
        return _plan(_LOCK_PLAN.rows(self._link, {"account": account}))

    def save(self, plan: CallPlan) -> None:
        row = {name: getattr(plan, name) for name in _PLAN}
        row["opens"] = json.dumps([None if at is None else at.isoformat() for at in plan.opens])
        if _SAVE_PLAN.execute(self._link, {**row, "_account": plan.account}) == 0:
            # Two nodes may plan for the first time at once: the second finds a row and leaves it unchanged.
            _NEW_PLAN.execute(self._link, {**row, "account": plan.account})


def _lines_row(lines: Lines) -> dict[str, Any]:
    row = {name: getattr(lines, name) for name in ("account", *_LINES)}
    row["recent"] = json.dumps([at.isoformat() for at in lines.recent])
    return row


def _plan(rows: Rows) -> CallPlan | None:
    if not rows.found:
        return None
    found = dict(zip(rows.columns, rows.found[0], strict=True))
    moments = json.loads(found.pop("opens"))
    opens = tuple(None if at is None else datetime.fromisoformat(at) for at in moments)
    return CallPlan(opens=opens, **found)
