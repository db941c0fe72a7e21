"""Use cases that act on several customers lock them in the order of Python, in which a batch of events is sorted. A database
may sort words otherwise: PostgreSQL by the collation it was created with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text

from tests.storage.interleave import DEPENDENCIES
from tests.storage.test_two_customers import CALLER, call_begins
from tests.unit.builders import MINUTE, T0
from tests.unit.desk import PHONE, wait
from wakeup.domain.ids import CustomerId
from wakeup.storage.engine import make_engine
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.conversation.call_in import keep_on_hold, match_call_in
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.intake.open_case import open_case

FIRST, LAST = CustomerId("U_B"), CustomerId("u_a")
"""In the order of Python. A collation of a language puts u_a first."""


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    """Each kind of database. PostgreSQL sorts the two customers as people do; the server of the tests has no collation
    that does, so the column gets a type with that order."""
    engine = make_engine(migrated_url)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text(f"CREATE TYPE by_name AS ENUM ('{LAST}', '{FIRST}')"))
            connection.execute(text("CREATE CAST (varchar AS by_name) WITH INOUT AS ASSIGNMENT"))
            column = "ALTER TABLE call_ins ALTER COLUMN customer_id TYPE by_name USING customer_id::by_name"
            connection.execute(text(column))
    yield engine
    engine.dispose()


@pytest.mark.parametrize("known_first", [FIRST, LAST])
def test_a_call_about_two_customers_takes_them_in_the_order_of_a_batch_however_the_database_sorts(
    engine: Engine, known_first: CustomerId
) -> None:
    with engine.begin() as connection:
        work = SqlUnit(connection, DEPENDENCIES)
        cases = {}
        for n, who in enumerate(sorted((FIRST, LAST), key=lambda one: one != known_first), 1):
            cases[who] = open_case(work, wait(n, customer_id=who, phone=PHONE), T0).case_id
            apply_transfer_event(work, call_begins(n), T0)
        assert match_call_in(work, CALLER, T0)
        assert keep_on_hold(work, CALLER, T0 + MINUTE)
        heard = [evidence for who in cases for evidence in work.talks.evidence(work.cases.lock(cases[who]), T0)]
    assert [case for case, _ in sorted(heard, key=lambda one: one[1].id)] == [cases[FIRST], cases[LAST]]
