"""`wakeup scripts test`: what makes it fail, with which message, and that paths no story takes do not count."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.ivr.stage import SCRIPTS
from tests.ivr.tiny import TINY, edit, line_of, tell, tiny_library
from wakeup.cli.commands import scripts_test
from wakeup.domain.errors import ConfigError
from wakeup.workshop.stories.report import Report
from wakeup.workshop.stories.run import run

TALK = "shared/talk/stories.yaml"
OPENING = "shared/opening/stories.yaml"
INSIST = 'prompts: [insist.say, insist.ask]\n    reprompts: [insist.again]\n    timeout_s: "12"\n    keys: {'
OWN = "steps: [own.step, own.unsure]\n    timeout_s: "
"""Text that precedes a passage which occurs more than once."""


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return tiny_library(tmp_path / "library")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of one script with its transcripts written."""
    folder = tmp_path_factory.mktemp("library")
    for name in ("generic", "shared"):
        shutil.copytree(SCRIPTS / name, folder / name)
    assert run(folder, update=True).faults == []
    return folder


@pytest.fixture
def library(whole: Path, tmp_path: Path) -> Path:
    return shutil.copytree(whole, tmp_path / "library")


def faults(report: Report) -> str:
    return "\n".join(str(fault) for fault in report.faults)


def diff(report: Report) -> str:
    return "\n".join(line for one in report.different for line in one.diff)


def test_the_transcripts_agree_with_what_the_stories_hear(library: Path) -> None:
    report = run(library)
    assert report.clean and report.exits == report.exits - len(report.untaken) > 400
    assert {path.name for path in library.glob("*/transcript.*")} == {"transcript.en.txt", "transcript.zh-CN.txt"}
    assert run(library, ["generic"]).clean, "one script alone is compared with the same transcripts"


def test_a_changed_word_is_seen_in_the_one_language_and_by_its_name(library: Path) -> None:
    edit(library, "generic/prompts.en.yaml", 'end.persists: "', 'end.persists: "Well. ')
    report = run(library)
    assert [one.file for one in report.different] == ["generic/transcript.en.txt"]
    assert "+    Well. " in diff(report), "it is in a call that is read aloud"
    assert "-end.persists " in diff(report) and "+end.persists " in diff(report)


def test_a_changed_word_that_is_said_only_to_some_is_seen_too(library: Path) -> None:
    edit(library, "shared/ways_out/prompts.en.yaml", 'end.error: "Sorry', 'end.error: "Very sorry')
    assert [line[:11] for line in diff(run(library)).splitlines() if line[:2] in ("-e", "+e")] == [
        "-end.error ",
        "+end.error ",
    ]


def test_a_changed_exit_is_seen_as_another_way_and_another_end(library: Path) -> None:
    edit(
        library, "shared/talk/subscript.yaml", f'{INSIST}"1": kept, "2": persists', f'{INSIST}"1": kept, "2": undecided'
    )
    report = run(library)
    assert "-  key 2 > persists, end_persists" in diff(
        report
    ) and "+  key 2 > undecided, tell_who, doubt, end_undecided" in diff(report)
    line = line_of(library, TALK, "contradicted_then_persists:")
    assert (
        f"{TALK}:{line}: contradicted_then_persists: the outcome is contradicted, not persists (generic en b)"
        in faults(report)
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "seen"),
    [
        ("shared/opening/subscript.yaml", "code.read, code.ask]", "code.ask]", "+code [20 s, 40 s]: code.again | code.ask"),
        ("shared/opening/subscript.yaml", "call_code}, to: code}", "bank_name}, to: code}", "-no_check_code a"),
        ("shared/talk/subscript.yaml", f'{OWN}"10"', f'{OWN}"11"', "+payment [11 s"),
        ("generic/script.yaml", "en: {voice: Polly.Joanna-Neural", "en: {voice: Polly.Matthew-Neural", "Polly.Matthew"),
    ],
    ids=["prompts", "branch", "wait", "voice"],
)  # fmt: skip
def test_a_changed_prompt_branch_wait_or_voice_is_seen(library: Path, file: str, old: str, new: str, seen: str) -> None:
    edit(library, file, old, new)
    report = run(library)
    assert not report.clean
    assert seen in diff(report)


