"""Requests of customers: all data kept about them as one file, and erasure. From a shell, and recorded in the log."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.runtime.test_shell_acts import Shell
from tests.unit.builders import T0
from tests.unit.desk import PHONE, wait
from wakeup.domain.attempt import AttemptState
from wakeup.domain.case import CaseEvent
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId, TransferId
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.intake.open_case import open_case

WHOLE = {"erasures": 1, "left": {}, "wrong_lines": []}


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    shell = Shell(tmp_path)
    shell.does(lambda unit: open_case(unit, wait(1, phone=PHONE), T0))
    return shell


def settle(unit: SqlUnit) -> None:
    transfer = unit.transfers.get(TransferId("t_1"))
    assert transfer is not None
    for attempt in unit.attempts.of_case(transfer.case_id):
        unit.attempts.save(replace(attempt, state=AttemptState.CANCELED, ended_at=T0, check_at=None))
    with CaseFile(unit, unit.cases.lock(CaseId(transfer.case_id)), T0) as file:
        file.move(CaseEvent.SETTLE)


def test_an_export_is_one_file_of_json_and_is_written_down(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "dossier.json"
    said = shell.shows("dsar", "export", "u_1", "--to", str(file))
    assert "rows in" in said and PHONE not in said
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    assert (found["format"], found["customer"]) == ("wakeup-dossier-1", "u_1")
    assert found["tables"]["parties"][0]["phone"] == PHONE
    assert json.loads(shell.shows("dsar", "export", "u_1"))["tables"].keys() == found["tables"].keys()
    assert shell.log == [("customer_exported", "command_line", {"customer": "u_1"})] * 2


def test_a_file_that_is_there_is_not_written_over(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "dossier.json"
    file.write_text("mine")
    assert "exists already" in shell.complains("dsar", "export", "u_1", "--to", str(file))
    assert "no such customer" in shell.complains("dsar", "export", "u_9", code=1)
    assert file.read_text() == "mine" and shell.log == []


def test_erasing_asks_says_what_stands_against_it_and_is_written_down(shell: Shell) -> None:
    assert "--yes" in shell.complains("dsar", "erase", "u_1")
    assert "case_not_settled" in shell.complains("dsar", "erase", "u_1", "--yes", code=1)
    shell.does(settle)
    assert shell.says("dsar", "erase", "u_1", "--yes") == {
        "customer": "u_1", "cases": 1, "recordings": 0, "was_unreadable": False,
    }  # fmt: skip
    assert "no such customer" in shell.complains("dsar", "erase", "u_1", "--yes", code=1)
    assert shell.log == [
        ("customer_erased", "command_line", {"customer": "u_1", "cases": 1, "recordings": 0}),
    ]  # fmt: skip


def test_a_customer_who_comes_back_with_a_backup_is_erased_again(shell: Shell) -> None:
    shell.does(settle)
    backup = (shell.folder / "wakeup.db").read_bytes()
    shell.says("dsar", "erase", "u_1", "--yes")
    [erasures] = shell.folder.glob("*.erasures")
    assert shell.says("dsar", "reapply", str(erasures)) == WHOLE | {"erased_again": 0}
    for left in shell.folder.glob("wakeup.db*"):
        left.unlink()
    (shell.folder / "wakeup.db").write_bytes(backup)
    assert shell.says("dsar", "hold", "u_1", "--ticket", "C-17")
    held = shell.says("dsar", "reapply", str(erasures), code=1)
    assert (held["erased_again"], held["left"]) == (0, {"u_1": "legal_hold C-17"})
    shell.says("dsar", "unhold", "u_1")
    assert shell.says("dsar", "reapply", str(erasures)) == WHOLE | {"erased_again": 1}
    assert "no such customer" in shell.complains("dsar", "erase", "u_1", "--yes", code=1)
    good = erasures.read_text()
    erasures.write_text(good + good[:40])
    assert shell.says("dsar", "reapply", str(erasures)) == WHOLE | {"erased_again": 0, "wrong_lines": [2]}
    assert ".erasures:2: the line was altered" in shell.shows("dsar", "reapply", str(erasures), stderr=True)
    erasures.write_bytes(b"\xff" + good.replace("u_1", "u_2").encode())
    assert "no line was written by a node" in shell.complains("dsar", "reapply", str(erasures))


def test_a_legal_hold_stands_until_it_is_lifted(shell: Shell) -> None:
    shell.does(settle)
    assert shell.says("dsar", "hold", "u_1", "--ticket", "C-17") == {"customer": "u_1", "held": True}
    assert "is set already" in shell.complains("dsar", "hold", "u_1", "--ticket", "C-18", code=1)
    assert "legal_hold C-17" in shell.complains("dsar", "erase", "u_1", "--yes", code=1)
    assert "ticket" in shell.complains("dsar", "hold", "u_1", "--ticket", "Mei Chen", code=1)
    assert shell.says("dsar", "unhold", "u_1") == {"customer": "u_1", "held": False}
    assert "no legal hold is set" in shell.complains("dsar", "unhold", "u_1", code=1)
