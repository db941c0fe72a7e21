"""Recorded prompts: found next to the words, played by the interpreter, and part of what was published."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.ivr.stage import SCRIPTS, VARIABLES, Call
from wakeup.runtime.scripts.files import read_sources
from wakeup.runtime.scripts.library import load_library
from wakeup.runtime.scripts.recordings import MAX_BYTES, all_recordings, served_as


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("generic", "shared"):
        shutil.copytree(SCRIPTS / name, tmp_path / name)
    return tmp_path


def record(folder: Path, where: str, sound: bytes = b"sound") -> Path:
    path = folder / where
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(sound)
    return path


def faults(folder: Path) -> list[str]:
    return [str(finding) for finding in read_sources(folder / "generic").findings]


def test_a_recorded_prompt_is_named_in_the_turn_and_the_others_are_spoken(folder: Path) -> None:
    own = record(folder, "generic/audio.en/choice.mp3", b"one")
    shared = record(folder, "shared/opening/audio.en/party.ask.wav", b"two")
    published = load_library(folder).latest("generic")
    call = Call("en", published=published, variables=VARIABLES["en"]).take("answered human")
    assert [u.recording for u in call.turns[-1].utterances] == [None, served_as(shared)]
    assert call.turns[-1].utterances[1].text.startswith("If this phone is yours"), "the words stay on record"
    assert all_recordings(folder) == {served_as(own): own, served_as(shared): shared}
    chinese = Call("zh-CN", published=published).take("answered human")
    assert {u.recording for u in chinese.turns[-1].utterances} == {None}


def test_the_hash_covers_the_sound(folder: Path) -> None:
    before = read_sources(folder / "generic").script
    record(folder, "generic/audio.en/choice.mp3", b"one")
    recorded = read_sources(folder / "generic").script
    record(folder, "generic/audio.en/choice.mp3", b"two")
    anew = read_sources(folder / "generic").script
    assert before is not None
    assert recorded is not None
    assert anew is not None
    assert len({before.content_hash, recorded.content_hash, anew.content_hash}) == 3


@pytest.mark.parametrize(
    ("where", "sound", "expected"),
    [
        ("generic/audio.en/joke.mp3", b"x", "prompts.en.joke: is recorded, but never used"),
        ("shared/opening/audio.en/opening.mp3", b"x", "prompts.en.opening: is recorded, but its text differs"),
        ("generic/audio.en/choice.mp3", b"x" * (MAX_BYTES + 1), "prompts.en.choice: its recording is larger than"),
    ],
)
def test_an_unusable_recording_is_refused(folder: Path, where: str, sound: bytes, expected: str) -> None:
    record(folder, where, sound)
    [fault] = faults(folder)
    assert fault.startswith(expected)


def test_recordings_are_found_and_never_written(folder: Path) -> None:
    path = folder / "generic/script.yaml"
    path.write_text(path.read_text("utf-8") + "recordings: {en: {choice: x.mp3}}\n", "utf-8")
    assert faults(folder) == ["recordings: must not be set; put sound files into audio.<language>/"]
