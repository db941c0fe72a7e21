"""Queries of the audit: the timeline in order, where each chain ends, and what changed since the last anchor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, func, select
from sqlalchemy.sql import Insert

from wakeup.storage.anchors import Anchor, KnownAnchor
from wakeup.storage.chain import ADMIN, ChainRow, Head
from wakeup.storage.mapping import table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import AdminHeadRow, AdminLogRow, AnchorEndRow, CaseRow, TimelineRow
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.storage.upsert import Upsert, upsert

_cases, _timeline = table_of(CaseRow), table_of(TimelineRow)
_admin, _admin_head = table_of(AdminLogRow), table_of(AdminHeadRow)
_anchors = table_of(AnchorEndRow)
CASES_AT_ONCE = 500
"""Cases per snapshot of the verification: about half a second."""
ROWS_AT_ONCE = 5_000
_ends = select(_cases.c.id, _cases.c.timeline_count, _cases.c.timeline_head)
_SOME_HEADS = Prepared(
    _ends.where(_cases.c.timeline_count > 0, _cases.c.id > bindparam("after"))
    .order_by(_cases.c.id)
    .limit(bindparam("most"))
)
_HEADS_AFTER = Prepared(_ends.where(_cases.c.timeline_count > 0, _cases.c.id > bindparam("after")))
_OLDER = (
    select(func.count())
    .where(_timeline.c.case_id == _cases.c.id, _timeline.c.at < bindparam("since"))
    .correlate(_cases)
    .scalar_subquery()
)
_HEADS_SINCE = Prepared(
    _ends.add_columns(_OLDER).where(
        # Not DISTINCT: with it SQLite would walk through the whole timeline by case.
        _cases.c.id.in_(select(_timeline.c.case_id).where(_timeline.c.at >= bindparam("since")))
    )
)
_ADMIN_END = Prepared(select(_admin_head.c.n, _admin_head.c.mac).where(_admin_head.c.n > 0))
_COUNT_CASES, _COUNT_ROWS = (Prepared(select(func.count()).select_from(table)) for table in (_cases, _timeline))
_ANCHOR = Prepared(select(_anchors.c.n, _anchors.c.digest).where(_anchors.c.node == bindparam("node")))
_FORGET_ANCHOR = Prepared(delete(_anchors).where(_anchors.c.node == bindparam("node")))


def _newer(insert: Upsert) -> Insert:
    changed = {name: insert.excluded[name] for name in ("n", "digest")}
    statement: Insert = insert.on_conflict_do_update(index_elements=["node"], set_=changed)
    return statement


_REMEMBER_ANCHOR = Prepared(upsert(_anchors, _newer), takes=("node", "n", "digest"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """The size of the timeline, and the heads of the chains that have grown."""

    cases: int
    rows: int
    heads: Mapping[str, Head]


def growth(unit: SqlUnit, last: Anchor, overlap: timedelta) -> Growth:
    """Return the totals, and the heads of the chains that have grown.

    The chains are those of the cases with rows since `overlap` before the last anchor, and always the administration
    log, because nothing else outside the database records its length.
    """
    return _with_log(unit.link, _since(unit.link, last, last.at - overlap))


def counted_anew(unit: SqlUnit, after: str, since: datetime) -> Growth:
    """Return the totals, which takes the longer, the longer the history is; and the heads of the chains of the cases
    behind the id `after`, of those with rows since `since`, and of the administration log."""
    link = unit.link
    heads = {case_id: Head(count, mac) for case_id, count, mac in _HEADS_AFTER.rows(link, {"after": after}).found}
    heads.update((case_id, Head(n, mac)) for case_id, n, mac, _ in _HEADS_SINCE.rows(link, {"since": since}).found)
    totals = Growth(cases=count_cases(link), rows=_COUNT_ROWS.rows(link).scalar(), heads=heads)
    return _with_log(link, totals)


def some_heads(unit: SqlUnit, after: str, at_once: int) -> dict[str, Head]:
    """Return the heads of the next cases behind the id `after`, ordered by id."""
    found = _SOME_HEADS.rows(unit.link, {"after": after, "most": at_once}).found
    return {case_id: Head(count, mac) for case_id, count, mac in found}


def _with_log(link: Link, grown: Growth) -> Growth:
    return replace(grown, heads={**grown.heads, **admin_heads(link)})


def admin_heads(link: Link) -> dict[str, Head]:
    """Return the recorded end of the administration log."""
    found = _ADMIN_END.rows(link).found
    return {ADMIN: Head(*found[0])} if found else {}


def count_cases(link: Link) -> int:
    return int(_COUNT_CASES.rows(link).scalar())


def _since(link: Link, last: Anchor, since: datetime) -> Growth:
    """Continue from the totals of the last anchor: counting the whole history each minute would take ever longer."""
    heads, cases, rows = {}, last.cases, last.rows
    for case_id, count, mac, older in _HEADS_SINCE.rows(link, {"since": since}).found:
        heads[case_id] = Head(count, mac)
        # A case that the last anchor does not name had no row as young as these.
        counted = last.heads[case_id].n if case_id in last.heads else older
        cases += counted == 0
        rows += count - counted
    return Growth(cases=cases, rows=rows, heads=heads)


def known_anchor(link: Link, node: str) -> KnownAnchor | None:
    """Return the newest anchor recorded for this node."""
    found = _ANCHOR.rows(link, {"node": node}).found
    return KnownAnchor(*found[0]) if found else None


def remember_anchor(unit: SqlUnit, node: str, n: int, digest: str) -> None:
    """Record that this anchor is in the node's file."""
    _REMEMBER_ANCHOR.execute(unit.link, (node, n, digest))


