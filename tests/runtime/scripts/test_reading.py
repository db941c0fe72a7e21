"""Conversations read from the database while the service runs, on both databases."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import SQLModel

from tests.unit.builders import T0
from tests.unit.desk import dependencies, wait
from wakeup.domain.errors import NotFoundError, StoreDownError
from wakeup.domain.ids import CaseId
from wakeup.storage.engine import make_engine
from wakeup.storage.keyring import KeyRing
from wakeup.storage.repositories.talks import read_talks
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.storage.vault import Vault
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.transcripts import path_counts, transcripts_of
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.records import SpokenTurn, Talk

TURNS = 12


def a_vault() -> Vault:
    return Vault(KeyRing([b"k" * 32], random.Random(1).randbytes), [b"i" * 32], random.Random(2).randbytes)


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('db') / 'wakeup.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def talked(unit: SqlUnit) -> CaseId:
    """A case in which the callee talked for twelve turns, and another one without a conversation."""
    silent = open_case(unit, wait(2), T0)
    case_id = open_case(unit, wait(1), T0).case_id
    assert silent.case_id != case_id
    attempt = unit.attempts.of_case(case_id)[0]
    with CaseFile(unit, unit.cases.lock(case_id), T0) as file:
        customer = file.case.customer_id
        talk = Talk(
            attempt_id=attempt.id, case_id=case_id, customer_id=customer, turns=TURNS, finished=True, started_at=T0,
            turned_at=T0, state='{"x":"状态"}', named=(),
        )  # fmt: skip
        unit.talks.add(talk)
        file.note("talk_begun", attempt=attempt.id, script="generic", content="h")
        for n in range(TURNS):
            at = T0 + timedelta(seconds=n)
            turn = SpokenTurn(attempt_id=attempt.id, customer_id=customer, n=n, at=at, turn=f"您好{n}", input="keys 1")
            unit.talks.add_turn(turn)
            file.note("turn", "callee", attempt=attempt.id, n=n, node=f"n{n}", act="keys")
    return case_id


def written(engine: Engine) -> CaseId:
    parts = replace(dependencies(), vault=a_vault())
    with engine.connect() as connection:
        sqlite = connection.dialect.name == "sqlite"
        SQLModel.metadata.create_all(connection)
        if not sqlite:
            connection.commit()
        connection.exec_driver_sql("BEGIN IMMEDIATE" if sqlite else "SELECT 1")
        case_id = talked(SqlUnit(connection, parts))
        connection.exec_driver_sql("COMMIT") if sqlite else connection.commit()
    return case_id


def test_words_come_back_in_order_and_counts_page_by_page(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine(database)
    try:
        case_id = written(engine)
    finally:
        engine.dispose()
    (spoken,) = read_talks(database, a_vault(), lambda talks: transcripts_of(talks, case_id))
    assert spoken.talk.state == '{"x":"状态"}'
    assert [turn.turn for turn in spoken.turns] == [f"您好{n}" for n in range(TURNS)]
    assert [turn.at for turn in spoken.turns] == [T0 + timedelta(seconds=n) for n in range(TURNS)]
    monkeypatch.setattr("wakeup.usecases.conversation.transcripts.PAGE", 5)
    trips = read_talks(database, a_vault(), lambda talks: path_counts(talks, "generic", "h"))
    assert trips.calls == 1
    assert sum(trips.moves.values()) == TURNS
    with pytest.raises(NotFoundError):
        read_talks(database, a_vault(), lambda talks: transcripts_of(talks, CaseId("case_nope")))


def test_a_database_without_tables_is_a_wakeup_error(database: str) -> None:
    with pytest.raises(StoreDownError):
        read_talks(database, a_vault(), lambda talks: transcripts_of(talks, CaseId("case_nope")))
