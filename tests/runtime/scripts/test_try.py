"""An author of scripts plays the callee in the terminal."""

from __future__ import annotations

import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from wakeup.cli.commands.scripts_try import play
from wakeup.ivr.nodes import Question
from wakeup.ivr.turn import AnsweredBy, Cancelled, Detected, HungUp, Input, Keys, Silence, Speech, Turn, Utterance
from wakeup.runtime.scripts.chosen import chosen
from wakeup.workshop.tryout.speak import Sound
from wakeup.workshop.tryout.typed_input import read_line
from wakeup.workshop.tryout.variables import sample_variables

SCRIPTS = ROOT / "scripts_ivr"


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal so wide that no row of a table breaks."""
    monkeypatch.setenv("COLUMNS", "200")


def played(
    capsys: pytest.CaptureFixture[str],
    script: str,
    *lines: str,
    lang: str = "zh-CN",
    variant: str = "a",
    persona: str = "",
    unhurried: bool = False,
    given: tuple[str, ...] = (),
) -> str:
    """The terminal's output for a call in which exactly these lines are typed."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "stdin", StringIO("".join(f"{line}\n" for line in lines)))
        play(script, language=lang, variant=variant, persona=persona, unhurried=unhurried, given=[*given])
    return capsys.readouterr().out


def safe_keys(name: str, *questions: str) -> list[str]:
    """The keys for the safe answers to these questions, in the first wording."""
    script = chosen(SCRIPTS, name).script
    assert script is not None
    asked = [script.nodes[question] for question in questions]
    return ["2" if node.variants[0].risk == "yes" else "1" for node in asked if isinstance(node, Question)]


def row(shown: str, tier: str) -> list[str]:
    """The decision at a tier, cell by cell."""
    line = next(line for line in shown.splitlines() if tier in line and "│" in line)
    return [cell.strip() for cell in line.strip("│ ").split("│")]


@pytest.mark.parametrize(
    ("line", "act"),
    [
        ("1", Keys("1")),
        (" ＊ ", Keys("*")),
        ("１", Keys("1")),
        ("2 @700", Keys("2", elapsed_ms=700)),
        ("", Silence()),
        ("   ", Silence()),
        ("我不需要", Speech("我不需要")),
        ("No, never", Speech("No, never")),
        ("hang up and call the bank", Speech("hang up and call the bank")),
        ("Hang up", HungUp()),
        (None, HungUp()),
        ("machine", Detected(AnsweredBy.MACHINE)),
        ("cancelled", Cancelled()),
        ("?", None),
    ],
)
def test_a_typed_line_becomes_the_act_of_a_callee(line: str | None, act: Input | None) -> None:
    assert read_line(line) == act


def test_an_honest_person_is_let_go_on_as_far_as_their_tier_allows(capsys: pytest.CaptureFixture[str]) -> None:
    shown = played(capsys, "generic", "1", "1", "1", *safe_keys("generic", "q1", "plain_2", "plain_3"), "3", "1")
    assert "check code 4082" in shown
    assert "contact right_party, outcome consistent, score 0" in shown
    assert row(shown, "medium")[1:4] == ["hold", "cooling", "released after 15 min"]
    assert row(shown, "high")[2] == "app_confirmation_missing"
    assert row(shown, "critical")[2] == "person_releases"


def test_a_customer_who_is_told_what_to_press_is_not_believed(capsys: pytest.CaptureFixture[str]) -> None:
    shown = played(capsys, "police_imp", "1", "1", "1", "1 @300", "1 @300", "1 @300")
    assert "outcome coached" in shown
    assert "police_queue" in row(shown, "critical")[4]
    assert row(shown, "medium")[3] == "sent at once"


def test_words_are_shown_with_what_we_take_them_for(capsys: pytest.CaptureFixture[str]) -> None:
    shown = played(capsys, "romance", "今天天气不错呀你说呢", "我不想活了", "hang up")
    assert "said something that was not understood" in shown
    assert "understood as: distress" in shown
    assert "outcome distress" in shown
    assert "person_within_10_min" in row(shown, "medium")[4]


def test_the_persona_and_the_pace_may_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    shown = played(capsys, "generic", lang="en", persona="an", unhurried=True)
    assert "wording a, unhurried" in shown and "an speaks." in shown and "this is Ann" in shown
    assert "  waits 16 s" in shown
    shown = played(capsys, "generic", lang="en", persona="plain")
    assert "plain speaks." in shown and "Ann" not in shown and "  waits 8 s" in shown
    with pytest.raises(SystemExit):
        played(capsys, "generic", persona="boss")
    assert "unknown persona 'boss'; must be one of: plain, an" in capsys.readouterr().err


