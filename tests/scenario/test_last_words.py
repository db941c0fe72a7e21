"""The end of a call may be reported before its last key, because the phone company promises no order."""

from __future__ import annotations

import pytest

from tests.scenario.talks import SAFE, ZH, answers, reach
from tests.scenario.world import MEI, World
from wakeup.domain.attempt import AttemptEvent
from wakeup.domain.ids import AttemptId
from wakeup.domain.outcome import Disposition
from wakeup.usecases.dispatch.record_progress import record_progress
from wakeup.usecases.inputs import CallReport


async def end_is_told(world: World) -> None:
    """Send the final status callback of a call while its last request for a turn is on the way."""
    [(attempt, sid, ours)] = world._rows("SELECT id, call_sid, from_number FROM attempts WHERE state = 'answered'")
    report = CallReport(
        call_sid=sid, event=AttemptEvent.END, disposition=Disposition.ANSWERED, sequence=3, to=MEI, from_=ours
    )
    await world.service.store.run(record_progress, AttemptId(attempt), report, world.clock.now())


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_a_customers_denial_counts_though_the_call_was_reported_over(world: World, locale: str) -> None:
    call = await reach(world, locale=locale, tier="critical")
    await end_is_told(world)
    await call.presses("2")
    await call.ended()
    assert await world.decided(within=5) == "hold"
    assert [outcome for _, outcome in world.learned()] == ["hung_up", "not_me"]
    assert world.tellings() == [("hold", "not_me")]
    assert [row["act"] for row in world.timeline("heard_late")] == ["keys"]


async def test_a_callee_who_cannot_talk_freely_is_heard_though_their_call_is_over(world: World) -> None:
    """They press 5 and hang up at once, before they are overheard."""
    call = await reach(world, tier="medium", minutes=10)
    await end_is_told(world)
    await call.presses("5")
    await call.ended()
    assert len(world.timeline("cannot_talk")) == 1
    assert [row["act"] for row in world.timeline("heard_late")] == ["keys"]
    assert [outcome for _, outcome in world.learned()] == ["hung_up"]
    assert await world.decided() == "hold"


async def test_a_word_that_all_is_well_after_the_call_counts_for_nothing(world: World) -> None:
    call = await reach(world, tier="medium", minutes=40)
    await call.presses("1")
    await answers(call, SAFE, SAFE, SAFE)
    await call.hears(ZH["closing"])
    await call.presses("3")
    await call.hears(ZH["more"])
    await end_is_told(world)
    await call.presses("1")
    await call.ended()
    await world.sleep(5)
    assert "consistent" not in [outcome for _, outcome in world.learned()]
    assert world.timeline("heard_late") == []
