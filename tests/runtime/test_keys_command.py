"""A new master key: everything is rewrapped with it while a service runs, and then the old key can be removed."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.runtime.test_shell_acts import Shell
from tests.unit.builders import T0
from tests.unit.desk import PHONE, wait
from wakeup.cli.app import app
from wakeup.domain.errors import WakeupError
from wakeup.domain.ids import CustomerId
from wakeup.domain.staff import StaffId
from wakeup.runtime.settings.settings import new_keys
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.repositories.sign_in import Factor

DATA = "WAKEUP_KEYS__DATA"


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """Three customers and a second factor, wrapped by the first master key."""
    shell = Shell(tmp_path)
    for n in range(1, 4):
        shell.does(lambda unit, n=n: open_case(unit, wait(n, phone=PHONE), T0))
    factor = Factor(staff_id=StaffId("usr_ann"), secret="JBSWY3DPEHPK3PXP", made_at=T0, confirmed_at=T0)
    shell.does(lambda unit: unit.sign_ins.keep_factor(factor))
    return shell


def another() -> str:
    return new_keys(lambda count: bytes(range(count)))[DATA]


def opened(unit: SqlUnit) -> list[str]:
    """What the keys protect, decrypted."""
    cases = [case for n in (1, 2, 3) for case in unit.cases.lock_unsettled(CustomerId(f"u_{n}"))]
    factor = unit.sign_ins.factor(StaffId("usr_ann"))
    assert factor is not None
    return [*(party.phone for case in cases for party in unit.parties.of_case(case)), factor.secret]


def test_the_old_master_key_may_go_after_the_rewrapping(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wakeup.usecases.personal_data.wrapping.A_PAGE", 2)
    old, new = shell.environment[DATA], another()
    before = shell.does(opened)
    shell.environment[DATA] = new
    with pytest.raises(WakeupError):
        shell.does(opened)
    shell.environment[DATA] = f"{new},{old}"
    assert shell.says("keys", "rewrap") == {
        "anew": {"customers": 3, "agents": 0, "second_factors": 1}, "unreadable": 0,
    }  # fmt: skip
    assert shell.says("keys", "rewrap")["anew"] == {"customers": 0, "agents": 0, "second_factors": 0}
    shell.environment[DATA] = new
    assert shell.does(opened) == before
    assert shell.log[0] == ("keys_wrapped_anew", "command_line", {"keys": 4, "unreadable": 0})


def test_a_key_that_cannot_be_read_is_left_and_counted(shell: Shell) -> None:
    old, new = shell.environment[DATA], another()
    shell.environment[DATA] = new
    told = shell.says("keys", "rewrap", code=1)
    assert told == {"anew": {"customers": 0, "agents": 0, "second_factors": 0}, "unreadable": 4}
    shell.environment[DATA] = f"{new},{old}"
    assert shell.says("keys", "rewrap")["anew"]["customers"] == 3


def test_a_lost_master_key_is_counted_and_given_up_only_by_its_name(shell: Shell) -> None:
    assert "every customer's key can be opened" in shell.shows("keys", "lost")
    shell.environment[DATA] = another()
    told = shell.says("keys", "lost", code=1)
    [master] = told["keys"]
    assert told == {"customers": 3, "unsettled": 3, "keys": {master: {"customers": 3, "unsettled": 3}}}
    nothing = {"customers": 0, "cases": 0, "held_cases": 0, "left": 3, "kept": {}}
    assert shell.says("keys", "give-up", "--yes", code=1) == nothing, "another node may have that master key"
    assert "no customer's key needs" in shell.complains("keys", "give-up", "--master-key", "0badc0de", "--yes")
    assert "add --yes" in shell.complains("keys", "give-up", "--master-key", master)
    done = shell.says("keys", "give-up", "--master-key", master, "--yes")
    assert done == {"customers": 3, "cases": 3, "held_cases": 3, "left": 0, "kept": {}}
    assert shell.says("keys", "lost") == {"customers": 0, "unsettled": 0, "keys": {}}
    assert shell.log[-1] == (
        "key_given_up", "command_line", {"customer": "u_3", "fault": master, "cases": 1}
    )  # fmt: skip
    with pytest.raises(WakeupError):
        shell.does(opened)  # the second factor's key is none of a customer


def test_a_damaged_key_is_given_up_without_a_name(shell: Shell) -> None:
    shell.does(
        lambda unit: unit.connection.exec_driver_sql("UPDATE customers SET wrapped_key = x'00' WHERE id = 'u_2'")
    )
    lines = CliRunner().invoke(app, ["keys", "lost"], env={**shell.environment, "COLUMNS": "200"})
    assert lines.exit_code == 1
    said = " ".join(lines.stdout.split())
    assert said == "1 customers have a damaged key; 1 of them have a case that is not settled"
    assert shell.says("keys", "give-up", "--yes")["customers"] == 1


def test_under_a_legal_hold_no_key_is_given_up(shell: Shell) -> None:
    shell.does(
        lambda unit: unit.connection.exec_driver_sql("UPDATE customers SET wrapped_key = x'00' WHERE id = 'u_2'")
    )
    shell.shows("dsar", "hold", "u_2", "--ticket", "C-17")
    told = shell.says("keys", "give-up", "--yes", code=1)
    assert (told["customers"], told["kept"]) == (0, {"u_2": "legal_hold C-17"})
    shell.shows("dsar", "unhold", "u_2")
    assert shell.says("keys", "give-up", "--yes")["customers"] == 1


def test_a_customer_whose_key_cannot_be_given_up_keeps_no_other_waiting(shell: Shell) -> None:
    def spoils(unit: SqlUnit) -> None:
        unit.connection.exec_driver_sql("UPDATE customers SET wrapped_key = x'00' WHERE id <> 'u_3'")
        unit.connection.exec_driver_sql(
            "CREATE TRIGGER spoilt BEFORE UPDATE ON customers WHEN old.id = 'u_1' "
            "BEGIN SELECT RAISE(ABORT, 'a value of theirs'); END"
        )

    shell.does(spoils)
    told = shell.says("keys", "give-up", "--yes", code=1)
    assert (told["customers"], told["kept"]) == (1, {"u_1": "ConstraintError"})
    shell.does(lambda unit: unit.connection.exec_driver_sql("DROP TRIGGER spoilt"))
    assert shell.says("keys", "give-up", "--yes")["customers"] == 1
