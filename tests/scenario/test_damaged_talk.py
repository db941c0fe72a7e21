"""The stored conversation of a call is damaged: the end of the call is recorded, and the case goes on without it."""

from __future__ import annotations

from tests.scenario.talks import all_is_well, is_told, reach
from tests.scenario.world import World
from wakeup.storage.unit_of_work import SqlUnit


async def is_damaged(world: World, table: str = "talks") -> None:
    def damage(unit: SqlUnit) -> None:
        unit.connection.exec_driver_sql(f"UPDATE {table} SET sealed = x'00'")

    await world.service.store.run(damage)


async def test_the_end_of_a_call_whose_conversation_cannot_be_read_is_recorded_and_another_call_follows(
    world: World,
) -> None:
    world.expects("alarm")
    call = await reach(world)
    await is_damaged(world)
    await call.hangs_up()
    await world.sleep(5)
    assert [row["alarm"] for row in world.timeline("talk_unreadable")] == [True]
    assert world.timeline("call_end")
    again = await world.handset().expect_call(within=1800)
    await again.answers()
    await is_told(again)
    await again.presses("2")
    await again.ended()
    assert world.learned()[-1][-1] == "not_me" and await world.decided() == "hold"


async def test_a_finished_talk_that_cannot_be_read_any_more_prevents_no_decision(world: World) -> None:
    assert (await world.flag(tier="medium", amount="100.00", minutes=10)).status == 202
    call = await world.handset().expect_call()
    await call.answers()
    await is_told(call)
    await all_is_well(call)
    await world.sleep(20)
    await is_damaged(world)
    await world.sleep(900)
    assert [ruling for ruling, _ in world.tellings()][-1] == "allow"


async def test_a_call_whose_conversation_is_damaged_meanwhile_is_ended_and_another_one_follows(world: World) -> None:
    world.expects("alarm")
    call = await reach(world)
    await is_damaged(world)
    await call.presses("1")
    await call.ended()
    await world.sleep(5)
    assert [row["alarm"] for row in world.timeline("talk_unreadable")] == [True]
    assert world.timeline("call_end")
    again = await world.handset().expect_call(within=1800)
    await again.answers()
    await is_told(again)


async def test_a_call_goes_on_though_what_was_said_in_it_before_is_damaged(world: World) -> None:
    call = await reach(world)
    await is_damaged(world, "turns")
    await call.presses("2")
    await call.ended()
    assert world.learned()[-1][-1] == "not_me" and await world.decided() == "hold"
