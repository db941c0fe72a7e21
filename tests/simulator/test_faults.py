"""Injected faults: creates that fail or half fail, callbacks that are lost, late, doubled or out of order."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import web

from wakeup.simulator.faults import Faults
from wakeup.simulator.virtual_loop import run

from .world import OURS, World, world

HER = "+6591234501"


async def _create(w: World) -> str:
    """Send one POST. Returns its status as text, or the name of the exception."""
    limits = aiohttp.ClientTimeout(total=None, sock_connect=5, sock_read=20)
    where = f"{w.url}/2010-04-01/Accounts/{w.company.account_sid}/Calls.json"
    form = {"To": HER, "From": OURS, "Url": f"{w.application.base}/voice/1"}
    try:
        async with w.http.post(where, data=form, timeout=limits) as answer:
            text = await answer.text()
            return f"{answer.status} {'sid' in text}"
    except (aiohttp.ClientError, TimeoutError) as error:
        return type(error).__name__


@pytest.mark.parametrize(
    ("fault", "outcome", "placed"),
    [
        ("429", "429 False", 0),
        ("500", "500 False", 0),
        ("503", "503 False", 0),
        ("stall", "SocketTimeoutError", 0),
        ("refuse", "ServerDisconnectedError", 0),
        ("500_after_create", "500 False", 1),
        ("stall_after_create", "SocketTimeoutError", 1),
        ("drop_after_create", "ServerDisconnectedError", 1),
        ("garbage_201", "201 False", 1),
        ("late_201", "201 True", 1),
    ],
)
async def test_a_create_fails_as_scripted_and_the_book_knows_whether_a_call_exists(
    fault: str, outcome: str, placed: int
) -> None:
    async with world() as w:
        w.company.faults.next_create(fault)
        assert await _create(w) == outcome
        assert w.company.ledger.summary()["calls_placed"] == placed
        assert await _create(w) == "201 True"
        assert w.company.ledger.summary()["repeated_urls"] == placed


async def test_with_a_closed_port_connecting_is_refused_and_nothing_is_booked() -> None:
    async with world() as w:
        await w.company.close_port()
        assert await _create(w) == "ClientConnectorError"
        await w.company.open_port()
        assert await _create(w) == "201 True"
        assert w.company.ledger.summary()["calls_posted"] == 1


def test_a_callback_may_arrive_before_the_201() -> None:
    async def story() -> list[str]:
        order: list[str] = []
        async with world() as w:
            w.company.handset(HER)
            w.company.faults.next_create("late_201")
            await w.call(HER)
            order += w.statuses()
        return order

    assert run(story())[0] == "initiated"


async def _statuses(w: World, *faults: tuple[str, str]) -> list[str]:
    w.application.requests.clear()
    w.application.serves("/voice", "<Say>您好</Say><Pause length='10'/>")
    for kind, event in faults:
        w.company.faults.next_callback(kind, event=event)
    phone = w.company.handset(HER)
    await w.call(HER)
    call = await phone.expect_call()
    await call.answers()
    await call.ended()
    await asyncio.sleep(60)
    return w.statuses()


async def test_callbacks_are_lost_late_doubled_and_reordered_as_scripted() -> None:
    async with world() as w:
        assert await _statuses(w, ("lost", "answered")) == ["initiated", "ringing", "completed"]
        assert await _statuses(w, ("late", "ringing")) == ["initiated", "in-progress", "completed", "ringing"]
        assert await _statuses(w, ("doubled", "completed")) == [
            "initiated", "ringing", "in-progress", "completed", "completed",
        ]  # fmt: skip
        swapped = await _statuses(w, ("reordered", "initiated"))
        assert swapped[:2] == ["ringing", "in-progress"]
        assert sorted(swapped) == sorted(["initiated", "ringing", "in-progress", "completed"])


async def test_the_list_of_calls_lags_and_a_queued_call_has_no_start() -> None:
    async with world(calls_per_second=0.01) as w:
        w.company.faults.list_lag = 30
        w.company.handset(HER)
        await w.call(HER)
        waiting = await w.call(HER)
        assert (await w.get("Calls.json", To=HER))["calls"] == []
        await asyncio.sleep(31)
        day = w.company.clock.now().date().isoformat()
        assert len((await w.get("Calls.json", To=HER))["calls"]) == 2
        since = {"To": HER, "StartTime>": day}
        assert len((await w.get("Calls.json", **since))["calls"]) == 1
        assert (await w.get("Calls.json", **{"To": HER, "StartTime<": "2026-11-21"}))["calls"] == []
        (queued,) = (await w.get("Calls.json", To=HER, Status="queued"))["calls"]
        assert (queued["sid"], queued["start_time"]) == (waiting["sid"], None)
        assert (await w.get("Calls.json", From="+6599999999"))["calls"] == []


def test_webhooks_are_retried_only_as_the_fragment_asks_and_with_one_token() -> None:
    async def story() -> list[int]:
        counts = []
        async with world() as w:
            for fragment in ("", "#rc=3&rp=5xx", "#rc=2&rp=4xx", "#rc=2&rp=rt,5xx"):
                w.application.serves("/voice", web.Response(status=503))
                phone = w.company.handset(HER)
                w.application.requests.clear()
                await w.call(HER, Url=f"{w.application.base}/voice{fragment}")
                call = await phone.expect_call()
                await call.answers()
                await call.ended()
                counts.append(len(w.application.sent("/voice")))
                tokens = {
                    head["I-Twilio-Idempotency-Token"] for path, _, head in w.application.requests if path == "/voice"
                }
                assert len(tokens) == 1
        return counts

    assert run(story()) == [1, 4, 1, 3]


async def test_an_application_that_answers_too_late_loses_the_webhook() -> None:
    async with world() as w:
        app = web.Application()

        async def slow(_request: web.Request) -> web.Response:
            await asyncio.sleep(16)
            return web.Response()

        app.router.add_post("/", slow)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        w.application.serves("/fallback", "<Say>备用</Say>")
        phone = w.company.handset(HER)
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        await w.call(HER, Url=url, FallbackUrl=f"{w.application.base}/fallback")
        call = await phone.expect_call()
        began = asyncio.get_running_loop().time()
        await call.answers()
        await call.hears("备用")
        assert 15 <= asyncio.get_running_loop().time() - began < 17
        await call.ended()
        await runner.cleanup()


def test_dice_fall_the_same_way_for_the_same_seed() -> None:
    def rolls(seed: int) -> list[str | None]:
        faults = Faults(seed)
        faults.set(create_500=0.2, create_429=0.2, callback_lost=0.3)
        return [faults.for_create() for _ in range(50)] + [faults.for_callback("ringing") for _ in range(50)]

    assert rolls(1) == rolls(1)
    assert rolls(1) != rolls(2)
    assert {"500", "429", "lost", None} <= set(rolls(1))


async def test_unknown_faults_are_refused_over_http_and_in_process() -> None:
    async with world() as w:
        with pytest.raises(ValueError, match="unknown fault"):
            w.company.faults.next_create("explode")
        async with w.http.post(f"{w.url}/_sim/faults", json={"nonsense": 1}) as answer:
            assert answer.status == 422
        wishes = {
            "create": ["500"],
            "suspended": False,
            "calls_per_second": 7,
            "probabilities": {"callback_lost": 1},
        }
        async with w.http.post(f"{w.url}/_sim/faults", json=wishes) as answer:
            assert answer.status == 204
        assert w.company.calls_per_second == 7
        assert await _create(w) == "500 False"