def begin_anchors_anew(unit: SqlUnit, node: str, by: str, now: datetime, *, restored: bool = True) -> int:
    """Start a new chain of anchors, at an operator's request: the node's anchors file was lost, or stays
    elsewhere. Returns the number of the last anchor left behind.

    `restored`: an older copy of the database was put back. The bank has then read positions of the feed that the copy
    does not contain, so new decisions get positions beyond those. So do their sequences (`Decisions.floor`).
    """
    if restored:
        unit.decisions.go_far_ahead(now)
    known = known_anchor(unit.link, node)
    if known is None:
        return 0
    _FORGET_ANCHOR.execute(unit.link, {"node": node})
    unit.admin.add("anchors_begun_anew", by, now, node=node, n=known.n, digest=known.digest)
    return known.n


def no_statement_timeout(connection: Connection) -> None:
    """Disable the time limits of a read-only transaction. It blocks no writer, and reading years of history takes
    longer than they allow."""
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {limit} = 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chains:
    """Some cases: the heads they record, and their timeline rows."""

    heads: Mapping[str, Head]
    rows: Iterator[ChainRow]
    last: str | None
    """The last of these cases; None if no case comes after them."""


def some_chains(connection: Connection, after: str | None, at_once: int) -> Chains:
    """Return the next cases by id, and the timeline rows up to the last of them.

    Rows whose case does not exist are included. Memory use is bounded. Only the database compares ids, because its
    order of text may differ from Python's.
    """
    some = _ends.order_by(_cases.c.id).limit(at_once)
    found = connection.execute(some if after is None else some.where(_cases.c.id > after)).all()
    last = found[-1].id if len(found) == at_once else None
    heads = {case_id: Head(count, mac) for case_id, count, mac in found}
    return Chains(heads=heads, rows=_chain_rows(connection, after, last), last=last)


def _chain_rows(connection: Connection, after: str | None, last: str | None) -> Iterator[ChainRow]:
    """The rows between two cases, ordered by case and number."""
    rows = select(_timeline).order_by(_timeline.c.case_id, _timeline.c.n)
    if after is not None:
        rows = rows.where(_timeline.c.case_id > after)
    if last is not None:
        rows = rows.where(_timeline.c.case_id <= last)
    for row in _streamed(connection, rows):
        yield ChainRow(row.case_id, row.n, row.at, row.kind, row.by, row.data, row.mac)


def _streamed(connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
    yield from connection.execute(query.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE))


def admin_rows(connection: Connection) -> Iterator[ChainRow]:
    """The administration log, as one chain."""
    for row in _streamed(connection, select(_admin).order_by(_admin.c.n)):
        yield ChainRow(ADMIN, row.n, row.at, row.kind, row.by, row.data, row.mac)


def mac_at(connection: Connection, case_id: str, n: int) -> str | None:
    """Return the MAC of one row of a timeline, or of the administration log, as it now is in the database."""
    of_case = select(_timeline.c.mac).where(_timeline.c.case_id == case_id, _timeline.c.n == n)
    of_log = select(_admin.c.mac).where(_admin.c.n == n)
    found: str | None = connection.execute(of_log if case_id == ADMIN else of_case).scalar()
    return found
