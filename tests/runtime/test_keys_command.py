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
        "anew": {"customers": 3, "agents": 0, "second_factors": 1}, "unreadable": 0, "customers": [],
    }  # fmt: skip
    assert shell.says("keys", "rewrap")["anew"] == {"customers": 0, "agents": 0, "second_factors": 0}
    shell.environment[DATA] = new
    assert shell.does(opened) == before
    assert shell.log[0] == ("keys_wrapped_anew", "command_line", {"keys": 4, "unreadable": 0})


def test_a_key_that_cannot_be_read_is_left_and_counted(shell: Shell) -> None:
    old, new = shell.environment[DATA], another()
    shell.environment[DATA] = new
    told = shell.says("keys", "rewrap", code=1)
    assert told == {
        "anew": {"customers": 0, "agents": 0, "second_factors": 0},
        "unreadable": 4,
        "customers": ["u_1", "u_2", "u_3"],
    }
    said = CliRunner().invoke(app, ["keys", "rewrap"], env=shell.environment)
    assert said.exit_code == 1 and "4 could not be unwrapped" in said.stderr and "wakeup dsar erase" in said.stderr
    shell.environment[DATA] = f"{new},{old}"
    assert shell.says("keys", "rewrap")["anew"]["customers"] == 3
