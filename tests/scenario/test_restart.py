"""The process dies and another takes over its database: it asks at once about what was under way."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import ClientConnectorError

from tests.scenario.world import World
from wakeup.domain.errors import ConfigError


async def test_a_call_that_ended_while_the_service_was_down_frees_its_line_at_once(world: World) -> None:
    phone = world.handset()
    await world.flag(minutes=30)
    call = await phone.expect_call(within=10)
    await call.answers()
    await call.hears("自动语音来电")
    await world.service.stop()
    world.company.faults.next_callback("lost")
    await call.hangs_up()
    await world.sleep(5)
    await world.start_service()
    await world.sleep(5)
    assert world.timeline("call_end"), "asked at once, not after the longest call there may be"


@pytest.mark.settings(WAKEUP_HTTP__LEAVE_S="5")
async def test_a_node_that_stops_says_so_while_it_still_listens(world: World) -> None:
    """Until the load balancer has noticed, it sends callees' turns to this node."""
    ready, turn = (f"{world.service.addresses[name]}{path}" for name, path in (("inside", "/readyz"), ("public", "/")))

    async def answer(url: str) -> int:
        async with world.session.get(url) as response:
            return response.status

    assert await answer(ready) == 200
    stopping = asyncio.create_task(world.service.stop())
    await world.sleep(1)
    assert (await answer(ready), await answer(turn)) == (503, 403)
    await world.sleep(3)
    assert await answer(turn) == 403, "still there"
    await stopping
    with pytest.raises(ClientConnectorError):
        await answer(turn)
    await world.start_service()


async def test_a_node_that_could_not_start_ends_at_once(world: World) -> None:
    first, began = world.service, asyncio.get_running_loop().time()
    with pytest.raises(ConfigError):
        await world.start_service(WAKEUP_HTTP__LEAVE_S="5")
    await world.service.stop()
    assert asyncio.get_running_loop().time() - began < 1, "no load balancer knows it"
    world.service = first
