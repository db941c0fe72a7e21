"""Every broken script is reported, by the rule it breaks, in the file and on the line where it is broken."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.ivr.lint.broken import COMPANY, LENGTHS, LISTENERS, LOADED, VARIABLES, WAYS_THROUGH, Broken
from tests.ivr.lint.broken_words import WORDS
from tests.ivr.lint.stage import GOOD, edit, good_library, line_of, lint
from wakeup.telephony.twiml import MAX_DOCUMENT_BYTES

BROKEN: dict[str, Broken] = {**LOADED, **WAYS_THROUGH, **LISTENERS, **COMPANY, **VARIABLES, **LENGTHS, **WORDS}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return good_library(tmp_path)


def test_the_good_library_is_clean(library: Path) -> None:
    assert lint(library, GOOD, "generic") == []


@pytest.mark.parametrize("name", BROKEN)
def test_lint_reports_each_broken_script_at_its_file_and_line(library: Path, name: str) -> None:
    case = BROKEN[name]
    for change in case.edits:
        edit(library, *change)
    found = [one for one in lint(library) if one.rule == case.rule and case.why in one.why]
    file, begins = case.stands
    wanted = (file, line_of(library, file, begins), "warning" if case.warning else "error")
    assert wanted in [(one.file, one.line, one.level) for one in found], lint(library)
    assert all(one.mend for one in found)


def test_a_library_of_broken_scripts_is_large_enough() -> None:
    assert len(BROKEN) >= 80
    assert MAX_DOCUMENT_BYTES == 64_000


def test_two_scripts_that_say_the_same_are_reported(library: Path) -> None:
    shutil.copytree(library / GOOD, library / "romance_two")
    edit(library, "romance_two/script.yaml", "id: romance", "id: romance_two")
    found = lint(library, "romance_two")
    assert [(one.rule, one.file, one.line) for one in found] == [
        ("alike", "romance_two/script.yaml", line_of(library, "romance_two/script.yaml", "id:"))
    ] * 2
    assert "shares 100% of its words in en with romance" in found[0].why
    assert "shares 100% of its words in zh-CN with romance" in found[1].why


def test_words_of_shared_parts_make_no_two_scripts_alike(library: Path) -> None:
    """A script with few words of its own shares nearly all it says with the others, but none of that is its own."""
    assert not [one for one in lint(library, "generic") if one.rule == "alike"]


def test_a_script_speaks_every_language_the_others_speak(library: Path) -> None:
    (library / GOOD / "prompts.en.yaml").unlink()
    edit(library, f"{GOOD}/script.yaml", "supported: [zh-CN, en]", "supported: [zh-CN]")
    edit(library, f"{GOOD}/script.yaml", "  en: {voice: Polly.Joanna-Neural, rate: 92%, slow_rate: 82%}\n", "")
    found = [one for one in lint(library) if one.rule == "language"]
    assert [(one.file, one.line) for one in found] == [
        (f"{GOOD}/script.yaml", line_of(library, f"{GOOD}/script.yaml", "  supported:"))
    ]
    assert "lacks en" in found[0].why


def test_a_fault_of_a_shared_part_is_told_once(library: Path) -> None:
    edit(library, "shared/opening/prompts.en.yaml", "check something with you, so", "check a payment with you, so")
    found = lint(library, "generic", GOOD)
    assert [(one.script, one.rule, one.file) for one in found] == [
        ("generic", "unattended", "shared/opening/prompts.en.yaml")
    ]


def test_a_shared_part_that_no_script_pins_is_named_when_the_whole_library_is_checked(library: Path) -> None:
    shutil.copytree(library / "shared/distress", library / "shared/lonely")
    everything = lint(library, GOOD, "generic")
    assert [(one.rule, one.file, one.line, one.level) for one in everything] == [
        ("subscript", "shared/lonely/subscript.yaml", 1, "warning")
    ]
    assert "is not pinned by any script" in everything[0].why
    assert lint(library, GOOD) == [], "of two scripts the other may pin it"


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("romance/script.yaml", "otherwise: q2}", "otherwise: nowhere}"),
        ("shared/opening/subscript.yaml", "human: opening, unknown: opening, machine: machine", "human: nowhere, unknown: nowhere, machine: nowhere"),
        ("shared/ways_out/subscript.yaml", "silent: no_input, unclear: unclear", "silent: nowhere, unclear: nowhere"),
        ("shared/opening/subscript.yaml", "screener: identify", "screener: nowhere"),
    ],
)  # fmt: skip
def test_an_exit_to_nowhere_does_not_stop_the_other_rules(library: Path, file: str, old: str, new: str) -> None:
    edit(library, file, old, new)
    edit(library, f"{GOOD}/prompts.en.yaml", 'choice: "', 'choice: "This is a scam. ')
    assert {"dangling", "tone"} <= {one.rule for one in lint(library)}


def test_words_that_cannot_be_filled_in_do_not_stop_the_other_rules(library: Path) -> None:
    edit(library, f"{GOOD}/prompts.en.yaml", 'lead: "', 'lead: "{{ nobody }} {% for %} ')
    edit(library, f"{GOOD}/prompts.en.yaml", 'choice: "', 'choice: "This is a scam. ')
    assert {"template", "tone"} <= {one.rule for one in lint(library)}
