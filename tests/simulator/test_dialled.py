"""The second leg of a Dial, and messages that are recorded, as at the phone company."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from tests.simulator.world import OURS, World, world
from wakeup.simulator.dialled import JOINED
from wakeup.simulator.handset import HandsetCall
from wakeup.simulator.virtual_loop import run

MEI, LIN = "+6591234501", "+6591234502"
RING = f'<Dial action="/after" timeout="20" callerId="{OURS}"><Number url="{{base}}/whisper">{LIN}</Number></Dial>'
WHISPER = '<Gather numDigits="1" timeout="5" action="/accept"><Say>A customer waits. Press 1.</Say></Gather><Hangup/>'
RECORD = '<Say>After the tone.</Say><Record action="/kept" maxLength="30" timeout="5"/><Say>Nothing came.</Say>'


def tell(story: Callable[[World], Awaitable[None]]) -> None:
    async def told() -> None:
        async with world() as w:
            w.application.serves("/voice", RING.format(base=w.application.base))
            w.application.serves("/whisper", WHISPER)
            w.application.serves("/accept", "")
            w.application.serves("/after", "<Say>Back with us.</Say>")
            await story(w)
            w.company.assert_nothing_unexpected()

    run(told())


async def both(w: World) -> tuple[HandsetCall, HandsetCall]:
    """The customer is on the line, and the colleague's phone rings."""
    mei, lin = w.company.handset(MEI), w.company.handset(LIN)
    await w.call(MEI)
    customer = await mei.expect_call()
    await customer.answers()
    return customer, await lin.expect_call()


def result(w: World) -> dict[str, str]:
    [form] = w.application.sent("/after")
    return {name: form[name] for name in ("DialCallStatus", "DialBridged")}


def test_a_colleague_who_accepts_is_joined_and_the_caller_comes_back_afterwards() -> None:
    async def story(w: World) -> None:
        customer, colleague = await both(w)
        await colleague.answers()
        await colleague.hears("A customer waits")
        assert customer.transcript == []
        await colleague.presses("1")
        await colleague.hears(JOINED)
        await customer.hears(JOINED)
        await asyncio.sleep(40)
        await colleague.hangs_up()
        await customer.hears("Back with us")
        assert result(w) == {"DialCallStatus": "completed", "DialBridged": "true"}
        [whispered] = w.application.sent("/whisper")
        assert whispered["ParentCallSid"] == customer.sid != whispered["CallSid"] == colleague.sid
        assert (whispered["Direction"], whispered["From"], whispered["To"]) == ("outbound-dial", OURS, LIN)

    tell(story)


def test_a_voicemail_that_presses_nothing_is_not_joined() -> None:
    async def story(w: World) -> None:
        customer, colleague = await both(w)
        await colleague.answers()
        await customer.hears("Back with us")
        assert JOINED not in customer.transcript + colleague.transcript
        assert result(w) == {"DialCallStatus": "completed", "DialBridged": "false"}

    tell(story)


@pytest.mark.parametrize(("how", "status"), [("is_busy", "busy"), ("rejects", "no-answer"), ("ignores", "no-answer")])
def test_a_colleague_who_does_not_answer_is_reported_to_the_action(how: str, status: str) -> None:
    async def story(w: World) -> None:
        customer, colleague = await both(w)
        await getattr(colleague, how)()
        await customer.hears("Back with us")
        assert result(w) == {"DialCallStatus": status, "DialBridged": "false"}

    tell(story)


@pytest.mark.parametrize("joined", [True, False])
def test_the_caller_who_leaves_takes_the_other_leg_along(joined: bool) -> None:
    async def story(w: World) -> None:
        customer, colleague = await both(w)
        await colleague.answers()
        if joined:
            await colleague.presses("1")
            await customer.hears(JOINED)
        await customer.hangs_up()
        await colleague.ended(within=5)
        assert not w.application.sent("/after")
        assert w.company.ledger.summary()["calls_placed"] == 1, "the other leg is no call that was posted"

    tell(story)


def test_a_message_is_recorded_until_a_rest() -> None:
    async def story(w: World) -> None:
        w.application.serves("/voice", RECORD)
        w.application.serves("/kept", "<Say>Thank you.</Say>")
        mei = w.company.handset(MEI)
        await w.call(MEI)
        customer = await mei.expect_call()
        await customer.answers()
        await customer.says("please call me tomorrow, I am at work")
        await customer.hears("Thank you")
        [form] = w.application.sent("/kept")
        assert form["RecordingSid"].startswith("RE") and form["RecordingUrl"].endswith(form["RecordingSid"])
        assert 2 <= int(form["RecordingDuration"]) <= 5

    tell(story)


def test_a_silent_caller_is_not_recorded_and_the_document_goes_on() -> None:
    async def story(w: World) -> None:
        w.application.serves("/voice", RECORD)
        mei = w.company.handset(MEI)
        await w.call(MEI)
        customer = await mei.expect_call()
        await customer.answers()
        await customer.hears("Nothing came")
        assert not w.application.sent("/kept")

    tell(story)
