"""Recorded prompts: played where a recording exists, spoken where none does, and no other file is served."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.web.fake_twilio import ATTEMPT, QUESTION, call_in, document, path_of, spoken, verbs
from tests.web.world import PUBLIC, Caller, World, play_public
from wakeup.ivr.turn import Utterance
from wakeup.usecases.conversation.converse import Reply, converse

NAME = "0123456789abcdef.mp3"
RECORDED = replace(
    QUESTION,
    utterances=(Utterance(text="Did somebody ask you to?", language="en", recording=NAME), *QUESTION.utterances),
)


def test_a_recorded_prompt_is_played_and_can_be_fetched_without_signing_in(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"sound")
    world = World(recordings={NAME: tmp_path / "a.mp3"})
    world.store.will(converse, Reply(turn=RECORDED))

    async def story(phone: Caller) -> None:
        heard = await call_in(phone, path_of(world.urls.voice(ATTEMPT, 0)))
        gather = document(heard)[0]
        assert [verb.tag for verb in gather] == ["Play", "Say"]
        assert gather[0].text == f"{PUBLIC}/twilio/audio/{NAME}"
        fetched = await phone.ask("GET", f"/twilio/audio/{NAME}")
        assert (fetched.status, fetched.body) == (200, b"sound")
        assert "immutable" in fetched.headers["Cache-Control"]

    play_public(story, world)


def test_a_recording_that_is_gone_is_spoken_instead(tmp_path: Path) -> None:
    world = World(recordings={"other.mp3": tmp_path / "gone.mp3"})
    world.store.will(converse, Reply(turn=RECORDED))

    async def story(phone: Caller) -> None:
        heard = await call_in(phone, path_of(world.urls.voice(ATTEMPT, 0)))
        assert verbs(heard) == ["Gather", "Redirect"]
        assert spoken(heard).startswith("Did somebody ask you to?")
        for name in (NAME, "other.mp3", "..%2f..%2fetc%2fpasswd"):
            assert (await phone.ask("GET", f"/twilio/audio/{name}")).status == 404

    play_public(story, world)
