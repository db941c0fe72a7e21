"""A script is disabled: the next conversation is held in the generic one."""

from __future__ import annotations

from tests.scenario.world import LIN, MEI, World
from wakeup.usecases.repositories.scripts import PausedScript


async def test_a_customer_who_is_called_while_a_script_is_paused_hears_the_general_one(world: World) -> None:
    for n, phone, expected in ((1, MEI, "romance"), (2, LIN, "generic")):
        await world.flag(n=n, phone=phone, typology="romance")
        call = await world.handset(phone).expect_call()
        await call.answers()
        await call.hears("自动语音")
        await call.hangs_up()
        assert world.timeline("talk_begun")[-1]["script"] == expected
        off = PausedScript(script_id="romance", paused_at=world.clock.now(), by="ann")
        await world.service.store.run(lambda unit, off: unit.scripts.pause(off), off)
