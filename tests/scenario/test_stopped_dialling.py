"""Dialling is stopped: no agent is offered or handed on to, and no time is promised that cannot be kept."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.scenario import test_guest as guest
from tests.scenario import test_listen_in as listening
from tests.scenario.colleagues import NUMBERS
from tests.scenario.talks import is_rung, reach
from tests.scenario.test_hand_on import ANOTHER, both_at_work, hands_on, talk
from tests.scenario.test_hand_over import NOBODY, promised
from tests.scenario.world import ACCOUNT, World
from wakeup.domain.errors import ConflictError
from wakeup.domain.listening import ListenMode
from wakeup.domain.pacing import PAUSED
from wakeup.simulator.conference import MET
from wakeup.usecases.ringing.pacing import resume_dialling, stop_dialling


async def stops(world: World) -> datetime:
    """A supervisor stops dialling for three hours. Returns until when."""
    now = world.clock.now()
    until = now + timedelta(hours=3)
    await world.service.store.run(stop_dialling, ACCOUNT, PAUSED, until, now)
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


async def test_no_guardian_is_brought_and_the_customer_is_not_left_to_wait_for_one(world: World) -> None:
    world.expects("alarm")
    call, agent = await guest.talk(world)
    await stops(world)
    with pytest.raises(ConflictError, match="no calls go out now"):
        await guest.brings(world)
    assert not world.timeline("review_guardian_brought")
    await call.hangs_up()
    await agent.ended()


async def test_no_supervisor_is_called_to_listen_but_one_who_listens_goes_on(world: World) -> None:
    world.expects("alarm")
    await listening.supervisor(world)
    call, agent = await listening.talk(world)
    await stops(world)
    with pytest.raises(ConflictError, match="no calls go out now"):
        await listening.wishes(world, ListenMode.LISTEN)
    assert not world.timeline("listening_asked")
    await world.service.store.run(resume_dialling, ACCOUNT)
    await listening.wishes(world, ListenMode.LISTEN)
    ben = await world.handset(NUMBERS["ben"]).expect_call(within=5)
    await ben.answers()
    await ben.presses("1")
    await ben.hears(MET)
    await stops(world)
    await listening.wishes(world, ListenMode.BARGE)
    await world.sleep(2)
    assert listening.entered(world)[-1] == (False, "")
    await call.hangs_up()
    await agent.ended()
