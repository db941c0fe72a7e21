"""Column types: values come back as they went in, on every database, and wrong values are refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, insert, literal, select
from sqlalchemy.exc import StatementError

from wakeup.storage.engine import make_engine
from wakeup.storage.instants import as_text
from wakeup.storage.types import Money, StrEnumText, UtcDateTime


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


metadata = MetaData()
rows = Table(
    "rows",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime()),
    Column("amount", Money()),
    Column("colour", StrEnumText(Colour)),
)
NOON = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        metadata.create_all(connection)
        yield connection
        connection.rollback()
    engine.dispose()


def there_and_back(connection: Connection, column: str, value: object) -> object:
    connection.execute(rows.delete())
    connection.execute(insert(rows).values({"id": 1, column: value}))
    return connection.scalar(select(rows.c[column]))


@pytest.mark.parametrize(
    "at",
    [
        NOON,
        NOON.replace(microsecond=0),
        NOON.astimezone(timezone(timedelta(hours=8))),
        datetime(1957, 1, 1, tzinfo=UTC),
        None,
    ],
)
def test_a_time_comes_back_as_the_same_moment_in_utc(connection: Connection, at: datetime | None) -> None:
    found = there_and_back(connection, "at", at)
    assert found == at
    if at is not None:
        assert isinstance(found, datetime)
        assert found.tzinfo is UTC


def test_a_time_without_zone_is_refused(connection: Connection) -> None:
    with pytest.raises(StatementError):
        there_and_back(connection, "at", NOON.replace(tzinfo=None))


def test_times_sort_and_compare_as_moments_whatever_their_zone_and_fraction(connection: Connection) -> None:
    singapore = timezone(timedelta(hours=8))
    moments = [
        NOON - timedelta(microseconds=1),
        NOON.replace(microsecond=0),
        NOON.astimezone(singapore),
        NOON + timedelta(seconds=1),
        datetime(1999, 12, 31, 23, 59, 59, tzinfo=UTC),
    ]
    connection.execute(insert(rows), [{"id": n, "at": at} for n, at in enumerate(moments)])
    assert list(connection.scalars(select(rows.c.at).order_by(rows.c.at))) == sorted(moments)
    before = connection.scalars(select(rows.c.id).where(rows.c.at < NOON.astimezone(singapore)).order_by(rows.c.id))
    assert list(before) == [0, 1, 4]


@pytest.mark.parametrize("text", ["52000.00", "0.1", "9999999999999.999", "0", "0.000", "1E+3"])
def test_money_is_exact_and_keeps_its_scale(connection: Connection, text: str) -> None:
    found = there_and_back(connection, "amount", Decimal(text))
    assert isinstance(found, Decimal)
    assert str(found) == format(Decimal(text), "f")


@pytest.mark.parametrize("value", [1.5, 1, "1.50", Decimal("NaN"), Decimal("Infinity")])
def test_money_is_a_finite_decimal_and_nothing_else(connection: Connection, value: object) -> None:
    with pytest.raises(StatementError) as refusal:
        there_and_back(connection, "amount", value)
    assert "1.5" not in str(refusal.value)


def test_an_enum_comes_back_as_its_member(connection: Connection) -> None:
    assert there_and_back(connection, "colour", Colour.RED) is Colour.RED
    assert there_and_back(connection, "colour", "green") is Colour.GREEN
    assert there_and_back(connection, "colour", None) is None
    there_and_back(connection, "colour", Colour.RED)
    among = select(rows.c.id).where(rows.c.colour.in_([Colour.RED]), rows.c.colour != Colour.GREEN)
    assert connection.scalar(among) == 1


def test_a_word_the_enum_does_not_know_is_refused_both_ways(connection: Connection) -> None:
    with pytest.raises(StatementError):
        there_and_back(connection, "colour", "blue")
    connection.exec_driver_sql("INSERT INTO rows (id, colour) VALUES (7, 'blue')")
    with pytest.raises(ValueError, match="Colour"):
        connection.scalar(select(rows.c.colour).where(rows.c.id == 7))


def test_values_can_be_written_into_the_statement(connection: Connection) -> None:
    wanted = select(
        literal(NOON, UtcDateTime()), literal(Decimal("1.50"), Money()), literal(Colour.RED, StrEnumText(Colour))
    )
    text = wanted.compile(connection, compile_kwargs={"literal_binds": True})
    assert "2026-11-22T12:00:00.123456+00:00" in str(text)
    assert "1.50" in str(text)
    assert "'red'" in str(text)


def test_the_hour_that_comes_twice_in_autumn_is_two_hours() -> None:
    zone = ZoneInfo("Europe/Berlin")
    first, second = (datetime(2026, 10, 25, 2, 30, tzinfo=zone, fold=fold) for fold in (0, 1))
    assert first == second
    assert (as_text(first)[:16], as_text(second)[:16]) == ("2026-10-25T00:30", "2026-10-25T01:30")
