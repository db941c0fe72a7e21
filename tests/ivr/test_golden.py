"""Golden transcripts: every story of every script in every language, as `wakeup scripts test` plays them.

`WAKEUP_GOLDEN=update pytest tests/ivr/test_golden.py` writes them anew, as `wakeup scripts test --update` does.
"""

from __future__ import annotations

import os

import pytest

from tests.ivr.stage import LIBRARY, SCRIPTS
from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.library import Published
from wakeup.ivr.nodes import Hangup
from wakeup.runtime.scripts.library import GUARDIAN_CALL
from wakeup.workshop.stories.play import StoryPlayer
from wakeup.workshop.stories.reading import read_stories
from wakeup.workshop.stories.report import Report
from wakeup.workshop.stories.run import run

ENTRIES = list(LIBRARY)
CUSTOMERS = [entry for entry in ENTRIES if entry.script.id != GUARDIAN_CALL]


@pytest.fixture(scope="module")
def report() -> Report:
    return run(SCRIPTS, update=os.environ.get("WAKEUP_GOLDEN") == "update")


def test_every_transcript_is_what_is_heard_now(report: Report) -> None:
    shown = ["\n".join([one.file, *one.diff]) for one in report.different]
    assert not shown, "read what changed; if it is meant: wakeup scripts test --update\n" + "\n".join(shown)
    assert report.scripts == len(ENTRIES)


def test_every_story_comes_out_as_it_says(report: Report) -> None:
    assert [str(fault) for fault in report.faults] == []


def test_a_story_takes_every_exit_of_every_script_in_every_language(report: Report) -> None:
    assert [f"{one.file}:{one.line}: {one}" for one in report.untaken] == []
    assert report.exits > 200 * sum(len(entry.script.languages.supported) for entry in ENTRIES)


def test_transcripts_are_short_enough_to_read() -> None:
    written = list(SCRIPTS.glob("*/transcript.*.txt"))
    spoken = sum(len(entry.script.languages.supported) for entry in ENTRIES)
    assert len(written) == spoken + 2, "one a script and language, and one a language of what they share"
    shared = [path for path in written if path.parent.name == "shared"]
    assert len(shared) == 2 and max(path.stat().st_size for path in shared) < 54_500
    assert max(path.stat().st_size for path in set(written) - set(shared)) < 22_000


@pytest.mark.parametrize("entry", CUSTOMERS, ids=lambda entry: entry.script.id)
def test_all_wordings_contacts_and_outcomes_are_told(entry: Published) -> None:
    stories = [told.story for told in read_stories(SCRIPTS, entry.script).told]
    assert {wording for story in stories for wording in story.wordings} == {"a", "b", "c"}
    assert sorted(wording for story in stories for wording in story.aloud) == ["a", "b", "c"], "one call each, aloud"
    # A guardian expresses a worry in reply to an SMS. No script finds it.
    assert {story.outcome for story in stories} == set(Outcome) - {Outcome.GUARDIAN_WORRIED}
    told_elsewhere = {Contact.SUSPECTED_FORWARDED, Contact.NOBODY, Contact.GUARDIAN}
    assert {story.contact for story in stories} == set(Contact) - told_elsewhere


@pytest.mark.parametrize("entry", CUSTOMERS, ids=lambda entry: entry.script.id)
def test_no_advice_before_the_choice_asks_to_hang_up(entry: Published) -> None:
    """The callee would end our call before they have chosen. Advice may name the other line: `End their call`."""
    words = SCRIPTS / entry.script.id
    for language, hang_up in (("en", "hang up"), ("zh-CN", "挂断")):
        [choice] = [
            line
            for line in (words / f"prompts.{language}.yaml").read_text(encoding="utf-8").splitlines()
            if line.startswith("choice:")
        ]
        assert hang_up not in choice.lower()


def test_a_call_to_a_guardian_finds_nothing_that_frees_money() -> None:
    stories = [told.story for told in read_stories(SCRIPTS, LIBRARY.latest(GUARDIAN_CALL).script).told]
    assert {story.contact for story in stories}.isdisjoint({Contact.RIGHT_PARTY})
    assert {story.outcome for story in stories}.isdisjoint({Outcome.CONSISTENT, Outcome.DISSUADED, Outcome.PERSISTS})
    assert {Outcome.KEEP_HOLD, Outcome.PARTIAL} <= {story.outcome for story in stories}


def test_every_callee_who_did_not_hang_up_heard_last_words() -> None:
    entry = LIBRARY.latest("generic")
    pool = read_stories(SCRIPTS, entry.script)
    heard = 0
    for language in entry.script.languages.supported:
        stage = StoryPlayer(entry, language, pool.sayings)
        for told in pool.told:
            played = stage.play(told, "a")
            last = played.taken[-1].turn
            node = entry.script.nodes[last.node]
            if isinstance(node, Hangup) and node.prompts:
                heard += 1
                assert last.utterances and last.listen is None, told.name
    assert heard > 100
