"""The verification of the console: one at a time, in a process of its own that ends with the service."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.storage.migrated import migrated_file
from tests.storage.test_schema import AUDIT_KEY, told
from tests.unit.builders import T0
from tests.unit.desk import wait
from wakeup.runtime import verification as module
from wakeup.runtime.audit_child import Wanted
from wakeup.runtime.verification import Verification
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.store import Store
from wakeup.web.parts import Verified

WAITS = (sys.executable, "-c", "import sys; sys.stdin.read()")
TALKS_NONSENSE = (sys.executable, "-c", "print('what?')")


class Told:
    """A log that keeps what it was told."""

    def __init__(self) -> None:
        self.said: list[tuple[str, object]] = []

    def error(self, event: str, **facts: object) -> None:
        self.said.append((event, facts["reason"]))

    info = warning = error


def verified(
    file: Path, story: Callable[[Verification, Told], Awaitable[None]], anchors: Path = Path("no such file")
) -> None:
    def wanted(now: datetime) -> Wanted:
        return Wanted(url=f"sqlite:///{file}", key=AUDIT_KEY, anchors=anchors, node="n1", now=now)

    async def run() -> None:
        log = Told()
        verification = Verification(wanted, lambda: T0, log)
        try:
            await asyncio.wait_for(story(verification, log), 60)
        finally:
            await verification.close()

    asyncio.run(run())


async def ended(verification: Verification) -> Verified:
    assert verification._task is not None
    await asyncio.wait([verification._task])
    return verification.state()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = Path(shutil.copy(migrated_file(), tmp_path / "wakeup.db"))

    async def opens(store: Store[SqlUnit]) -> None:
        await store.run(open_case, wait(1), T0)

    told(f"sqlite:///{file}", opens)
    return file


def test_faults_are_told_in_words_and_the_last_result_is_kept(file: Path) -> None:
    async def story(verification: Verification, log: Told) -> None:
        assert verification.state() == Verified()
        verification.begin()
        assert verification.state() == Verified(running_since=T0)
        assert await ended(verification) == Verified(ended_at=T0)
        with closing(sqlite3.connect(file)) as connection:
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute("UPDATE timeline SET data = '{}'")
            connection.commit()
        verification.begin()
        assert (verification.state().ended_at, verification.state().running_since) == (T0, T0)
        state = await ended(verification)
        assert state.count == len(state.faults) > 0 and state.faults[0].startswith("altered case_")
        assert log.said == []

    verified(file, story)


def test_a_second_click_begins_no_second_one(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMAND", WAITS)

    async def story(verification: Verification, log: Told) -> None:
        verification.begin()
        first = verification._task
        await asyncio.sleep(0)
        verification.begin()
        assert verification._task is first
        assert log.said == []

    verified(file, story)


def test_it_ends_with_the_service(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMMAND", WAITS)
    begun: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def begin(*args: str, **given: Any) -> asyncio.subprocess.Process:
        begun.append(await start(*args, **given))
        started.set()
        return begun[0]

    monkeypatch.setattr(asyncio, "create_subprocess_exec", begin)
    started = asyncio.Event()

    async def story(verification: Verification, _log: Told) -> None:
        verification.begin()
        await started.wait()
        assert begun[0].returncode is None
        await verification.close()
        assert begun[0].returncode == -9
        assert verification.state().running_since is None

    verified(file, story)


def test_one_that_comes_to_no_end_is_told(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(verification: Verification, log: Told) -> None:
        verification.begin()
        assert (await ended(verification)).failed == "OperationalError"
        monkeypatch.setattr(module, "COMMAND", TALKS_NONSENSE)
        verification.begin()
        assert (await ended(verification)).failed == "JSONDecodeError"
        monkeypatch.setattr(module, "COMMAND", ("/no/such/program",))
        verification.begin()
        assert (await ended(verification)).failed == "FileNotFoundError"
        assert [event for event, _ in log.said] == ["audit_not_verified"] * 3

    verified(tmp_path / "gone" / "wakeup.db", story)


def test_the_process_ends_when_the_service_was_killed(file: Path) -> None:
    hangs = (
        "import threading; from wakeup.runtime import audit_child;"
        "audit_child.find_faults = lambda *_, **__: threading.Event().wait(); audit_child.main()"
    )
    line = Wanted(url=f"sqlite:///{file}", key=AUDIT_KEY, anchors=file, node="n1", now=T0).as_line()
    done = subprocess.run([sys.executable, "-c", hangs], input=line, timeout=60, check=False, capture_output=True)
    assert (done.returncode, done.stdout) == (1, b"")
