"""Dialling is stopped: no agent is offered or handed on to, and no time is promised that cannot be kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.scenario.colleagues import NUMBERS
from tests.scenario.talks import is_rung, reach
from tests.scenario.test_hand_on import ANOTHER, both_at_work, hands_on, talk
from tests.scenario.test_hand_over import NOBODY, promised
from tests.scenario.world import ACCOUNT, World
from wakeup.domain.errors import ConflictError
from wakeup.usecases.ringing.pacing import stop_dialling


async def stops(world: World) -> datetime:
    """A supervisor stops dialling for three hours. Returns until when."""
    until = world.clock.now() + timedelta(hours=3)
    await world.service.store.run(stop_dialling, ACCOUNT, "paused", until)
    return until


async def test_a_customer_is_not_left_to_wait_and_hears_a_time_at_which_calls_go_out(world: World) -> None:
    world.expects("alarm")
    await both_at_work(world)
    call = await reach(world, minutes=60)
    until = await stops(world)
    await call.presses("0")
    await call.hears(NOBODY, within=40)
    await call.ended()
    at = await promised(world)
    assert at >= until
    assert not world.timeline("hand_over_begun")
    again = await is_rung(world, within=4 * 3600)
    assert timedelta() <= world.clock.now() - at < timedelta(seconds=60)
    await again.hangs_up()


async def test_the_customer_stays_with_their_agent(world: World) -> None:
    world.expects("alarm")
    await both_at_work(world)
    call, agent = await talk(world)
    await stops(world)
    with pytest.raises(ConflictError, match="no calls go out now"):
        await hands_on(world)
    await world.sleep(30)
    assert agent.status == "in-progress" and ANOTHER not in "".join(call.transcript)
    assert world.rang(NUMBERS["ben"]) == 0
    await call.hangs_up()
    await agent.ended()
