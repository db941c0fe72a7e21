"""Whatever a script offers may be said instead of pressed. It counts as its own key, or the callee is asked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ivr.lint.stage import GOOD, edit, good_library, lint
from tests.ivr.stage import SCRIPTS
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import understand
from wakeup.ivr.nodes import Question
from wakeup.runtime.scripts.files import read_sources, script_folders
from wakeup.workshop.lint.offered import offers

KEYS = {"1": Meaning.YES, "2": Meaning.NO, "3": Meaning.UNSURE}


@pytest.mark.parametrize(
    ("language", "words", "offered"),
    [
        ("zh-CN", "对方说过吗？说过，请按1。没说过，请按2。", [("说过", "1"), ("没说过", "2")]),
        ("zh-CN", "先停着，再想想，请按2。要是别的情况，请按3。", [("先停着，再想想", "2"), ("别的情况", "3")]),
        ("zh-CN", "不想再接到这样的来电，请按星号键。", [("不想再接到这样的来电", "*")]),
        ("en", "Was it so? Yes, press 1. For no, press 2.", [("Yes", "1"), ("no", "2")]),
        ("en", "If you still want to pay now, press 2.", [("still want to pay now", "2")]),
    ],
)
def test_the_offers_of_a_sentence_are_read_with_their_keys(
    language: str, words: str, offered: list[tuple[str, str]]
) -> None:
    assert offers(words, language) == offered


@pytest.mark.parametrize("folder", script_folders(SCRIPTS), ids=lambda folder: folder.name)
def test_every_answer_of_every_question_is_understood_when_it_is_said_back(folder: Path) -> None:
    sources = read_sources(folder)
    assert sources.script is not None
    for language in sources.script.languages.supported:
        for node in sources.script.nodes.values():
            for wording in node.variants if isinstance(node, Question) else ():
                offered = offers(sources.words[language][wording.prompt], language)
                assert [key for _, key in offered][:2] == ["1", "2"], wording.prompt
                assert {said: understand(said, asked=True) for said, _ in offered} == {
                    said: KEYS[key] for said, key in offered
                }


def test_an_inverted_offer_is_refused(tmp_path: Path) -> None:
    library = good_library(tmp_path)
    edit(library, f"{GOOD}/prompts.zh-CN.yaml", "说过，请按1。没说过，请按2。", "没说过，请按1。说过，请按2。")
    found = [one for one in lint(library) if one.rule == "offered"]
    assert [(one.level, "means no when" in one.why) for one in found] == [("error", True), ("error", False)]


def test_a_word_that_claims_all_is_well_is_refused(tmp_path: Path) -> None:
    library = good_library(tmp_path)
    edit(library, "shared/talk/subscript.yaml", "genuine: family_later", "genuine: claim")
    assert [one.level for one in lint(library) if one.rule == "spoken-claim"] == ["error"]