def test_a_question_turned_around_is_seen(library: Path) -> None:
    edit(library, "generic/script.yaml", '{prompt: q1.b, risk: "no"}', '{prompt: q1.b, risk: "yes"}')
    edit(
        library,
        "shared/plain_questions/subscript.yaml",
        '{prompt: plain_3.b, risk: "yes"}',
        '{prompt: plain_3.b, risk: "no"}',
    )
    lines = diff(run(library)).splitlines()
    assert any(line.startswith("+q1.b ") and line.endswith(" yes means risk") for line in lines)
    assert any(line.startswith("+plain_3.b ") and line.endswith(" no means risk") for line in lines)
    assert "-  risky (key 2)" in lines and "+  risky (key 1)" in lines, "in the call that is read aloud"


def test_a_removed_story_is_seen_and_so_are_the_exits_it_alone_took(library: Path) -> None:
    text = (library / OPENING).read_text("utf-8")
    kept = [line for line in text.splitlines() if not line.startswith("  fax: {")]
    (library / OPENING).write_text("\n".join(kept), "utf-8")
    report = run(library)
    assert "-fax a" in diff(report)
    assert [str(one) for one in report.untaken] == ["generic/zh-CN: entry.fax", "generic/en: entry.fax"]
    assert {(one.file, one.line) for one in report.untaken} == {
        ("shared/opening/subscript.yaml", line_of(library, "shared/opening/subscript.yaml", "entry:"))
    }


def test_a_condition_in_a_prompt_is_heard_both_ways(library: Path) -> None:
    edit(library, TALK, 'variables: {settled: "yes"}', 'variables: {settled: "no"}')
    assert {one.exit for one in run(library).untaken} == {"prompts.payment.notice if settled"}


BROKEN = [
    ("[answered human, kee 1]", "'kee 1' is not an input; must be one of `answered human`, `key 1`"),
    ("[answered human, key x]", "'key x' is not an input"),
    ("[answered somebody]", "'answered somebody' is not an input"),
    ("[to_the_moon]", "'to_the_moon' is not an input"),
    ("[answered human, say cancle]", "'cancle' is not defined; define it under `sayings`"),
    ("[answered human, risky]", "'risky' answers a question, but the call is at start"),
    ("[unsure]", "'unsure' answers a question, but the call is at its beginning"),
    ("[answered fax, key 1]", "the call has ended at machine, before 'key 1'"),
    ("[answered human, silence]", "the call does not end"),
    ("[round]", "the way 'round' includes itself"),
    ("[answered human, say half, hung up]", "the saying 'half' has no words in en"),
]


@pytest.mark.parametrize(("inputs", "why"), BROKEN, ids=[inputs for inputs, _ in BROKEN])
def test_a_story_that_cannot_be_played_is_told_with_file_and_line(tiny: Path, inputs: str, why: str) -> None:
    tell(tiny, "  odd:", "    contact: unverified_human", "    outcome: hung_up", f"    inputs: {inputs}")
    found = run(tiny).faults
    assert f"odd: {why}" in "\n".join(fault.why for fault in found)
    line = line_of(tiny, TINY, "  odd:" if "does not end" in why else f"    inputs: {inputs}")
    assert {(fault.file, fault.line) for fault in found} == {(TINY, line)}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("without: [colour]", "odd: 'colour' is not a variable of this script"),
        ("variables: {colour: red}", "odd: 'colour' is not a variable of this script"),
        ("variables: {callback_time: {en: at three}}", "odd: the variable 'callback_time' has no text in zh-CN"),
        ("without: [bank_name]", "odd: no call would be made: missing: bank_name"),
        ("broken: [hello]", "odd: no call would be made: KeyError at entry"),
        ("broken: [nothing]", "odd: 'nothing' is not a prompt of this script"),
        ('sent: {start: "1"}', "odd: 'start' is not a split with a way 1"),
        ("colour: red", "stories.odd.colour: is unknown here"),
        ("wordings: [d]", "stories.odd.wordings[0]: "),
        ("outcome: happy", "'outcome' appears twice"),
        ("score: '4'", "odd: the score is 0, not 4"),
    ],
)
def test_circumstances_that_do_not_fit_are_told(tiny: Path, line: str, why: str) -> None:
    before = line_of(tiny, TINY, "  limit:")
    tell(
        tiny,
        "  odd:",
        "    inputs: [begin, hung up]",
        "    contact: unverified_human",
        "    outcome: hung_up",
        f"    {line}",
    )
    report = run(tiny)
    assert why in faults(report) and not report.clean
    assert all(fault.file == TINY and fault.line > before for fault in report.faults)


