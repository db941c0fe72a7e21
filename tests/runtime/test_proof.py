"""`wakeup audit verify` beside a service that goes on writing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.storage.history import KEY, START, a_case, heads_of
from tests.storage.migrated import migrated_file
from wakeup.runtime.proof import find_faults
from wakeup.storage import audit
from wakeup.storage.anchors import write_anchor
from wakeup.storage.chain import Fault, FaultKind


def test_what_is_anchored_while_it_is_verified_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = shutil.copy(migrated_file(), tmp_path / "wakeup.db")
    database, anchors = f"sqlite:///{file}", tmp_path / "anchors.jsonl"
    heads = heads_of(a_case("c_1", 5))
    look = audit.case_heads

    def meanwhile(connection: object) -> object:
        write_anchor(anchors, KEY, at=START, cases=1, rows=5, heads=heads)
        return look(connection)

    with monkeypatch.context() as patch:
        patch.setattr(audit, "case_heads", meanwhile)
        assert find_faults(database, KEY, anchors) == []
    assert find_faults(database, KEY, anchors) == [Fault(kind=FaultKind.TRUNCATED, case_id="c_1", n=5)]
