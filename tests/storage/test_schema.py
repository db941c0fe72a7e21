"""The project's own revisions on every database: real rows are accepted, the constraints hold, and the downgrade
works.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint
from sqlmodel import SQLModel

from tests.unit.builders import T0
from tests.unit.desk import PHONE, POLICY, SMS_TEMPLATES, Mute, take_claims, wait
from wakeup.bench.seeded_ids import SeededIds
from wakeup.domain.attempt import AttemptState
from wakeup.domain.errors import ConstraintError, StoreDownError
from wakeup.domain.ids import CustomerId, PartyId, TransferId
from wakeup.runtime.data_files import data_folder
from wakeup.storage.audit import no_statement_timeout, some_chains
from wakeup.storage.chain import verify_chain
from wakeup.storage.engine import make_engine
from wakeup.storage.keyring import KeyRing
from wakeup.storage.migrate import downgrade, upgrade
from wakeup.storage.open import open_store
from wakeup.storage.revision import REVISIONS
from wakeup.storage.unit_of_work import SqlUnit, UnitDependencies, unit_maker
from wakeup.storage.vault import Vault
from wakeup.usecases.deciding.settle import cases_due
from wakeup.usecases.dispatch.write_intent import write_intent
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.store import Store

PARTIAL = {
    "sqlite": "SELECT name, substr(sql, instr(sql, ' WHERE ')) FROM sqlite_master"
    " WHERE type = 'index' AND sql LIKE '% WHERE %'",
    "postgresql": "SELECT relname, pg_get_expr(indpred, indrelid) FROM pg_index JOIN pg_class ON oid = indexrelid"
    " WHERE indpred IS NOT NULL",
}
"""Lists the partial indexes of the database, with their conditions."""
CHECKS = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE sql LIKE '% CHECK %'",
    "postgresql": "SELECT 'CONSTRAINT ' || conname || ' CHECK' FROM pg_constraint WHERE contype = 'c'"
    " AND connamespace = 'public'::regnamespace",
}
"""Lists the CHECK constraints of the database."""
AUDIT_KEY = bytes(range(97, 129))


def folder() -> Any:
    return data_folder("migrations")


def store_of(url: str) -> Store[SqlUnit]:
    dice = Random(7)

    def random_bytes(count: int) -> bytes:
        return bytes(dice.getrandbits(8) for _ in range(count))

    dependencies = UnitDependencies(
        vault=Vault(KeyRing([b"k" * 32], random_bytes), [b"i" * 32], random_bytes),
        policy=POLICY,
        speaker=Mute(),  # type: ignore[arg-type]
        sms_templates=SMS_TEMPLATES,
        ids=SeededIds(1),
        audit_key=AUDIT_KEY,
    )
    return open_store(url, unit_maker(dependencies))


def told(url: str, story: Callable[[Store[SqlUnit]], Any]) -> Any:
    async def run() -> Any:
        store = store_of(url)
        try:
            return await story(store)
        finally:
            await store.close()

    return asyncio.run(run())


async def ring_twice(store: Store[SqlUnit]) -> None:
    """Two customers share a number. Both attempts are claimed, one of them after it was postponed; one call is
    intended.
    """
    opened = await store.run(open_case, wait(1, phone=PHONE), T0)
    await store.run(open_case, wait(2, phone=PHONE), T0)
    await store.run(lambda unit: unit.attempts.save(unit.attempts.of_case(opened.case_id)[0]))
    claims = await store.run(take_claims, T0, 5)
    assert len(claims) == 2
    assert await store.run(write_intent, claims[0], ("+6531580001",), T0)


def test_rows_are_read_back_as_they_were_written(migrated_url: str) -> None:
    async def story(store: Store[SqlUnit]) -> None:
        await ring_twice(store)
        transfer = await store.read(lambda unit: unit.transfers.get(TransferId("t_1")))
        assert transfer is not None
        assert transfer.flagged_at == T0
        assert str(transfer.amount) == str(wait(1, phone=PHONE).amount)
        assert (await store.read(lambda unit: unit.transfers.payee(transfer))) == wait(1, phone=PHONE).payee
        [case] = await store.run(lambda unit: unit.cases.lock_unsettled(CustomerId("u_1")))
        assert [p.phone for p in await store.read(lambda unit: unit.parties.of_case(case))] == [PHONE]
        late = T0 + timedelta(hours=1)
        due = await store.read(cases_due, late, 10)
        for case_id in due.found:
            await store.run(settle_case, case_id, late)
        assert len(await store.run(lambda unit: unit.outbox.due(late, 10, 10))) == 2

    told(migrated_url, story)
    engine = make_engine(migrated_url)
    with engine.connect() as connection:
        some = some_chains(connection, None, 9)
        assert (verify_chain(some.rows, AUDIT_KEY, some.heads), len(some.heads), some.last) == ([], 2, None)
    engine.dispose()


def test_a_reader_of_the_whole_history_has_the_time_for_it(migrated_postgres_url: str) -> None:
    engine = make_engine(migrated_postgres_url, read_only=True)
    with engine.connect() as connection, connection.begin():
        no_statement_timeout(connection)
        for limit in ("statement_timeout", "idle_in_transaction_session_timeout"):
            assert connection.exec_driver_sql(f"SHOW {limit}").scalar() == "0"
    engine.dispose()


def test_the_tables_are_what_the_migrations_make(migrated_url: str) -> None:
    engine = make_engine(migrated_url)
    with engine.connect() as connection:
        # Types are not compared: SQLModel declares a str as VARCHAR without a length, which is the same as TEXT.
        context = MigrationContext.configure(connection, opts={"compare_type": False, "version_table": REVISIONS})
        found = compare_metadata(context, SQLModel.metadata)
    engine.dispose()
    assert found == []


def test_partial_indexes_hold_the_same_rows_on_every_database(migrated_url: str) -> None:
    # The tables declare the condition for SQLite only, and `compare_metadata` does not compare conditions.
    engine = make_engine(migrated_url)
    with engine.connect() as connection:
        found = [(name, condition(only)) for name, only in connection.exec_driver_sql(PARTIAL[connection.dialect.name])]
    engine.dispose()
    said = {
        str(index.name): str(index.dialect_options["sqlite"]["where"])
        for table in SQLModel.metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }
    assert dict(found) == {name: condition(only) for name, only in said.items()}


def test_the_checks_of_the_tables_are_in_every_database(migrated_url: str) -> None:
    """`compare_metadata` does not compare them, and SQLite loses them when a migration copies a table carelessly."""
    engine = make_engine(migrated_url)
    with engine.connect() as connection:
        written = connection.exec_driver_sql(CHECKS[connection.dialect.name]).scalars().all()
    engine.dispose()
    said = {
        str(rule.name)
        for table in SQLModel.metadata.tables.values()
        for rule in table.constraints
        if isinstance(rule, CheckConstraint)
    }
    assert set(re.findall(r'CONSTRAINT "?(\w+)"? CHECK', "\n".join(written))) == said


def condition(written: str) -> tuple[set[str], ...]:
    """The columns, words and NULLs in a condition, however the database writes it."""
    plain = written.replace('"', "").replace("::text", "")
    columns = re.findall(r"(\w+)\)? (?:IS|=)", plain)
    return set(columns), set(re.findall(r"'(\w+)'", plain)), set(re.findall(r"\w+ IS (?:NOT )?NULL", plain))


def test_the_way_back_works_with_rows_in_the_tables(migrated_url: str) -> None:
    told(migrated_url, ring_twice)
    downgrade(migrated_url, folder, "base")
    upgrade(migrated_url, folder)
    assert asyncio.run(_count(migrated_url)) == 0


def test_parties_come_in_the_order_of_their_ids_on_every_database(migrated_url: str) -> None:
    async def story(store: Store[SqlUnit]) -> None:
        await store.run(open_case, wait(1, phone=PHONE), T0)
        [case] = await store.run(lambda unit: unit.cases.lock_unsettled(CustomerId("u_1")))
        [party] = await store.read(lambda unit: unit.parties.of_case(case))
        more = [replace(party, id=PartyId(f"pty_z{n}")) for n in (3, 1, 2)]
        await store.run(lambda unit: unit.parties.add(more, case.customer_id))
        found = await store.read(lambda unit: unit.parties.of_case(case))
        assert [p.id for p in found] == [party.id, "pty_z1", "pty_z2", "pty_z3"]

    told(migrated_url, story)


async def _count(url: str) -> int:
    store = store_of(url)
    try:
        return await store.read(lambda unit: unit.attempts.lines_in_use())
    finally:
        await store.close()


def test_two_live_calls_to_one_number_are_refused_by_the_database(migrated_url: str) -> None:
    async def story(store: Store[SqlUnit]) -> None:
        await ring_twice(store)

        def force(unit: SqlUnit) -> None:
            claimed = next(
                a for a in unit.attempts.to_check(T0 + timedelta(hours=1), 9) if a.claim_token and not a.intent_at
            )
            unit.attempts.save(replace(claimed, state=AttemptState.SENDING, intent_at=T0, from_number="+6531580001"))

        with pytest.raises(ConstraintError):
            await store.run(force)

    told(migrated_url, story)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE timeline SET kind = 'x'",
        "DELETE FROM timeline",
        "UPDATE decisions SET ruling = 'allow'",
        "DELETE FROM decisions",
    ],
)
def test_history_cannot_be_written_over(migrated_url: str, statement: str) -> None:
    async def story(store: Store[SqlUnit]) -> None:
        await ring_twice(store)
        with pytest.raises((ConstraintError, StoreDownError)):
            await store.run(lambda unit: unit.connection.exec_driver_sql(statement))

    told(migrated_url, story)


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("claimed_has_a_lease", "UPDATE attempts SET claim_token = NULL WHERE state = 'claimed'"),
        ("no_call_without_intent", "UPDATE attempts SET intent_at = NULL WHERE state = 'sending'"),
        ("calls_have_a_sid", "UPDATE attempts SET state = 'ringing' WHERE state = 'sending'"),
        ("ended_has_an_end", "UPDATE attempts SET state = 'ended', call_code = NULL WHERE state = 'sending'"),
        ("the_code_dies_with_the_call", "UPDATE attempts SET call_code = '4711' WHERE state = 'claimed'"),
        ("nothing_under_way_is_forgotten", "UPDATE attempts SET check_at = NULL WHERE state = 'sending'"),
        ("open_transfers_have_a_date", "UPDATE transfers SET act_at = NULL"),
        ("settled_before_the_deadline", "UPDATE transfers SET settle_at = '2099-01-01T00:00:00.000000+00:00'"),
    ],
)
def test_each_state_has_its_timestamps(migrated_url: str, rule: str, statement: str) -> None:
    async def story(store: Store[SqlUnit]) -> None:
        await ring_twice(store)
        with pytest.raises(ConstraintError, match=rule):
            await store.run(lambda unit: unit.connection.exec_driver_sql(statement))

    told(migrated_url, story)


def test_only_its_place_in_the_feed_is_added_to_a_decision(migrated_url: str) -> None:
    async def story(store: Store[SqlUnit]) -> None:
        await ring_twice(store)
        assert len(await store.run(lambda unit: unit.decisions.number_new(10))) == 2
        assert [position for position, _ in await store.read(lambda unit: unit.decisions.after(0, 10))] == [1, 2]
        assert await store.run(lambda unit: unit.decisions.number_new(10)) == []

    told(migrated_url, story)