def test_a_story_that_lacks_what_is_expected_is_no_story(tiny: Path) -> None:
    tell(tiny, "  odd:", "    inputs: [answered fax]")
    assert f"{TINY}:{line_of(tiny, TINY, '  odd:')}: stories.odd.contact: is missing" in faults(run(tiny))


def test_a_story_that_comes_out_otherwise_is_told_even_when_transcripts_are_written(tiny: Path) -> None:
    tell(tiny, "  odd: {inputs: [answered fax], contact: voicemail, outcome: hung_up}")
    told = faults(run(tiny, update=True))
    assert "odd: the contact is fax, not voicemail (tiny en a)" in told
    assert "odd: the outcome is no_input, not hung_up (tiny zh-CN a)" in told


def test_stories_of_no_script_are_told(tiny: Path) -> None:
    for folder in ("nobody", "shared/nothing"):
        (tiny / folder).mkdir(parents=True)
        (tiny / folder / "stories.yaml").write_text("stories: {}\n", "utf-8")
    told = faults(run(tiny))
    assert "nobody/stories.yaml:1: 'nobody' is neither a script nor" in told
    assert "shared/nothing/stories.yaml:1: 'nothing' is neither a script nor a subscript named by a script" in told
    assert run(tiny, ["tiny"]).clean, "who tests one script is not bothered with others"


def test_a_script_that_cannot_be_used_is_told_and_not_played(library: Path) -> None:
    edit(library, "shared/talk/subscript.yaml", f'{INSIST}"1": kept, "2": persists}}', f'{INSIST}"1": nowhere}}')
    report = run(library)
    line = line_of(library, "shared/talk/subscript.yaml", "  insist:")
    assert f"shared/talk/subscript.yaml:{line}: nodes.insist: leads to 'nowhere', which is not a node" in faults(report)
    assert report.played == 0 and not report.clean


def test_an_unknown_script_ends_the_command(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ConfigError, match="unknown script 'nosuch' in library; must be one of: tiny"):
        run(tiny, ["nosuch"])
    with pytest.raises(SystemExit) as ended:
        scripts_test.check(["nosuch"], folder=tiny)
    assert ended.value.code == 2 and "nosuch" in capsys.readouterr().err
    with pytest.raises(ConfigError, match="contains no script"):
        run(tiny / "tiny")


def test_the_script_s_own_story_stands_before_the_shared_one(library: Path) -> None:
    story = "hung_up_in_the_opening: {inputs: [answered unknown, hung up], contact: unverified_human, outcome: hung_up}"
    (library / "generic/stories.yaml").write_text(f"stories:\n  {story}\n", "utf-8")
    assert run(library, update=True).clean
    text = (library / "generic/transcript.en.txt").read_text("utf-8")
    assert "hung_up_in_the_opening a\n  answered unknown > opening\n  hung up > ended\n" in text
    assert text.count("hung_up_in_the_opening") == 1


def test_two_subscripts_that_tell_different_things_by_one_name_are_told(library: Path) -> None:
    file = "shared/distress/stories.yaml"
    edit(library, file, "stories:\n", "stories:\n  fax: {inputs: [answered fax], contact: fax, outcome: partial}\n")
    assert f"{file}:{line_of(library, file, '  fax:')}: 'fax' is in {OPENING} too" in faults(run(library))


def test_words_in_one_language_are_for_that_language(tiny: Path) -> None:
    tell(tiny, "  in_english: {languages: [en], inputs: [begin, say what ever you want, hung up],")
    tell(tiny, "    contact: unverified_human, outcome: hung_up}")
    report = run(tiny)
    assert [one.file for one in report.different] == ["tiny/transcript.en.txt"] and not report.faults
    assert "+  say what ever you want > start asked again" in diff(report)


def test_a_leftover_transcript_is_reported_and_removed(tiny: Path) -> None:
    (tiny / "tiny/transcript.fr.txt").write_text("Bonjour\n", "utf-8")
    assert [one.file for one in run(tiny).different] == ["tiny/transcript.fr.txt"]
    run(tiny, update=True)
    assert run(tiny).clean and not (tiny / "tiny/transcript.fr.txt").exists()


