"""`wakeup audit verify` while a service goes on writing."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.storage.history import KEY, START, a_case, heads_of
from tests.storage.migrated import migrated_file
from tests.storage.test_schema import AUDIT_KEY, told
from tests.unit.builders import T0
from tests.unit.desk import Desk, wait
from wakeup.runtime import audit_verify
from wakeup.runtime.audit_verify import find_faults
from wakeup.storage import audit
from wakeup.storage.anchors import read_anchors, write_anchor
from wakeup.storage.chain import Fault, FaultKind, verify_chain
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.store import Store


def test_an_anchor_written_during_the_verification_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = shutil.copy(migrated_file(), tmp_path / "wakeup.db")
    database, anchors = f"sqlite:///{file}", tmp_path / "anchors.jsonl"
    heads = heads_of(a_case("c_1", 5))
    read = read_anchors

    def meanwhile(*args: Any, **given: Any) -> Any:
        found = read(*args, **given)
        made = write_anchor(anchors, KEY, at=START, cases=1, rows=5, heads=heads)
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("INSERT OR REPLACE INTO anchor_ends VALUES ('n1', ?, ?)", (made.n, made.digest))
            connection.commit()
        return found

    write_anchor(anchors, KEY, at=START, cases=0, rows=0, heads={})
    with monkeypatch.context() as patch:
        patch.setattr(audit_verify, "read_anchors", meanwhile)
        assert find_faults(database, KEY, anchors, node="n1") == []
    assert find_faults(database, KEY, anchors) == [Fault(kind=FaultKind.TRUNCATED, case_id="c_1", n=5)]


def test_a_service_that_writes_between_the_snapshots_is_no_fault_and_its_log_can_be_emptied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = shutil.copy(migrated_file(), tmp_path / "wakeup.db")
    url, anchors = f"sqlite:///{file}", tmp_path / "anchors.jsonl"
    monkeypatch.setattr(audit, "CASES_AT_ONCE", 2)
    told_of: list[tuple[int, int]] = []
    emptied: list[int] = []

    async def story(store: Store[SqlUnit]) -> None:
        for n in range(5):
            await store.run(open_case, wait(n), T0)
        loop, more = asyncio.get_running_loop(), iter(range(5, 99))

        def meanwhile() -> None:
            async def writes() -> None:
                n = next(more)
                await store.run(open_case, wait(n), T0)
                for known in range(5):
                    await store.run(open_case, replace(wait(known), event_id=f"evt_{n}_{known}"), T0)

            asyncio.run_coroutine_threadsafe(writes(), loop).result(20)
            with closing(sqlite3.connect(file)) as connection:
                emptied.append(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])

        monkeypatch.setattr(audit_verify, "let_writers_in", meanwhile)
        whole = await store.read(audit.counted_anew, "", T0)
        write_anchor(anchors, AUDIT_KEY, at=T0, cases=whole.cases, rows=whole.rows, heads=whole.heads)
        found = await asyncio.to_thread(find_faults, url, AUDIT_KEY, anchors, progress=lambda *at: told_of.append(at))
        assert found == []

    told(url, story)
    assert emptied and not any(emptied), "no snapshot is held between two"
    assert told_of[0] == (2, 5) and [done for done, _ in told_of] == sorted(done for done, _ in told_of)


@pytest.mark.parametrize("at_once", [1, 2, 3, 5, 6])
def test_however_many_cases_are_read_at_once_every_row_is_seen(at_once: int) -> None:
    desk = Desk()
    cases = sorted(desk.flag(n).case_id for n in range(5))

    def found() -> list[Fault]:
        def look(unit: Any) -> list[Fault]:
            faults: list[Fault] = []
            last: str | None = ""
            while last is not None:
                some = audit.some_chains(unit.connection, last or None, at_once)
                faults += verify_chain(some.rows, b"a" * 32, some.heads)
                last = some.last
            return faults

        return desk.run(look)

    assert found() == []
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE timeline SET data = '{}' WHERE n = 1"))
    assert [fault.case_id for fault in found() if fault.n == 1] == cases
    gone = (cases[2], cases[4])
    desk.run(lambda unit: unit.connection.exec_driver_sql("DELETE FROM cases WHERE id IN (?, ?)", gone))
    assert {fault.case_id for fault in found() if fault.kind is FaultKind.REMOVED} == set(gone)


TAMPERED = {
    "another ruling": "UPDATE decisions SET ruling = 'allow' WHERE sequence = 2",
    "another reason": "UPDATE decisions SET reason = 'cooling' WHERE sequence = 2",
    "another author": "UPDATE decisions SET decided_by = 'ann' WHERE sequence = 2",
    "other evidence": """UPDATE decisions SET rests_on = '["evi_9"]' WHERE sequence = 2""",
    "another time": "UPDATE decisions SET decided_at = '2026-01-01 00:00:00.000000' WHERE sequence = 2",
    "another standing hold": "UPDATE decisions SET ruling = 'allow' WHERE sequence = 1",
    "one that is gone": "DELETE FROM decisions WHERE sequence = 2",
    "one more": "INSERT INTO decisions SELECT 'dec_x', transfer_id, case_id, 3, 'allow', reason, decided_by, decided_at,"
    " decide_by, hold_until, policy_version, rests_on, effects, NULL FROM decisions WHERE sequence = 2",
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_decision_that_is_not_what_the_timeline_says_is_a_fault(tmp_path: Path, how: str) -> None:
    file = shutil.copy(migrated_file(), tmp_path / "wakeup.db")
    url = f"sqlite:///{file}"

    async def decides(store: Store[SqlUnit]) -> None:
        for n in (1, 2):
            flagged = await store.run(open_case, wait(n), T0)
            if n == 1:
                await store.run(settle_case, flagged.case_id, T0 + timedelta(minutes=31))

    told(url, decides)
    assert find_faults(url, AUDIT_KEY, tmp_path / "none") == []
    with closing(sqlite3.connect(file)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        columns = [row[1] for row in connection.execute("PRAGMA table_info(decisions)")]
        assert columns[-1] == "position" and len(columns) == 14
        connection.execute(TAMPERED[how])
        connection.commit()
    kinds = {fault.kind for fault in find_faults(url, AUDIT_KEY, tmp_path / "none")}
    assert kinds == {FaultKind.DECISION_ALTERED}
