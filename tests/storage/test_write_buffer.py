"""New rows are kept back until the end of their transaction: no query may miss them, and an error reaches only the
use case that caused it.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlmodel import SQLModel

from tests.storage.migrated import migrated_file
from tests.storage.sample_table import things
from wakeup import storage
from wakeup.domain.errors import ConflictError, ConstraintError
from wakeup.domain.ids import CustomerId
from wakeup.domain.transfer import Tier
from wakeup.storage.engine import make_engine, make_engines
from wakeup.storage.mapping import Mapper
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.sqlite_loop import LoopStore
from wakeup.storage.tables import CustomerRow
from wakeup.storage.write_buffer import WRITE_BUFFER, WriteBuffer
from wakeup.usecases.records import Customer
from wakeup.usecases.store import Store

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_ADD = Prepared(insert(things), takes=("name", "size"))
_ALL = Prepared(select(things.c.name).order_by(things.c.name))
_GROW = Prepared(update(things).values(size=things.c.size + 1))
_customers = Mapper(CustomerRow, Customer)


@dataclass(slots=True)
class Unit:
    connection: Connection
    wakes: set[str] = field(default_factory=set)


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    engine = make_engine(url)
    things.metadata.create_all(engine)
    SQLModel.metadata.create_all(engine, tables=[_customers.table])
    engine.dispose()
    return url


@pytest.fixture
def link(url: str) -> Iterator[Link]:
    """A link in a transaction that keeps rows back."""
    engine = make_engine(url)
    with engine.connect() as connection:
        connection.begin()
        connection.info[WRITE_BUFFER] = WriteBuffer(connection.connection.cursor())
        yield Link(connection)
    engine.dispose()


def written(link: Link) -> int:
    raw = link.connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw.total_changes


def put(name: str, size: int = 1) -> Callable[[Unit], str]:
    def use_case(unit: Unit) -> str:
        _ADD.add(Link(unit.connection), (name, size), None)
        return name

    return use_case


def names(unit: Unit) -> list[str]:
    return _ALL.rows(Link(unit.connection)).column()


async def all_at_once(store: Store[Unit], *use_cases: Callable[[Unit], object]) -> list[object]:
    return list(await asyncio.gather(*(store.run(one) for one in use_cases), return_exceptions=True))


def test_rows_wait_and_are_written_once_whatever_their_number(link: Link) -> None:
    wanted = [f"{n:03}" for n in range(32 + 8 + 8 + 2 + 1)]
    for name in wanted:
        _ADD.add(link, (name, 1), None)
    assert written(link) == 0
    assert _ALL.rows(link).column() == wanted
    assert written(link) == len(wanted)
    _ADD.add(link, ("later", 1), None)
    assert _GROW.execute(link, {}) == len(wanted) + 1


def test_a_buffered_row_is_found_and_changed_by_its_key_and_others_do_not_hasten_it(link: Link) -> None:
    mei, tan = (Customer(id=CustomerId(name), seen_at=NOW, tier=Tier.HIGH, tier_at=NOW) for name in ("mei", "tan"))
    _customers.add(link, mei, wrapped_key=b"k")
    assert _customers.get(link, "tan") is None
    assert written(link) == 0
    assert _customers.get(link, "mei") == mei
    _customers.add(link, tan, wrapped_key=b"k")
    _customers.save(link, replace(tan, tier=Tier.CRITICAL))
    assert _customers.get(link, "tan") == replace(tan, tier=Tier.CRITICAL)


def test_a_query_of_other_tables_does_not_hasten_what_is_kept_back(link: Link) -> None:
    _ADD.add(link, ("a", 1), None)
    assert Prepared(select(_customers.table.c.id)).rows(link).column() == []
    assert written(link) == 0
    assert Prepared(select(_customers.table.c.id, things.alias("other").c.name)).rows(link).column() == []
    assert written(link) == 1


def test_every_statement_knows_what_it_reads() -> None:
    """Compared with the tables that SQLite says it reads."""
    modules = [import_module(module.name) for module in walk_packages(storage.__path__, "wakeup.storage.")]
    globals_ = [one for module in modules for one in vars(module).values()]
    mapped = [part for one in globals_ if isinstance(one, Mapper) for part in vars(one).values()]
    statements = {one for one in (*globals_, *mapped) if isinstance(one, Prepared)}
    read: set[str] = set()

    def note(what: int, table: str | None, *_: object) -> int:
        if what == sqlite3.SQLITE_READ and table is not None and not table.startswith("sqlite_"):
            read.add(table)
        return sqlite3.SQLITE_OK

    connection = sqlite3.connect(f"file:{migrated_file()}?mode=ro", uri=True, cached_statements=0)
    connection.set_authorizer(note)
    for form in [one.form(SQLiteDialect_pysqlite()) for one in statements]:
        read.clear()
        connection.execute(f"EXPLAIN {form.sql}", [None] * form.sql.count("?"))
        assert read <= form.tables, form.sql
    connection.close()
    assert len(statements) > 100


def test_a_constraint_heard_of_at_the_commit_fails_its_own_use_case_only(url: str) -> None:
    async def story() -> None:
        store = LoopStore(make_engines(url, writers=1, readers=1), Unit)
        answers = await all_at_once(store, put("a"), put("b", size=0), put("c"), put("a"))
        assert [answers[0], answers[2]] == ["a", "c"]
        assert [type(answers[n]) for n in (1, 3)] == [ConstraintError] * 2
        assert "size_positive" in str(answers[1])
        assert await store.read(names) == ["a", "c"]
        await store.close()

    asyncio.run(story())


def test_a_use_case_that_fails_leaves_no_buffered_row(url: str) -> None:
    def regret(unit: Unit) -> None:
        put("b")(unit)
        raise ConflictError("name", "on second thoughts")

    async def story() -> None:
        store = LoopStore(make_engines(url, writers=1, readers=1), Unit)
        answers = await all_at_once(store, put("a"), regret, put("c"))
        assert ([answers[0], answers[2]], type(answers[1])) == (["a", "c"], ConflictError)
        assert await store.read(names) == ["a", "c"]
        assert await store.run(names) == ["a", "c"]
        await store.close()

    asyncio.run(story())
