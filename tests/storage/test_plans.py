"""No statement scans a table that grows with the bank's history, on a database of each kind.

The query planner is asked on an empty database. SQLite is used without statistics, so its plan will be the same in
ten years. PostgreSQL plans by statistics, so it is only asked whether a plan without a scan is possible.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

from tests.storage.migrated import migrated_file
from tests.storage.test_statements import named_statements, numbered
from wakeup.storage.engine import make_engine

TABLES = SQLModel.metadata.tables
SMALL: Mapping[str, str] = {
    "agents": "our own people",
    "staff": "our own people",
    "sessions": "our own people",
    "second_factors": "our own people",
    "bulk_wishes": "our own people's wishes",
    "lines": "one an account",
    "senders": "our own numbers",
    "budgets": "an hour of each region",
    "person_asks": "an hour of calls to us",
    "paused_scripts": "scripts",
    "script_versions": "scripts",
    "secrets_seen": "our own secrets",
    "admin_head": "one row",
}
"""Tables that stay small."""
SHORT = frozenset({
    "attempts_by_fair_class",
    "attempts_by_value_class",
    "attempts_to_check",
    "attempts_unripe",
    "cases_promised",
    "cases_to_climb",
    "cases_unheld",
    "confirmations_due",
    "decisions_without_position",
    "guardians_to_empty",
    "hand_overs_open",
    "hand_overs_to_look_after",
    "one_case_per_code",
    "one_live_attempt_per_number",
    "one_live_attempt_per_party",
    "one_open_case_per_customer",
    "one_open_hand_over_per_call",
    "one_open_listener_per_person",
    "one_wish_per_transfer",
    "outbox_dead",
    "outbox_due",
    "outbox_late",
    "recordings_to_delete",
    "replies_of_strangers",
    "sms_due",
    "sms_to_check",
    "sms_urgent",
    "transfers_to_act_on",
})  # fmt: skip
"""Partial indexes whose rows leave them when their subject is closed: a scan of one is short. Most rows of the
other partial indexes never leave.
"""
ON_PURPOSE: Mapping[tuple[str, str], str] = {
    ("audit._COUNT_CASES", "cases"): "the first anchor of a node; later ones go on from its count",
    ("audit._COUNT_ROWS", "timeline"): "the first anchor of a node; later ones go on from its count",
    ("dossier._QUERIES", "risk_events"): "somebody's export, by hand and beside the writer; an index costs each event",
    ("views._BY_END", "cases"): "a user's search, by hand and beside the writer",
    ("views._OF_NUMBER", "parties"): "a supervisor's search, by hand and beside the writer; an index costs each event",
    ("agents._A_PARTYS", "parties"): "before somebody becomes an agent, by hand and beside the writer",
    ("outbox._LISTED", "outbox"): "by hand; the limit ends the walk",
    ("outbox._LISTED_IN", "outbox"): "by hand; for what is usual the limit ends the walk",
    ("staff._NEWEST", "admin_log"): "from its end; the limit ends the walk",
    ("texts._LISTED", "do_not_call"): "by hand; the limit ends the walk",
    ("texts._HOW_MANY", "do_not_call"): "by hand; a row for each who said no",
}
"""Statement and table -> why the statement may scan the whole table."""


def walks(connection: Connection) -> Mapping[str, set[str]]:
    """Statement -> the tables it would scan."""
    driver: Any = connection.connection.driver_connection
    ask = _on_sqlite if connection.dialect.name == "sqlite" else _on_postgres
    found: dict[str, set[str]] = defaultdict(set)
    if connection.dialect.name == "postgresql":
        for setting in ("enable_seqscan", "enable_hashjoin", "enable_mergejoin"):
            driver.execute(f"SET LOCAL {setting} = off")
        driver.execute("SET LOCAL plan_cache_mode = force_generic_plan")
    for statement, name in named_statements().items():
        found[name].update(ask(driver, statement.form(connection.dialect).sql))
    return found


def _on_sqlite(driver: Any, sql: str) -> Iterator[str]:
    aliases = {alias: name for name, alias in re.findall(r"(\w+) AS (\w+)", sql) if name in TABLES}
    plan = driver.execute(f"EXPLAIN QUERY PLAN {sql}", (None,) * sql.count("?")).fetchall()
    for *_, step in plan:
        said = re.match(r"(SCAN|SEARCH) (\w+)(?:.* INDEX (\w+))?", step)
        if said is None:
            continue
        table = str(aliases.get(said[2], said[2]))
        # SQLite builds an automatic index from the whole table each time.
        if table in TABLES and ((said[1] == "SCAN" and said[3] not in SHORT) or "AUTOMATIC" in step):
            yield table


def _on_postgres(driver: Any, sql: str) -> Iterator[str]:
    driver.execute(f"PREPARE asked AS {numbered(sql)}")
    count = len(set(re.findall(r"%\((\w+)\)s", sql)))
    given = f"({', '.join(['NULL'] * count)})" if count else ""
    [[plan]] = driver.execute(f"EXPLAIN (FORMAT JSON) EXECUTE asked{given}").fetchall()
    driver.execute("DEALLOCATE asked")
    yield from _walked(plan[0]["Plan"], {"Node Type": ""})


def _walked(node: Mapping[str, Any], parent: Mapping[str, Any]) -> Iterator[str]:
    # A walk along an index without a condition, unless it only takes the first row.
    along = node.get("Index Name") not in {None, *SHORT} and "Index Cond" not in node
    takes_the_first = parent["Node Type"] == "Limit" and "Filter" not in node
    if node["Node Type"] == "Seq Scan" or (along and not takes_the_first):
        # A bitmap index scan does not name its table: the parent node does.
        yield node.get("Relation Name") or parent["Relation Name"]
    for part in node.get("Plans", ()):
        yield from _walked(part, node)


def found_in(url: str) -> set[tuple[str, str]]:
    engine = make_engine(url)
    with engine.connect() as connection:
        # Alembic's own table has one row.
        found = {(name, table) for name, tables in walks(connection).items() for table in tables if table in TABLES}
        connection.rollback()
    engine.dispose()
    return found


def test_no_statement_scans_a_table_that_grows(migrated_url: str) -> None:
    found = {(name, table) for name, table in found_in(migrated_url) if table not in SMALL}
    assert sorted(found - ON_PURPOSE.keys()) == []


def test_no_exception_is_kept_that_nothing_needs() -> None:
    found = found_in(f"sqlite:///{migrated_file()}")
    assert sorted(ON_PURPOSE.keys() - found) == []
    assert sorted(SMALL.keys() - {table for _, table in found}) == []
