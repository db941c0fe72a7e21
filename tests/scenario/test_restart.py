"""The process dies and another takes over its database: it asks at once about what was under way."""

from __future__ import annotations

from pathlib import Path

from tests.scenario.world import World, tell


def test_a_call_that_ended_while_the_service_was_down_frees_its_line_at_once(tmp_path: Path) -> None:
    async def story(world: World) -> None:
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

    tell(story, tmp_path)
