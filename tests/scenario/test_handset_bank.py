"""The demo's bank and its app, for a person who holds a handset in the browser."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.scenario.world import BEARER, CLIENT_SECRET, World
from wakeup.demo.handset_bank import HandsetBank, told_of
from wakeup.feed.sending import SignedSender, Verdict

MINE = "+6591234599"
A_LOOK = 2.0


async def requests(world: World, what: str, **wish: Any) -> None:
    url = f"{world.phone_url}/handset/{MINE}/{what}"
    async with world.session.post(url, json={"locale": "zh-CN", **wish}) as answer:
        assert answer.status == 202


async def shown(world: World, **wish: Any) -> dict[str, Any]:
    """What the page shows of the app soon after its button was pressed."""
    await requests(world, "app", **wish)
    await world.sleep(A_LOOK)
    async with world.session.get(f"{world.phone_url}/handset/{MINE}/state") as answer:
        return dict((await answer.json())["app"])


async def said_by_the_bank(world: World) -> str:
    """What the page shows of the answer to the newest request to be flagged."""
    async with world.session.get(f"{world.phone_url}/handset/{MINE}/state") as answer:
        return str((await answer.json())["bank"])


def test_the_holder_of_the_handset_learns_why_nothing_was_flagged() -> None:
    refused = Verdict(422, (("customer.phone", "must be a number that exists"), ("", "no")))
    assert told_of(refused) == (
        "The service answered 422 and flagged nothing: customer.phone must be a number that exists; no."
    )
    assert "it gave no reason" in told_of(Verdict(403))


async def test_the_app_shows_the_code_that_the_voice_reads_and_none_on_a_shared_screen(world: World) -> None:
    api = world.service.addresses["api"]
    sender = SignedSender(world.session, api, CLIENT_SECRET, world.clock)
    bank = HandsetBank(world.session, world.phone_url, api, BEARER, sender, world.clock.now)
    serving = asyncio.create_task(bank.serve(0.5))
    assert "不属于任何客户" in (await shown(world))["say"]
    await requests(world, "flag")
    await world.sleep(A_LOOK)
    assert "The service answered 202: the payment is on hold." in await said_by_the_bank(world)
    call = await world.handset(MINE).expect_call()
    assert "正在给您打电话" in (await shown(world, confirmed=True))["say"], "it rings, and nobody has answered"
    await call.answers()
    await call.presses("1")
    heard = await call.hears("核对码")
    assert (await shown(world))["code"] is None, "it was not confirmed that the customer is on this call"
    code = (await shown(world, confirmed=True))["code"]
    assert "、".join("零一二三四五六七八九"[int(digit)] for digit in code) in heard
    watched = await shown(world, confirmed=True, screen_share=True)
    assert watched["code"] is None and "停止共享屏幕" in watched["say"]
    await call.hangs_up()
    serving.cancel()
