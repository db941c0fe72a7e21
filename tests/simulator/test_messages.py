"""SMS: their statuses, opt-outs, failed deliveries, and incoming messages."""

from __future__ import annotations

import asyncio

from aiohttp import web

from .world import OURS, world

HER = "+6591234501"


async def test_a_text_is_queued_sent_and_delivered_with_callbacks() -> None:
    async with world() as w:
        status, made = await w.post(
            "Messages.json", To=HER, From=OURS, Body="您好" * 40, StatusCallback=f"{w.application.base}/sms"
        )
        assert (status, made["status"], made["num_segments"]) == (201, "queued", "2")
        await asyncio.sleep(10)
        told = w.application.sent("/sms")
        assert [one["MessageStatus"] for one in told] == ["sent", "delivered"]
        assert {one["MessageSid"] for one in told} == {made["sid"]}
        listed = (await w.get("Messages.json", To=HER))["messages"]
        assert [(one["sid"], one["status"]) for one in listed] == [(made["sid"], "delivered")]


async def test_a_number_that_writes_stop_gets_no_text_until_start() -> None:
    async with world() as w:
        w.application.serves("/in", "")
        w.company.inbound_message_url = f"{w.application.base}/in"
        await w.company.receive(HER, OURS, "stop")
        assert w.application.sent("/in")[0]["OptOutType"] == "STOP"
        status, body = await w.post("Messages.json", To=HER, From=OURS, Body="x")
        assert (status, body["code"]) == (400, 21610)
        await w.company.receive(HER, OURS, "START")
        assert (await w.post("Messages.json", To=HER, From=OURS, Body="x"))[0] == 201


async def test_texts_to_dead_numbers_stay_undelivered_with_a_code() -> None:
    async with world() as w:
        w.company.messages.undeliverable[HER] = 30006
        for to, code in ((HER, 30006), ("+6591234571", 30003)):
            made = (await w.post("Messages.json", To=to, From=OURS, Body="x"))[1]
            await asyncio.sleep(10)
            fetched = await w.get(f"Messages/{made['sid']}.json")
            assert (fetched["status"], fetched["error_code"]) == ("undelivered", code)


async def test_faulty_texts_are_refused_and_creates_can_fail() -> None:
    async with world(owned_numbers=frozenset({OURS})) as w:
        good = {"To": HER, "From": OURS, "Body": "x"}
        wrong = [
            ({"Body": ""}, 21602), ({"Body": "x" * 1601}, 21617), ({"To": "1"}, 21211), ({"From": ""}, 21603),
            ({"To": "+8613800138000"}, 21408), ({"From": "+6560000009"}, 21606),
            ({"ValidityPeriod": "0"}, 20001), ({"ValidityPeriod": "36001"}, 20001),
        ]  # fmt: skip
        for change, code in wrong:
            status, body = await w.post("Messages.json", **{**good, **change})
            assert (status, body["code"]) == (400, code), change
        w.company.faults.next_message("500_after_create", "429")
        assert [(await w.post("Messages.json", **good))[0] for _ in range(3)] == [500, 429, 201]
        assert w.company.ledger.summary()["messages"] == 2


async def test_an_answer_to_a_text_that_is_no_messaging_document_is_a_problem() -> None:
    async with world() as w:
        for page in (web.Response(status=500), "<Say>x</Say>"):
            w.application.serves("/in", page)
            assert await w.company.receive(HER, OURS, "1", f"{w.application.base}/in") == []
        assert [row["code"] for row in w.company.ledger.of("problem")] == [11200, 12200]