def test_the_end_of_the_lines_hangs_up_and_help_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    shown = played(capsys, "generic", "?", "1", "?")
    assert shown.count("empty line") == 2
    assert "contact right_party, outcome hung_up" in shown


def test_a_machine_hears_the_message_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    shown = played(capsys, "generic", "machine", lang="en-GB")
    assert "in en, wording a" in shown
    assert "contact voicemail, outcome no_input" in shown
    assert "next_rung" in row(shown, "high")[4]


@pytest.mark.parametrize(
    ("script", "lang", "variant", "said"),
    [
        ("nope", "zh-CN", "a", "unknown script 'nope'"),
        ("../tests", "zh-CN", "a", "unknown script"),
        ("shared", "zh-CN", "a", "unknown script"),
        ("generic", "fr", "a", "is not available in 'fr'"),
        ("generic", "en", "d", "unknown wording 'd'"),
        ("generic", "en", "", "unknown wording ''"),
    ],
)
def test_an_unknown_script_language_or_wording_is_refused(
    capsys: pytest.CaptureFixture[str], script: str, lang: str, variant: str, said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        play(script, language=lang, variant=variant)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_script_with_faults_is_not_played_but_says_where_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = shutil.copytree(SCRIPTS, tmp_path / "scripts")
    file = library / "romance" / "script.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("to: q3", "to: nowhere"), encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        play("romance", language="en", folder=library)
    assert ended.value.code == 2
    line = file.read_text(encoding="utf-8").splitlines().index("  q2:") + 1
    assert f"romance/script.yaml:{line}: nodes.q2: leads to 'nowhere'" in capsys.readouterr().err


def test_every_script_has_samples_to_be_played_with_in_every_language() -> None:
    for folder in sorted(SCRIPTS.glob("*/script.yaml")):
        script = chosen(SCRIPTS, folder.parent.name).script
        assert script is not None
        for language in script.languages.supported:
            samples = sample_variables(script, language)
            required = {name for name, variable in script.variables.items() if variable.required}
            assert all(samples[name] for name in required), (script.id, language)
            if language == "en":
                assert all(str(value).isascii() for value in samples.values()), script.id


def test_answers_may_come_through_a_pipe() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wakeup", "scripts", "try", "generic", "--lang", "en"],
        cwd=ROOT, input=b"1\n\xff\xfe\n", capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    shown = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    assert "> 1\n" in shown
    assert "contact right_party, outcome hung_up" in shown


def test_sound_is_a_courtesy_that_never_fails_and_never_waits(tmp_path: Path) -> None:
    turn = Turn(n=0, node="x", utterances=(Utterance(text="--help 您好", language="zh-CN"),))
    heard = tmp_path / "heard"
    speaker = tmp_path / "speaker"
    speaker.write_text(f'#!/bin/sh\necho "$@" > {heard}\n', encoding="utf-8")
    speaker.chmod(0o755)
    sound = Sound(str(speaker))
    assert "speaks the words" in sound.note
    sound.say(turn)
    sound.finish()
    assert heard.read_text(encoding="utf-8").strip() == "-v cmn -- --help 您好"
    endless = tmp_path / "endless"
    endless.write_text("#!/bin/sh\nexec sleep 600\n", encoding="utf-8")
    endless.chmod(0o755)
    sound = Sound(str(endless))
    sound.say(turn)
    sound.say(turn)
    sound.hush()
    broken = Sound(str(tmp_path))
    broken.say(turn)
    broken.finish()


def test_where_nothing_can_speak_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Sound().note == "No sound: espeak-ng is not installed. The words are shown."


def test_a_variable_that_only_some_calls_have_can_be_given(capsys: pytest.CaptureFixture[str]) -> None:
    shown = played(capsys, "romance", "1", "0", lang="en", given=("callback_time=at noon",))
    assert "We will call you back at noon." in shown
    shown = played(capsys, "romance", "0", "person talked", lang="en", given=("person_ready",))
    assert "calls an agent, who hears:" in shown and "call to an agent: talked" in shown
    keys = ("1", "1", "1", "1", "1", "1", "3", "1", "3", "meeting coming", "meeting here", "meeting ended", "1")
    shown = played(capsys, "romance", *keys, lang="en", given=("room",))
    assert "joins a conference, for up to 600 s" in shown and "outcome keep_hold" in shown


def test_an_unknown_variable_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        played(capsys, "romance", given=("nothing",))
    assert "unknown variable 'nothing'; must be one of: amount_spoken, bank_name" in capsys.readouterr().err
