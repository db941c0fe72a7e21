"""`wakeup audit verify` while a service goes on writing."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.storage.history import KEY, START, a_case, heads_of
from tests.storage.migrated import migrated_file
from tests.storage.test_schema import AUDIT_KEY, told
from tests.unit.builders import T0
from tests.unit.desk import Desk, wait
from wakeup.runtime.audit_verify import find_faults
from wakeup.storage import audit
from wakeup.storage.anchors import write_anchor
from wakeup.storage.chain import Fault, FaultKind, verify_chain
from wakeup.storage.store import Store
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.settle_case import settle_case


def test_an_anchor_written_during_the_verification_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = shutil.copy(migrated_file(), tmp_path / "wakeup.db")
    database, anchors = f"sqlite:///{file}", tmp_path / "anchors.jsonl"
    heads = heads_of(a_case("c_1", 5))
    look = audit.chains

    def meanwhile(connection: Connection) -> object:
        write_anchor(anchors, KEY, at=START, cases=1, rows=5, heads=heads)
        return look(connection)

    with monkeypatch.context() as patch:
        patch.setattr(audit, "chains", meanwhile)
        assert find_faults(database, KEY, anchors) == []
    assert find_faults(database, KEY, anchors) == [Fault(kind=FaultKind.TRUNCATED, case_id="c_1", n=5)]


@pytest.mark.parametrize("at_once", [1, 2, 3, 5, 6])
def test_however_many_cases_are_read_at_once_every_row_is_seen(at_once: int) -> None:
    desk = Desk()
    cases = sorted(desk.flag(n).case_id for n in range(5))

    def found() -> list[Fault]:
        def look(unit: Any) -> list[Fault]:
            chains = audit.chains(unit.connection, at_once)
            return [fault for heads, rows in chains for fault in verify_chain(rows, b"a" * 32, heads)]

        return desk.run(look)

    assert found() == []
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE timeline SET data = '{}' WHERE n = 1"))
    assert [fault.case_id for fault in found() if fault.n == 1] == cases
    desk._connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
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
