"""Conferences at the phone company: who meets whom, how a talk ends for each party, and what the action is told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.simulator.world import World, world
from wakeup.simulator.conference import MET
from wakeup.simulator.handset import HandsetCall
from wakeup.simulator.twiml_reader import TwimlFault, read
from wakeup.simulator.virtual_loop import run

MEI, LIN, BO = "+6591234501", "+6591234502", "+6591234503"


def room(more: str = 'endConferenceOnExit="true"', dial: str = "", name: str = "room-1") -> str:
    return f'<Dial action="/after" {dial}><Conference waitUrl="" {more}>{name}</Conference></Dial>'


def tell(story: Callable[[World], Awaitable[None]], document: str) -> None:
    async def told() -> None:
        async with world() as w:
            w.application.serves("/voice", document)
            w.application.serves("/after", "<Say>Back with us.</Say>")
            await story(w)
            w.company.assert_nothing_unexpected()

    run(told())


async def comes(w: World, number: str) -> HandsetCall:
    handset = w.company.handset(number)
    await w.call(number)
    call = await handset.expect_call()
    await call.answers()
    await asyncio.sleep(1)
    return call


def entered(w: World) -> list[int]:
    return [row["inside"] for row in w.company.ledger.of("room_entered")]


def test_a_conference_of_two_ends_for_both_when_one_leaves() -> None:
    async def story(w: World) -> None:
        mei = await comes(w, MEI)
        await asyncio.sleep(10)
        assert mei.transcript == [], "alone in a room one hears nothing"
        lin = await comes(w, LIN)
        await mei.hears(MET)
        await lin.hears(MET)
        await asyncio.sleep(60)
        await lin.presses("*")
        for call in (mei, lin):
            await call.hears("Back with us")
        assert [form["DialCallStatus"] for form in w.application.sent("/after")] == ["answered", "answered"]
        assert entered(w) == [1, 2]

    tell(story, room(dial='hangupOnStar="true"'))


def test_star_is_only_a_key_unless_the_document_says_that_it_leaves() -> None:
    async def story(w: World) -> None:
        mei, lin = await comes(w, MEI), await comes(w, LIN)
        lin.line.press("*")
        await asyncio.sleep(5)
        assert lin.transcript == [MET]
        await mei.hangs_up()
        await lin.hears("Back with us")
        assert len(w.application.sent("/after")) == 1, "who hung up is asked nothing"

    tell(story, room())


def test_a_conference_goes_on_for_the_others_where_leaving_ends_nothing() -> None:
    async def story(w: World) -> None:
        mei, lin, bo = await comes(w, MEI), await comes(w, LIN), await comes(w, BO)
        await bo.hangs_up()
        await asyncio.sleep(30)
        assert mei.transcript == [MET, MET] and lin.transcript == [MET, MET]
        await lin.hangs_up()
        await mei.hangs_up()

    tell(story, room(more=""))


def test_time_is_up_for_each_by_their_own_clock() -> None:
    async def story(w: World) -> None:
        mei = await comes(w, MEI)
        await mei.hears("Back with us")
        assert entered(w) == [1]

    tell(story, room(dial='timeLimit="20"'))


def test_a_full_room_lets_no_more_legs_in() -> None:
    async def story(w: World) -> None:
        mei, lin, bo = await comes(w, MEI), await comes(w, LIN), await comes(w, BO)
        await bo.hears("Back with us")
        assert [form["DialCallStatus"] for form in w.application.sent("/after")] == ["failed"]
        await mei.hangs_up()
        await lin.hears("Back with us")

    tell(story, room(more='endConferenceOnExit="true" maxParticipants="2"'))


def test_a_name_is_free_again_when_the_talk_is_over() -> None:
    async def story(w: World) -> None:
        first, second = await comes(w, MEI), await comes(w, LIN)
        await first.hangs_up()
        await second.hears("Back with us")
        third = await comes(w, BO)
        await asyncio.sleep(5)
        assert third.transcript == []
        await third.hangs_up()

    tell(story, room())


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (room(name=""), 13230),
        (room(name="x" * 129), 13230),
        (room(more='maxParticipants="1"'), 13236),
        (room(more='endConferenceOnExit="perhaps"'), 12200),
        (room(more='loud="yes"'), 12200),
        ("<Dial><Conference>a</Conference><Number>+6591234501</Number></Dial>", 12200),
    ],
)
def test_a_strict_company_refuses_what_it_does_not_know(document: str, code: int) -> None:
    with pytest.raises(TwimlFault) as refused:
        read(f"<Response>{document}</Response>".encode())
    assert refused.value.code == code
