"""The ledger that tests rely on: duplicate rings, concurrent counts, and its life across restarts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp

from wakeup.simulator.clock import LoopClock
from wakeup.simulator.server import PhoneCompany
from wakeup.simulator.virtual_loop import run

from .world import ACCOUNT, EPOCH, OURS, TOKEN, world

HER = "+6591234501"


async def test_two_calls_ringing_one_number_at_once_are_flagged() -> None:
    async with world() as w:
        w.company.handset(HER)
        await w.call(HER, Url=f"{w.application.base}/voice/1")
        await asyncio.sleep(5)
        await w.call(HER, Url=f"{w.application.base}/voice/2")
        await asyncio.sleep(120)
        summary = w.company.ledger.summary()
        assert (summary["overlapping_rings"], summary["repeated_urls"], summary["duplicate_rings"]) == (1, 0, 1)
        assert summary["max_concurrent"] == 2


async def test_one_call_after_the_other_is_no_duplicate_and_neither_are_two_numbers() -> None:
    async with world() as w:
        phone = w.company.handset(HER)
        w.company.handset("+6591234502")
        for attempt in range(3):
            await w.call(HER, Url=f"{w.application.base}/voice/{attempt}")
            await (await phone.expect_call()).rejects()
        await w.call(HER, Url=f"{w.application.base}/voice/8")
        await w.call("+6591234502", Url=f"{w.application.base}/voice/9")
        await asyncio.sleep(5)
        assert w.company.ledger.summary()["duplicate_rings"] == 0
        assert w.company.ledger.summary()["max_concurrent"] == 2


async def test_a_second_post_for_the_same_attempt_is_flagged_even_if_the_calls_never_overlap() -> None:
    async with world() as w:
        phone = w.company.handset(HER)
        for query in ("?a=1", "?a=2#rc=1"):
            await w.call(HER, Url=f"{w.application.base}/voice/1{query}")
            await (await phone.expect_call()).rejects()
        assert w.company.ledger.summary()["duplicate_rings"] == 1


async def test_a_refused_create_may_be_repeated() -> None:
    async with world() as w:
        w.company.handset(HER)
        w.company.faults.next_create("429", "500")
        for _ in range(2):
            await w.post(To=HER, From=OURS, Url=f"{w.application.base}/voice/1")
        await w.call(HER, Url=f"{w.application.base}/voice/1")
        summary = w.company.ledger.summary()
        assert (summary["calls_posted"], summary["calls_placed"], summary["duplicate_rings"]) == (3, 1, 0)


async def test_conversations_are_answered_calls_in_which_the_callee_acted() -> None:
    async with world() as w:
        w.application.serves("/voice", '<Gather input="dtmf speech" timeout="3" action="/two"/>')
        w.application.serves("/two", "<Hangup/>")
        phone = w.company.handset(HER)
        for number, act in enumerate(("presses", "says", "stays_silent")):
            await w.call(HER, Url=f"{w.application.base}/voice?{number}")
            call = await phone.expect_call()
            await call.answers()
            await (getattr(call, act)() if act == "stays_silent" else getattr(call, act)("1"))
            await call.ended()
        summary = w.company.ledger.summary()
        assert (summary["rang"], summary["answered"], summary["conversations"], summary["live"]) == (3, 3, 2, 0)
        async with w.http.get(f"{w.url}/_sim/ledger") as answer:
            assert await answer.json() == summary
        async with w.http.get(f"{w.url}/_sim/calls") as answer:
            rows = await answer.json()
        assert {row["to"] for row in rows} == {"+65…01"}


def test_a_restarted_company_remembers_its_calls_and_ends_those_that_were_alive(tmp_path: Path) -> None:
    file = tmp_path / "phone.jsonl"

    async def before() -> tuple[str, str]:
        async with world(ledger_file=file) as w:
            w.application.serves("/voice", '<Pause length="600"/>')
            phone = w.company.handset(HER)
            w.company.handset("+6591234502")
            talking = await w.call(HER)
            await (await phone.expect_call()).answers()
            ringing = await w.call("+6591234502")
            await asyncio.sleep(3)
            return talking["sid"], ringing["sid"]

    async def after(talking: str, ringing: str) -> None:
        async with world(ledger_file=file) as w:
            assert (await w.get(f"Calls/{talking}.json"))["status"] == "completed"
            assert (await w.get(f"Calls/{ringing}.json"))["status"] == "failed"
            assert len((await w.get("Calls.json", To=HER))["calls"]) == 1
            fresh = await w.call("+6591234503")
            assert fresh["sid"] not in {talking, ringing}
            summary = w.company.ledger.summary()
            assert (summary["calls_placed"], summary["calls_posted"]) == (3, 3)

    talking, ringing = run(before())
    with file.open("a") as torn:
        torn.write('{"at": "2026-11-22T0')
    run(after(talking, ringing))


def test_the_same_story_writes_the_same_book_twice() -> None:
    async def story() -> list[dict[str, object]]:
        company = PhoneCompany(ACCOUNT, TOKEN, LoopClock(EPOCH), seed=5, calls_per_second=5)
        url = await company.listen()
        headers = {"Authorization": aiohttp.encode_basic_auth(ACCOUNT, TOKEN)}
        async with aiohttp.ClientSession(headers=headers) as http:
            for number in range(40):
                form = {"To": f"+65912345{number:02d}", "From": OURS, "Twiml": "<Response><Say>您好</Say></Response>"}
                await (await http.post(f"{url}/2010-04-01/Accounts/{ACCOUNT}/Calls.json", data=form)).read()
            await asyncio.sleep(600)
        await company.close()
        return company.ledger.facts

    first, second = run(story()), run(story())
    assert first == second
    assert len({row["status"] for row in first if row["fact"] == "ended"}) >= 3
