"""Statements sent straight to the driver: the same values and errors as through SQLAlchemy, and no values in the
errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Column, Connection, MetaData, Table, Text, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from wakeup.storage.engine import make_engine
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.types import UtcDateTime

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
metadata = MetaData()
visits = Table(
    "visits", metadata, Column("name", Text, primary_key=True), Column("at", UtcDateTime), Column("mood", Text)
)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine = make_engine(database_url)
    with engine.begin() as building:
        metadata.create_all(building)
    with engine.connect() as connection:
        connection.begin()
        yield connection
    engine.dispose()


def test_values_come_by_name_or_as_the_statement_takes_them(connection: Connection) -> None:
    link = Link(connection)
    assert Prepared(insert(visits)).execute(link, {"mood": "calm", "name": "a", "at": NOW}) == 1
    assert Prepared(insert(visits), takes=("at", "mood", "name")).execute(link, (NOW, "angry", "b")) == 1
    Prepared(insert(visits), takes=("name", "at", "mood")).many(link, [("c", NOW, "calm"), ("d", None, None)])
    rows = Prepared(select(visits).order_by(visits.c.name)).rows(link)
    assert rows.found == [("a", NOW, "calm"), ("b", NOW, "angry"), ("c", NOW, "calm"), ("d", None, None)]
    assert rows.columns == {"name": 0, "at": 1, "mood": 2}


def test_a_value_that_a_statement_carries_need_not_be_given(connection: Connection) -> None:
    link = Link(connection)
    Prepared(insert(visits)).many(link, [{"name": n, "at": NOW, "mood": m} for n, m in (("a", "calm"), ("b", "sad"))])
    cheer = Prepared(update(visits).where(visits.c.mood == "sad", visits.c.at == bindparam("_at")).values(mood="calm"))
    assert cheer.execute(link, {"_at": NOW}) == 1
    found = Prepared(select(visits.c.name).where(visits.c.mood == "calm").order_by(visits.c.name)).rows(link)
    assert (found.column(), found.scalar()) == (["a", "b"], "a")


def test_a_refusal_is_sqlalchemys_and_hides_the_parameters(connection: Connection) -> None:
    link = Link(connection)
    add = Prepared(insert(visits))
    add.execute(link, {"name": "Mei Chen", "at": NOW, "mood": "calm"})
    with pytest.raises(IntegrityError) as caught:
        add.execute(link, {"name": "Mei Chen", "at": NOW, "mood": "+6591234567"})
    assert caught.value.params is None
    assert "+6591234567" not in str(caught.value)
    assert "INSERT INTO visits" in str(caught.value)


def test_a_mistake_in_our_own_code_is_raised_unchanged(connection: Connection) -> None:
    with pytest.raises(KeyError, match="at"):
        Prepared(insert(visits)).execute(Link(connection), {"name": "a", "mood": "calm"})
    with pytest.raises(ValueError, match="without a time zone"):
        Prepared(insert(visits)).execute(Link(connection), {"name": "a", "mood": "calm", "at": datetime(2026, 1, 1)})


def test_a_connection_found_closed_is_told_as_such(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.close()
    with pytest.raises(DBAPIError) as caught:
        Prepared(select(visits)).rows(Link(connection))
    assert caught.value.connection_invalidated
