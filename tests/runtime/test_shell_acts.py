"""Acts from a shell are recorded in the log of administration, as acts at the console are."""

from __future__ import annotations

import json
import os
import shutil
from base64 import b64encode
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.scenario.world import environment
from tests.storage.migrated import migrated_file
from tests.unit.builders import HOUR, T0
from tests.unit.desk import wait
from wakeup.__main__ import main
from wakeup.cli import app as command_line
from wakeup.cli.app import app
from wakeup.domain.decision import Ruling, Verdict
from wakeup.runtime.dependencies import unit_dependencies
from wakeup.runtime.infrastructure import real_infrastructure
from wakeup.runtime.settings.settings import load_settings
from wakeup.storage.audit import remember_anchor
from wakeup.storage.engine import make_engine
from wakeup.storage.unit_of_work import SqlUnit, UnitDependencies, unit_maker
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import record_decision
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.records import MessageState

NOWHERE = "http://127.0.0.1:1"


class Shell:
    """Runs commands in an environment of their own, and reads the database afterwards."""

    def __init__(self, folder: Path) -> None:
        shutil.copy(migrated_file(), folder / "wakeup.db")
        self.folder = folder
        self._fitted: dict[str, UnitDependencies] = {}
        self.environment = environment(folder, NOWHERE, NOWHERE, WAKEUP_NODE__NAME="n1")

    def says(self, *words: str, typed: str = "", code: int = 0) -> Any:
        done = CliRunner().invoke(app, [*words, "--json"], env=self.environment, input=typed)
        assert done.exit_code == code, done.output
        return json.loads(done.stdout)

    def refuses(self, *words: str, piped: bytes) -> str:
        """The message with which a command refuses piped input."""
        done = CliRunner().invoke(app, words, env=self.environment, input=piped)
        assert done.exit_code == 2 and not done.stdout, done.output
        return " ".join(done.stderr.split())

    def shows(self, *words: str, stderr: bool = False) -> str:
        """The output on a narrow screen."""
        done = CliRunner().invoke(app, words, env={**self.environment, "COLUMNS": "80"})
        assert done.exit_code == 0, done.output
        return done.stderr if stderr else done.stdout

    def complains(self, *words: str, code: int = 2) -> str:
        """The error of a command that does nothing, on one line."""
        done = CliRunner().invoke(app, words, env=self.environment)
        assert done.exit_code == code and not done.stdout, done.output
        return " ".join(done.stderr.split())

    def does(self, act: Any) -> Any:
        engine = make_engine(self.environment["WAKEUP_DATABASE_URL"])
        with engine.begin() as connection:
            done = act(unit_maker(self._dependencies())(connection))
        engine.dispose()
        return done

    def _dependencies(self) -> UnitDependencies:
        """Loaded once for each set of keys, because there are many scripts."""
        keys = self.environment["WAKEUP_KEYS__DATA"]
        if keys not in self._fitted:
            settings = load_settings(self.environment)
            self._fitted[keys] = unit_dependencies(settings, real_infrastructure(settings))
        return self._fitted[keys]

    @property
    def log(self) -> list[tuple[str, str, dict[str, Any]]]:
        """Oldest first: the kind, who did it, and the other data of each note."""
        notes = [note for _, _, note in reversed(self.does(lambda unit: unit.admin.newest(9)))]
        return [(note.kind, note.by, {k: v for k, v in note.data.items() if v is not None}) for note in notes]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def dies(unit: SqlUnit, n: int, last_status: int | None = None, ruling: Ruling = Ruling.HOLD) -> str:
    """The payment core does not take the decision of transfer n."""
    accepted = open_case(unit, wait(n, customer_id=f"u_{n}", phone=f"+659000000{n}"), T0)
    with CaseFile(unit, unit.cases.lock(accepted.case_id), T0 + HOUR) as file:
        record_decision(file, file.transfers()[0], Verdict(ruling=ruling, reason="released_by_person"), "Mei")
    [message] = unit.outbox.due(T0 + HOUR, 9, 9)
    dead = replace(message, state=MessageState.DEAD, settled_at=T0 + HOUR, last_status=last_status)
    unit.outbox.save(dead)
    return message.id


