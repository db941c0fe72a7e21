"""Turns of a call: input is understood, the response is TwiML, and on an error the callee hears a polite sentence."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.fake_twilio import ATTEMPT, FAREWELL, QUESTION, SID, action, call_in, document, path_of, spoken, verbs
from tests.web.world import Caller, World, never, play_public
from wakeup.domain.errors import StoreBusyError, StoreDownError
from wakeup.domain.ids import AttemptId
from wakeup.ivr.turn import Answered, HungUp, Keys, PersonLeft, Recorded, Silence, Speech, TransferResult, Utterance
from wakeup.usecases.conversation.converse import Reply, Served, converse
from wakeup.usecases.store import Lane
from wakeup.web.voice.turns import DEADLINE_SECONDS


def world_with(*answers: Any) -> World:
    world = World()
    world.store.will(converse, *answers)
    return world


def test_a_turn_is_asked_for_and_spoken() -> None:
    world = world_with(Reply(turn=QUESTION))

    async def story(phone: Caller) -> None:
        heard = await call_in(phone, path_of(world.urls.voice(ATTEMPT, 0)))
        assert verbs(heard) == ["Gather", "Redirect"]
        assert spoken(heard) == "Did somebody ask you to?"
        url = document(heard)[0].attrib["action"]
        assert url == world.urls.voice(ATTEMPT, 2).replace("#", "?lang=en#")
        assert document(heard)[1].text == url

    play_public(story, world)
    [ran] = world.store.ran
    assert ran.lane is Lane.DECIDE
    attempt, n, line, given, _ = ran.args
    assert (attempt, n, given) == (ATTEMPT, 0, Answered())
    assert (line.call_sid, line.to, line.from_) == (SID, "+6591234567", "+6531234567")
    assert world.counted("turns_total", answer="turn") == 1
    [told] = world.log.requests()
    assert (told["attempt"], told["turn"], told["why"], told["node"]) == (ATTEMPT, 0, "turn", "origin")
    assert "6591234567" not in repr(world.log.lines)


@pytest.mark.parametrize(
    ("form", "given"),
    [
        ({"Digits": "2"}, Keys(digits="2")),
        ({"SpeechResult": "no", "Confidence": "0.9"}, Speech(text="no", confidence=0.9)),
        ({"Digits": "1", "SpeechResult": "no"}, Keys(digits="1")),
        ({}, Silence()),
        ({"CallStatus": "completed"}, HungUp()),
    ],
)
def test_the_callees_act_reaches_the_conversation(form: dict[str, Any], given: Any) -> None:
    world = world_with(Reply(turn=FAREWELL))

    async def story(phone: Caller) -> None:
        heard = await call_in(phone, path_of(world.urls.voice(ATTEMPT, 1)) + "?lang=en", **form)
        assert verbs(heard) == ["Say", "Hangup"]

    play_public(story, world)
    assert world.store.ran[0].args[1:4:2] == (1, given)


@pytest.mark.parametrize("why", [Served.STRANGER, Served.OVER])
def test_a_call_that_is_not_the_attempts_own_or_is_over_hears_nothing(why: Served) -> None:
    world = world_with(Reply(turn=None, why=why))

    async def story(phone: Caller) -> None:
        assert verbs(await call_in(phone, path_of(world.urls.voice(ATTEMPT, 0)))) == ["Hangup"]

    play_public(story, world)
    assert world.counted("stranger_calls_total") == (why is Served.STRANGER)


def test_one_caller_who_waits_keeps_no_other_waiting() -> None:
    """A crowd of unsigned requests keeps no caller waiting either."""
    world = world_with(*[never] * 20, Reply(turn=FAREWELL))

    async def story(phone: Caller) -> None:
        async with asyncio.TaskGroup() as crowd:
            slow = [crowd.create_task(call_in(phone, path_of(world.urls.voice(ATTEMPT, 0)))) for _ in range(20)]
            forged = [
                crowd.create_task(call_in(phone, path_of(world.urls.voice(ATTEMPT, 0)), token="other"))
                for _ in range(20)
            ]
            for _ in range(100_000):
                if len(world.store.ran) == 20:
                    break
                await asyncio.sleep(0)
            begun = asyncio.get_running_loop().time()
            other = AttemptId("att_2")
            assert (
                spoken(await call_in(phone, path_of(world.urls.voice(other, 0)), CallSid="CA" + "2" * 32)) == "再见。"
            )
            assert asyncio.get_running_loop().time() - begun < 1
            assert not any(task.done() for task in slow)
        assert {task.result().status for task in forged} == {403}

    play_public(story, world)


@pytest.mark.parametrize("error", [StoreDownError("SQLITE_FULL"), StoreBusyError(1), RuntimeError("a bug"), never])
def test_trouble_is_one_moment_and_the_same_turn_again(error: Any) -> None:
    world = world_with(error, Reply(turn=FAREWELL))

    async def story(phone: Caller) -> None:
        begun = asyncio.get_running_loop().time()
        heard = await call_in(phone, path_of(world.urls.voice(ATTEMPT, 3)) + "?lang=en", Digits="2")
        assert asyncio.get_running_loop().time() - begun < DEADLINE_SECONDS + 0.5
        assert spoken(heard) == "One moment, please."
        again = urlsplit(action(heard))
        assert again.path == path_of(world.urls.voice(ATTEMPT, 3))
        assert parse_qs(again.query) == {"try": ["1"], "lang": ["en"], "keys": ["2"]}
        assert spoken(await call_in(phone, action(heard))) == "再见。"

    play_public(story, world)
    assert [ran.args[1] for ran in world.store.ran] == [3, 3]
    assert world.store.ran[1].args[3] == Keys(digits="2"), "the pressed key is not lost"
    assert world.counted("turns_total", answer="trouble") == 1


def test_a_key_pressed_meanwhile_counts_instead() -> None:
    world = world_with(StoreDownError("closed"), StoreDownError("closed"), Reply(turn=FAREWELL))

    async def story(phone: Caller) -> None:
        first = await call_in(phone, path_of(world.urls.voice(ATTEMPT, 3)), Digits="2")
        second = await call_in(phone, action(first), Digits="1")
        await call_in(phone, action(second))

    play_public(story, world)
    assert [ran.args[3] for ran in world.store.ran] == [Keys(digits="2"), Keys(digits="1"), Keys(digits="1")]


def test_a_message_left_meanwhile_is_not_lost_and_digits_do_not_travel() -> None:
    world = world_with(StoreDownError("closed"), Reply(turn=FAREWELL), StoreDownError("closed"), Reply(turn=FAREWELL))
    left: dict[str, Any] = {"RecordingSid": "RE" + "1" * 32, "RecordingDuration": "9", "Digits": "#"}

    async def story(phone: Caller) -> None:
        path = path_of(world.urls.voice(ATTEMPT, 3))
        await call_in(phone, action(await call_in(phone, path, **left)))
        again = await call_in(phone, path, Digits="19571122")
        assert "19571122" not in again.text
        await call_in(phone, action(again))

    play_public(story, world)
    given = [ran.args[3] for ran in world.store.ran]
    assert given == [Recorded(left["RecordingSid"], seconds=9)] * 2 + [Keys(digits="19571122"), Silence()]


def test_how_a_colleague_left_is_not_lost_in_trouble() -> None:
    world = world_with(StoreDownError("closed"), Reply(turn=FAREWELL))

    async def story(phone: Caller) -> None:
        await call_in(
            phone, action(await call_in(phone, path_of(world.urls.voice(ATTEMPT, 3)), DialCallStatus="completed"))
        )

    play_public(story, world)
    first, again = (ran.args[3] for ran in world.store.ran)
    assert again == first == PersonLeft(TransferResult.TALKED)


def test_trouble_ends_in_a_goodbye_without_a_stack_trace() -> None:
    world = world_with(RuntimeError("Traceback"))

    async def story(phone: Caller) -> None:
        heard = await call_in(phone, path_of(world.urls.voice(ATTEMPT, 0)))
        assert spoken(heard) == "请稍等。 One moment, please."
        for _ in range(2):
            heard = await call_in(phone, action(heard))
            assert "Gather" in verbs(heard)
        heard = await call_in(phone, action(heard))
        assert verbs(heard)[-1] == "Hangup"
        assert "抱歉" in spoken(heard)
        assert "Traceback" not in heard.text

    play_public(story, world)
    assert len(world.store.ran) == 4


def test_speech_is_in_no_address() -> None:
    world = world_with(StoreDownError("closed"))

    async def story(phone: Caller) -> None:
        heard = await call_in(phone, path_of(world.urls.voice(ATTEMPT, 1)), SpeechResult="my name is Chan")
        assert "Chan" not in heard.text

    play_public(story, world)
    assert "Chan" not in repr(world.log.lines)


@pytest.mark.parametrize("query", ["?try=99", "?try=x", "?try=9"])
def test_a_strange_count_ends_the_trouble(query: str) -> None:
    world = world_with(StoreDownError("closed"))

    async def story(phone: Caller) -> None:
        assert "抱歉" in spoken(await call_in(phone, path_of(world.urls.voice(ATTEMPT, 1)) + query))

    play_public(story, world)


def test_an_utterance_too_long_for_the_line_is_trouble_too() -> None:
    endless = tuple(Utterance(text="长" * 400, language="zh-CN") for _ in range(100))
    world = world_with(Reply(turn=QUESTION.__class__(n=1, node="x", utterances=endless)))

    async def story(phone: Caller) -> None:
        assert "One moment" in spoken(await call_in(phone, path_of(world.urls.voice(ATTEMPT, 0))))

    play_public(story, world)


def test_the_fallback_is_static() -> None:
    world = World()

    async def story(phone: Caller) -> None:
        heard = await call_in(phone, path_of(world.urls.fallback(ATTEMPT)), ErrorCode="11200")
        assert verbs(heard) == ["Say", "Say", "Hangup"]

    assert play_public(story, world).store.ran == []
