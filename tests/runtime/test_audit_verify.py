"""`wakeup audit verify` while a service goes on writing."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.storage.history import KEY, START, a_case, heads_of
from tests.storage.migrated import migrated_file
from tests.unit.desk import Desk
from wakeup.runtime.audit_verify import find_faults
from wakeup.storage import audit
from wakeup.storage.anchors import write_anchor
from wakeup.storage.chain import Fault, FaultKind, verify_chain


def test_what_is_anchored_while_it_is_verified_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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
