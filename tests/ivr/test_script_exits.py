"""The exits of a script that are asked for: all that can be taken, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ivr.stage import GENERIC
from tests.ivr.tiny import edit, tell, tiny_library
from wakeup.workshop.stories.run import run
from wakeup.workshop.stories.script_exits import bands, exits_of


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return tiny_library(tmp_path / "library")


def test_a_split_is_taken_each_way_by_a_callee_it_sends_there(tiny: Path) -> None:
    edit(tiny, "tiny/script.yaml", "human: start, unknown: start", "human: who, unknown: who")
    split = 'who: {type: split, ways: [{share: "99", to: start}, {share: "1", to: bye}]}'
    edit(tiny, "tiny/script.yaml", "nodes:\n", f"nodes:\n  {split}\n")
    assert {one.exit for one in run(tiny).untaken} == {"nodes.who.ways[1]"}, "by chance one is sent the rare way"
    tell(tiny, '  rare: {sent: {who: "2"}, inputs: [answered human], contact: unverified_human, outcome: partial}')
    assert run(tiny, update=True).clean
    assert "rare a\n  answered human > who, bye\n" in (tiny / "tiny/transcript.en.txt").read_text("utf-8")


def test_impossible_exits_need_no_story() -> None:
    script = GENERIC.script
    assert bands(script)["verdict"] == {"contradicted", "undecided", "consistent"}, "the coached are gone by then"
    asked = exits_of(script)
    assert "nodes.verdict.coached" not in asked and "nodes.weigh.coached" in asked
    assert "nodes.stay.unclear" not in asked and "nodes.stay.silent" in asked
