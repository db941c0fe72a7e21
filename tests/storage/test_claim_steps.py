"""What a claim costs does not depend on how many attempts wait, nor on how many were claimed before: counted in steps of
SQLite's machine, so that a busy computer changes nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.storage.migrated import copied
from wakeup.bench import backlog, harness
from wakeup.bench.harness import EPOCH
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.policy.file import load_policy
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.dispatch.start_calls import start_due
from wakeup.usecases.store import Store

POLICY = load_policy(data_folder("config") / "policy.toml")
A_STEP = 10
"""SQLite tells of every so many steps of its machine."""


def _claim_counted(unit: SqlUnit, second: int) -> int:
    driver: Any = unit.link.connection.connection.driver_connection
    steps = 0

    def stepped() -> None:
        nonlocal steps
        steps += A_STEP

    driver.set_progress_handler(stepped, A_STEP)
    try:
        claims = start_due(unit, backlog.DIALLING, 4, EPOCH + timedelta(seconds=second)).claims
    finally:
        driver.set_progress_handler(None, 0)
    assert len(claims) == 4
    return steps


async def _stand(folder: Path, waiting: int) -> Store[SqlUnit]:
    policy = replace(POLICY, overload=replace(POLICY.overload, plan_stale=timedelta(days=1)))
    store = await backlog.filled(folder, policy, waiting)
    await backlog.plan_once(store)
    return store


async def _steps(store: Store[SqlUnit], claims: range) -> int:
    """Return the steps of the last claim."""
    return [await store.run(_claim_counted, second) for second in claims][-1]


@pytest.fixture(autouse=True)
def _ready_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "upgrade", copied)


def test_a_claim_looks_at_the_heads_of_the_queues_only(tmp_path: Path) -> None:
    async def story() -> list[int]:
        counted = []
        for waiting in (500, 3_000):
            store = await _stand(tmp_path / str(waiting), waiting)
            counted.append(await _steps(store, range(1, 4)))
            await store.close()
        return counted

    few, many = asyncio.run(story())
    assert many < few * 1.5


def test_a_claim_does_not_look_at_attempts_that_others_have_claimed(tmp_path: Path) -> None:
    async def story() -> tuple[int, int]:
        store = await _stand(tmp_path, 1_000)
        first, last = await _steps(store, range(1, 4)), await _steps(store, range(4, 154))
        await store.close()
        return first, last

    first, last = asyncio.run(story())
    assert last < first * 1.5