def test_our_own_mistake_and_the_limit_are_played(library: Path) -> None:
    text = (library / "generic/transcript.en.txt").read_text("utf-8")
    assert "fault: KeyError at code: hold partial" in text and "key 1 > end_error" in text
    assert "fault: limit at identify: hold partial" in text and "say who_is_it > end_limit" in text


def test_two_scripts_share_what_they_have_alike(library: Path) -> None:
    shutil.copytree(SCRIPTS / "invoice", library / "invoice")
    run(library, update=True, workers=2)
    assert run(library).clean
    shared = (library / "shared/transcript.en.txt").read_text("utf-8")
    mine = (library / "invoice/transcript.en.txt").read_text("utf-8")
    assert "\nfax a\n" in shared and "\nfax a\n" not in mine
    assert "\nq2.a " in mine and "\nq2.a " not in shared
    assert "\nchoice " in mine and "\nchoice " not in shared, "both have it, each in other words"
    assert "As in shared/transcript.en.txt: " in mine
    edit(library, "shared/opening/prompts.en.yaml", 'third.again: "If', 'third.again: "When')
    report = run(library, ["invoice"])
    assert [one.file for one in report.different] == ["invoice/transcript.en.txt"] and "+third.again " in diff(report)
    assert {one.file for one in run(library).different} == {"shared/transcript.en.txt"}


def test_one_script_more_that_goes_its_own_way_leaves_the_others_as_they_are(tiny: Path) -> None:
    for name in ("second", "other", "another"):
        shutil.copytree(tiny / "tiny", tiny / name)
        edit(tiny, f"{name}/script.yaml", "id: tiny", f"id: {name}")
    edit(tiny, "other/prompts.en.yaml", "Sorry.", "Pardon.")
    edit(tiny, "another/prompts.en.yaml", "Sorry.", "Oh dear.")
    (tiny / "shared").mkdir()
    run(tiny, update=True)
    before = {path: path.read_text("utf-8") for path in tiny.glob("*/transcript.*")}
    shared = before[tiny / "shared/transcript.en.txt"]
    assert len(before) == 10 and "\none a\n" in shared and "\nsorry " not in shared, "half of them is not most"
    shutil.copytree(tiny / "second", tiny / "third")
    edit(tiny, "third/script.yaml", "id: second", "id: third")
    edit(tiny, "third/script.yaml", 'keys: {"1": bye}', 'keys: {"1": enough}')
    edit(tiny, "third/prompts.en.yaml", "Sorry.", "Pardon.")
    run(tiny, ["third"], update=True)
    assert run(tiny).clean
    assert before == {path: path.read_text("utf-8") for path in before}
    assert "\none a\n" in (tiny / "third/transcript.en.txt").read_text("utf-8")


def test_an_exit_that_no_story_takes_turns_it_red_though_nothing_differs(
    tiny: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(tiny, "tiny/script.yaml", 'keys: {"1": bye}', 'keys: {"1": bye, "2": bye}')
    with pytest.raises(SystemExit) as ended:
        scripts_test.check(folder=tiny)
    out = capsys.readouterr().out
    assert ended.value.code == 1
    line = line_of(tiny, "tiny/script.yaml", "  start:")
    assert f"tiny/script.yaml:{line}: nodes.start.keys.2: not covered by any story (tiny en, tiny zh-CN)" in out
    assert "0 transcripts differ" in out and "32 of 34 exits taken (94.12%)" in out


def test_the_json_report_counts_stories_exits_and_faults(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(tiny, "tiny/prompts.en.yaml", "Sorry.", "Very sorry.")
    with pytest.raises(SystemExit) as ended:
        scripts_test.check(folder=tiny, as_json=True)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert found == {
        "scripts": 1, "stories": 9, "played": 18, "different": ["tiny/transcript.en.txt"],
        "exits": 32, "taken": 32, "untaken": [], "faults": [],
    }  # fmt: skip
    with pytest.raises(SystemExit) as ended:
        scripts_test.check(["tiny"], folder=tiny, update=True, as_json=True)
    assert ended.value.code == 0


def test_the_difference_is_shown_and_how_to_accept_it(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(tiny, "tiny/script.yaml", 'keys: {"1": bye}', 'keys: {"1": enough}')
    with pytest.raises(SystemExit):
        scripts_test.check(folder=tiny)
    out = capsys.readouterr().out
    assert "tiny/transcript.en.txt: differs from what is heard now" in out and "--update" in out
    assert "-  key 1 > bye" in out and "+  key 1 > enough" in out
