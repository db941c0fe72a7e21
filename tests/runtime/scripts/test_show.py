"""A phone conversation is shown word for word afterwards, and counted on the picture of its script."""

from __future__ import annotations

import json
import os
import random
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner, Result

from tests.ivr.stage import LIBRARY
from tests.scenario import virtual
from tests.scenario.world import World, environment, tell
from wakeup.cli.app import app
from wakeup.cli.commands.scripts_show import conversation_facts
from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.ivr.turn import Turn, Utterance
from wakeup.runtime.settings.settings import new_keys
from wakeup.usecases.conversation.transcripts import Transcript
from wakeup.usecases.records import SpokenTurn, Talk

SAID = "隔壁老杨叫我的，钱已经转出去了"


@pytest.fixture(scope="module", autouse=True)
def as_they_lie_there() -> Iterator[None]:
    """The service uses the scripts in the folder, published or not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(virtual, "scripts_in_force", lambda _folder, _database_url: LIBRARY)
        yield


@pytest.fixture(scope="module")
def told(as_they_lie_there: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, list[str]]:
    """A database with two conversations in one case, the case's id, and what was heard in the second conversation."""
    folder = tmp_path_factory.mktemp("told")
    case: list[str] = []
    heard: list[str] = []

    async def story(world: World) -> None:
        phone = world.handset()
        answer = await world.flag(minutes=30)
        case.append(answer.body["case_id"])
        first = await phone.expect_call(within=10)
        await first.answers()
        await first.hears("请按1")
        await first.hangs_up()
        second = await phone.expect_call(within=600)
        await second.answers()
        for heard_first in ("您本人在用", "核对码", "转账"):
            await second.hears(heard_first)
            if heard_first != "转账":
                await second.presses("1")
        await second.says(SAID)
        await second.ended()
        heard.extend(second.transcript)

    tell(story, folder)
    return folder, case[0], heard


def wakeup(folder: Path, *arguments: str, **more: str) -> Result:
    """Run the command with the service's settings; in this process, because starting another takes longer than the
    rest.
    """
    settings = environment(folder, "http://127.0.0.1:1", "http://127.0.0.1:1", **more)
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("WAKEUP_")]:
            patch.delenv(name)
        for name, value in {**settings, "COLUMNS": "60"}.items():
            patch.setenv(name, value)
        patch.chdir(folder)
        try:
            return CliRunner().invoke(app, ["scripts", *arguments])
        finally:
            structlog.reset_defaults()


def test_a_case_is_shown_word_for_word(told: tuple[Path, str, list[str]]) -> None:
    folder, case, heard = told
    done = wakeup(folder, "show", case, "--json")
    assert done.exit_code == 0, done.stderr
    shown = json.loads(done.stdout)
    assert shown["case_id"] == case
    first, second = shown["conversations"]
    assert first["turns"][-1]["input"] == "hungup"
    assert [turn["n"] for turn in second["turns"]] == list(range(len(second["turns"])))
    assert (second["script"], second["language"], second["wording"] in "abc") == ("generic", "zh-CN", True)
    assert len(second["content_hash"]) == 64
    assert second["turns"][-1]["input"] == f"speech {SAID}"
    assert all(turn["at"].endswith("Z") for turn in second["turns"])
    words = [one["text"] for turn in second["turns"] for one in turn["words"]]
    assert words == heard
    printed = wakeup(folder, "show", case)
    assert printed.exit_code == 0, printed.stderr
    assert all(text in printed.stdout for text in (*words, SAID, second["content_hash"]))
    assert not printed.stderr


def test_an_unknown_case_is_reported_and_no_database_is_made(told: tuple[Path, str, list[str]], tmp_path: Path) -> None:
    folder, _, _ = told
    done = wakeup(folder, "show", "case_nope")
    assert done.exit_code == 1
    assert "no such case" in done.stderr
    done = wakeup(tmp_path, "show", "case_nope")
    assert done.exit_code == 1
    assert "there is no database" in done.stderr
    assert not list(tmp_path.glob("wakeup.db*"))


def test_nothing_can_be_read_without_the_keys(told: tuple[Path, str, list[str]]) -> None:
    folder, case, _ = told
    done = wakeup(folder, "show", case, **new_keys(random.Random(8).randbytes))
    assert done.exit_code == 1
    assert SAID not in done.stdout + done.stderr


def test_the_picture_counts_what_happened(told: tuple[Path, str, list[str]], tmp_path: Path) -> None:
    folder, _, _ = told
    html = tmp_path / "generic.html"
    done = wakeup(folder, "graph", "generic", "--html", str(html))
    assert done.exit_code == 0, done.stderr
    assert "2 conversations counted" in done.stdout
    root = ET.fromstring(html.read_text(encoding="utf-8"))
    sheets = {
        one.attrib["data-sheet"]: [" ".join("".join(part.itertext()).split()) for part in one]
        for one in root.iter("article")
    }
    assert any(line.startswith("2 came · ") and "1 hung up" in line for line in sheets["opening"])
    assert any("key 1, says yes → right_party 1" in line for line in sheets["opening"])
    assert any(line.endswith("paid_person 0–1") for line in sheets["already_paid"]), "or gone, and it was not them"
    other = wakeup(folder, "graph", "romance", "--html", str(html))
    assert "0 conversations counted" in other.stdout
    assert " came" not in html.read_text(encoding="utf-8")


def test_signs_that_steer_a_terminal_are_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    from wakeup.cli.commands.scripts_show import _print

    _print(conversation_facts(spoken(input="speech \x1b]0;owned\x07\u202egnihton")))
    shown = capsys.readouterr().out
    assert "owned" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def spoken(**changes: Any) -> Transcript:
    """A conversation of one turn, written by an older release: its state has fields that no longer exist."""
    from tests.unit.builders import T0

    turn = Turn(n=0, node="opening", utterances=(Utterance(text="[bold]您好", language="zh-CN"),))
    state = {
        "script_id": "generic", "version": "1", "content_hash": "c" * 64, "language": "zh-CN", "variant": 2,
        "of_old": True,
    }  # fmt: skip
    talk = Talk(
        attempt_id=AttemptId("att_1"), case_id=CaseId("case_1"), customer_id=CustomerId("u_1"), turns=1, finished=False,
        started_at=T0, turned_at=T0, state=json.dumps(state), named=(),
    )  # fmt: skip
    values = {"attempt_id": "att_1", "customer_id": "u_1", "n": 0, "at": T0, "turn": turn.to_json(), "input": "x"}
    return Transcript(talk=talk, turns=(SpokenTurn(**{**values, **changes}),))


def test_an_old_conversation_is_shown_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    from wakeup.cli.commands.scripts_show import _print

    facts = conversation_facts(spoken())
    assert facts["wording"] == "c"
    _print(facts)
    shown = capsys.readouterr().out
    assert "[bold]您好" in shown
    assert "still going on" in shown
