"""Recorded words are fetched from us by the phone company and played; a file that is gone does not stay unnoticed."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.scenario import virtual
from tests.scenario.own_script import speaks
from tests.scenario.world import World, tell
from wakeup.runtime import service
from wakeup.runtime.scripts.library import load_library
from wakeup.runtime.scripts.recordings import all_recordings

NODES = """
  start: {type: menu, prompts: [hello], reprompts: [hello, hello], keys: {"1": thanks}}
  thanks: {type: hangup, prompts: [thanks]}
"""
WORDS = 'hello: "Hello, this is {{ bank_name }}. Press 1."\nthanks: "Thank you, that is all."'


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The recording of our thanks, in a script of this story."""
    speaks(monkeypatch, tmp_path, NODES, WORDS)
    scripts = tmp_path / "own_scripts"
    file = scripts / "generic" / "audio.en" / "thanks.mp3"
    file.parent.mkdir()
    file.write_bytes(b"ID3" + bytes(100_000))
    library = load_library(scripts)
    monkeypatch.setattr(virtual, "scripts_in_force", lambda _folder, _database_url: library)
    monkeypatch.setattr(service, "all_recordings", lambda _folder: all_recordings(scripts))
    return file


async def is_thanked(world: World) -> list[str]:
    """Returns what was spoken by the synthetic voice."""
    phone = world.handset()
    await world.flag(locale="en", tier="medium")
    call = await phone.expect_call()
    await call.answers()
    await call.hears("Press 1")
    await call.presses("1")
    await call.ended()
    return call.transcript


def test_a_recording_is_played_instead_of_its_words(sound: Path, tmp_path: Path) -> None:
    assert sound.exists()

    async def story(world: World) -> None:
        assert not any("Thank you" in piece for piece in await is_thanked(world))
        [played] = world.company.ledger.of("played")
        assert urlsplit(played["url"]).path.startswith("/twilio/audio/")

    tell(story, tmp_path)


def test_a_recording_that_is_gone_is_seen(sound: Path, tmp_path: Path) -> None:
    async def story(world: World) -> None:
        sound.unlink()  # noqa: ASYNC240 - a file of this story
        await is_thanked(world)
        assert not world.company.ledger.of("played")

    with pytest.raises(AssertionError, match=r"play of CA\w+: 11200"):
        tell(story, tmp_path)