def test_all_dead_messages_are_sent_again_with_one_command_and_allows_only_when_they_are_asked_for(
    shell: Shell,
) -> None:
    found = [
        shell.does(partial(dies, n=n, last_status=status, ruling=ruling))
        for n, (status, ruling) in enumerate(
            [(None, Ruling.HOLD), (503, Ruling.HOLD), (422, Ruling.HOLD), (None, Ruling.ALLOW)], start=1
        )
    ]

    def replays(*words: str) -> tuple[int, list[str], int]:
        said = shell.says("outbox", "replay", *words)
        assert said["not_replayed"] == []
        return said["replayed"], [one["message_id"] for one in said["messages"]], said["allows_left_out"]

    assert replays("--all", "--status", "none") == (1, found[:1], 1)
    assert replays("--all", "--status", "5xx") == (1, found[1:2], 0)
    assert replays("--all") == (1, found[2:3], 1)
    assert replays("--all", "--with-allows") == (1, found[3:], 0)
    assert replays("--all") == (0, [], 0)


def test_a_dead_allow_is_left_out_also_by_a_shell_that_lacks_the_master_key(shell: Shell) -> None:
    allow, hold = (shell.does(partial(dies, n=n, ruling=r)) for n, r in enumerate((Ruling.ALLOW, Ruling.HOLD), start=1))
    shell.environment["WAKEUP_KEYS__DATA"] = b64encode(os.urandom(32)).decode()
    said = shell.says("outbox", "replay", "--all")
    assert ([one["message_id"] for one in said["messages"]], said["allows_left_out"]) == ([hold], 1)
    assert [one.id for one in shell.does(lambda unit: unit.outbox.listed(MessageState.DEAD, 9))] == [allow]


def test_several_messages_are_sent_again_and_the_others_are_named(shell: Shell) -> None:
    first, second = (shell.does(partial(dies, n=n)) for n in (1, 2))
    said = shell.says("outbox", "replay", first, "msg_unknown", second, code=1)
    assert [one["message_id"] for one in said["messages"]] == [first, second]
    assert said["not_replayed"] == [{"message_id": "msg_unknown", "reason": "no such message"}]


