"""A call to a colleague: its URLs are tagged, only the call that waits is served, and on an error the colleague's
call ends.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.fake_twilio import ATTEMPT, CALL, SID, action, call_in, document, path_of, spoken, verbs
from tests.web.world import Caller, World, play_public
from wakeup.domain.errors import StoreDownError
from wakeup.ivr.turn import Connect, PersonLeft, TransferResult, Turn, Utterance
from wakeup.usecases.conversation.colleague_call import SecondLeg, hear_whisper, take_call
from wakeup.usecases.conversation.converse import Reply, converse

CHILD = "CA" + "2" * 32
DESK, OTHER = "+6591234502", "+6591234503"
WHISPER = Connect(whisper=Utterance(text="Press 1 to take it.", language="en"), key="1", ring_s=20, n=0)
HOLD = Turn(n=2, node="person", utterances=(Utterance(text="One moment.", language="en"),), connect=WHISPER)
LEG = {**CALL, "CallSid": CHILD, "ParentCallSid": SID, "To": DESK, "Direction": "outbound-dial"}


def world_of(*people: str) -> World:
    world = World()
    world.people = people
    return world


def test_the_callee_hears_the_hold_words_and_one_colleague_is_rung() -> None:
    world = world_of(DESK)
    world.store.will(converse, Reply(turn=HOLD))

    async def story(phone: Caller) -> None:
        heard = await call_in(phone, path_of(world.urls.voice(ATTEMPT, 2)))
        assert verbs(heard) == ["Say", "Dial", "Redirect"]
        dial = document(heard)[1]
        assert (dial.attrib["callerId"], dial.attrib["timeout"]) == (CALL["From"], "20")
        assert dial.attrib["action"].startswith(world.urls.voice(ATTEMPT, 3).partition("#")[0])
        assert (dial[0].text, dial[0].attrib["url"]) == (DESK, world.urls.whisper(ATTEMPT, 2))
        assert DESK not in repr(world.log.lines) and DESK not in "".join(dial[0].attrib.values())

    play_public(story, world)


def test_another_colleague_is_tried_each_time_and_without_any_the_call_goes_on() -> None:
    rung = []
    for n in range(3):
        world = world_of(DESK, OTHER)
        turn = Turn(
            n=2,
            node="person",
            utterances=HOLD.utterances,
            connect=Connect(whisper=WHISPER.whisper, key="1", ring_s=9, n=n),
        )
        world.store.will(converse, Reply(turn=turn))

        async def story(phone: Caller, world: World = world) -> None:
            rung.append(document(await call_in(phone, path_of(world.urls.voice(ATTEMPT, 2))))[1][0].text)

        play_public(story, world)
    assert rung[0] == rung[2] != rung[1] and {*rung} == {DESK, OTHER}
    nobody = world_of()
    nobody.store.will(converse, Reply(turn=HOLD))

    async def alone(phone: Caller) -> None:
        assert verbs(await call_in(phone, path_of(nobody.urls.voice(ATTEMPT, 2)))) == ["Say", "Redirect"]

    play_public(alone, nobody)


@pytest.mark.parametrize(
    ("status", "how"),
    [
        ("completed", TransferResult.TALKED),
        ("answered", TransferResult.TALKED),
        ("busy", TransferResult.BUSY),
        ("no-answer", TransferResult.NO_ANSWER),
        ("canceled", TransferResult.NO_ANSWER),
        ("failed", TransferResult.FAILED),
        ("something new", TransferResult.FAILED),
    ],
)
def test_the_result_of_a_call_to_a_colleague_reaches_the_conversation(status: str, how: TransferResult) -> None:
    world = world_of(DESK)
    world.store.will(converse, Reply(turn=None))

    async def story(phone: Caller) -> None:
        await call_in(phone, path_of(world.urls.voice(ATTEMPT, 3)), DialCallStatus=status, Digits="1")

    play_public(story, world)
    assert world.store.ran[0].args[3] == PersonLeft(how)


def test_the_colleague_hears_who_waits_twice_and_takes_the_call_by_key() -> None:
    world = world_of(DESK)
    world.store.will(hear_whisper, WHISPER)
    world.store.will(take_call, True, False)

    async def story(phone: Caller) -> None:
        heard = await call_in(phone, path_of(world.urls.whisper(ATTEMPT, 2)), base=LEG)
        assert verbs(heard) == ["Gather", "Hangup"]
        assert spoken(heard) == "Press 1 to take it. Press 1 to take it."
        assert action(heard) == path_of(world.urls.accept(ATTEMPT, 2))
        assert verbs(await call_in(phone, action(heard), base=LEG, Digits="1")) == []
        assert verbs(await call_in(phone, action(heard), base=LEG, Digits="2")) == ["Hangup"]

    play_public(story, world)
    assert [ran.args[:3] for ran in world.store.ran] == [(ATTEMPT, 2, SecondLeg(call_sid=CHILD, parent_sid=SID))] * 3
    assert [ran.args[3] for ran in world.store.ran[1:]] == ["1", "2"]


@pytest.mark.parametrize("answer", [None, StoreDownError("closed"), RuntimeError("a bug")])
def test_an_agent_for_whom_no_customer_waits_is_rung_off(answer: Any) -> None:
    world = world_of(DESK)
    world.store.will(hear_whisper, answer)

    async def story(phone: Caller) -> None:
        assert verbs(await call_in(phone, path_of(world.urls.whisper(ATTEMPT, 2)), base=LEG)) == ["Hangup"]

    play_public(story, world)


def test_the_addresses_are_tagged_apart_and_signed() -> None:
    world = world_of(DESK)

    async def story(phone: Caller) -> None:
        voice, whisper, accept = (
            path_of(url)
            for url in (world.urls.voice(ATTEMPT, 2), world.urls.whisper(ATTEMPT, 2), world.urls.accept(ATTEMPT, 2))
        )
        for path, tagged_for in ((whisper, accept), (accept, whisper), (whisper, voice)):
            forged = path.rpartition("/")[0] + "/" + tagged_for.rpartition("/")[2]
            assert (await call_in(phone, forged, base=LEG)).status == 403
        assert (await call_in(phone, whisper, token="not ours", base=LEG)).status == 403
        assert (await call_in(phone, whisper, base={**LEG, "ParentCallSid": "nobody"})).status == 400

    play_public(story, world)
    assert world.store.ran == []