@pytest.mark.parametrize(
    "words", [(), ("msg_1", "--all"), ("msg_1", "--status", "5xx"), ("--with-allows",), ("--all", "--status", "often")]
)
def test_the_command_refuses_an_unclear_choice_of_messages_to_replay(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell.complains("outbox", "replay", *words)


def test_a_message_that_is_sent_again_from_a_shell_is_written_down(shell: Shell) -> None:
    message_id = shell.does(lambda unit: dies(unit, 1))
    assert message_id in shell.shows("outbox", "list", "--state", "dead"), "whole: it is copied from there"
    said = shell.says("outbox", "replay", message_id)
    assert (said["replayed"], said["not_replayed"]) == (1, [])
    assert [one["state"] for one in said["messages"]] == ["due"]
    assert shell.log == [("message_replayed", "command_line", {"message": message_id, "transfer": "t_1"})]


def test_an_anchors_file_that_is_gone_is_a_fault_until_an_operator_begins_anew(shell: Shell) -> None:
    assert shell.says("audit", "verify") == {"faults": [], "anchors": False}
    shell.does(lambda unit: remember_anchor(unit, "n1", 7, "d" * 64))
    missed = {"kind": "anchor_removed", "case_id": None, "n": 0}
    assert shell.says("audit", "verify", code=1) == {"faults": [missed], "anchors": False}
    assert shell.says("audit", "begin-anew") == {"node": "n1", "left_behind": 7, "held_cases": 0}
    assert shell.says("audit", "verify") == {"faults": [], "anchors": False}
    assert shell.says("audit", "begin-anew") == {"node": "n1", "left_behind": 0, "held_cases": 0}
    assert shell.log == [("anchors_begun_anew", "command_line", {"node": "n1", "n": 7, "digest": "d" * 64})]


def pending_case(unit: SqlUnit) -> None:
    open_case(unit, wait(1), T0)


def test_a_restored_copy_is_held_until_a_human_decides_and_that_is_written_down(shell: Shell) -> None:
    shell.does(pending_case)
    assert shell.says("audit", "begin-anew") == {"node": "n1", "left_behind": 0, "held_cases": 1}
    transfer = shell.does(lambda unit: unit.transfers.get("t_1"))
    assert (transfer.guarded, transfer.sequence > 900) == (True, True)
    assert shell.log == [("copy_restored", "command_line", {"cases": 1})]
    assert "1 cases are held until a human decides" in " ".join(shell.shows("audit", "begin-anew").split())


def test_where_only_the_anchors_file_was_lost_nothing_is_held(shell: Shell) -> None:
    shell.does(pending_case)
    found = shell.says("audit", "begin-anew", "--only-anchors")
    assert found == {"node": "n1", "left_behind": 0, "held_cases": 0}
    assert not shell.does(lambda unit: unit.transfers.get("t_1")).guarded
    assert shell.does(lambda unit: unit.decisions.floor()) == 0, "the bank's numbers go on"


def test_a_case_that_cannot_be_held_for_want_of_its_key_is_guarded_and_named(shell: Shell) -> None:
    shell.does(pending_case)
    case_id = shell.does(lambda unit: unit.transfers.get("t_1")).case_id
    shell.environment["WAKEUP_KEYS__DATA"] = b64encode(bytes(range(32))).decode()
    done = CliRunner().invoke(app, ["audit", "begin-anew"], env=shell.environment)
    assert done.exit_code == 1
    said = " ".join(done.stderr.split())
    assert f"guarded, but the payment core is not told, because their customer's key cannot be read: {case_id}." in said
    assert shell.does(lambda unit: unit.transfers.get("t_1")).guarded


@pytest.mark.parametrize("end", [b"\x00\n", b"[]\n"])
def test_anchors_are_not_begun_anew_after_a_line_that_is_no_anchor(shell: Shell, end: bytes) -> None:
    shell.does(lambda unit: remember_anchor(unit, "n1", 7, "d" * 64))
    anchors = shell.folder / "anchors.jsonl"
    anchors.write_bytes(end)
    said = shell.complains("audit", "begin-anew")
    assert said == f"{anchors} ends in a line that is not an anchor: move the file away, keep it, and run this again"
    assert shell.log == []
    anchors.rename(shell.folder / "anchors.of.before")
    assert shell.says("audit", "begin-anew") == {"node": "n1", "left_behind": 7, "held_cases": 0}


def test_an_owner_who_is_nearly_known_is_named_when_an_account_is_made(shell: Shell) -> None:
    def add(name: str, person: str) -> str:
        words = ["user", "add", name, "--role", "supervisor", "--person", person, "--password-stdin"]
        done = CliRunner().invoke(app, words, env=shell.environment, input="correct horse battery\n")
        assert done.exit_code == 0, done.output
        return " ".join(done.stderr.split())

    assert add("ann", "E-1001") == ""
    assert add("ann2", "e-1001") == "", "one person may have several accounts"
    assert add("ann3", "e1001").startswith("person e1001 is nearly e-1001, the owner of ann: if they are one person")


@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", "ann", "--role", "agent", "--person", "p1", "--password-stdin"),
        ("agent", "add", "ann", "--language", "zh"),
    ],
)
def test_piped_input_that_is_not_utf_8_is_refused_in_a_line(shell: Shell, words: tuple[str, ...]) -> None:
    assert shell.refuses(*words, piped=b"\xff" * 20 + b"\n") == "what is piped in is not UTF-8"


def test_files_that_a_command_makes_are_its_users_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = tmp_path / "made"
    monkeypatch.setattr(command_line, "app", made.touch)
    before = os.umask(0o022)
    try:
        main()
    finally:
        os.umask(before)
    assert made.stat().st_mode & 0o777 == 0o600
