"""A running service loses a customer's key: nothing more is rung or said to them, the money is held in time, and the
bank's word is taken."""

from __future__ import annotations

from tests.scenario.talks import reach
from tests.scenario.world import World
from wakeup.storage.unit_of_work import SqlUnit


async def loses_the_key(world: World) -> None:
    def lose(unit: SqlUnit) -> None:
        unit.connection.exec_driver_sql("UPDATE customers SET wrapped_key = x'00' WHERE id = 'u_1'")

    await world.service.store.run(lose)


async def is_left_alone(world: World) -> None:
    """The customer was called, the money is held and they were told: nothing of theirs falls due, so that time may
    pass while their key is lost."""
    assert (await world.flag(minutes=1)).status == 202
    call = await world.handset().expect_call()
    await call.rejects()
    assert await world.decided() == "hold"
    await world.sleep(600)


async def test_a_call_in_progress_ends_and_the_core_is_told_in_time(world: World) -> None:
    world.expects("alarm")
    call = await reach(world)
    await loses_the_key(world)
    await call.hangs_up()
    assert await world.decided() == "hold"
    await world.sleep(3600)
    assert world.rang() == 1, "a number that cannot be read is not called again"


async def test_the_banks_release_is_taken(world: World) -> None:
    await is_left_alone(world)
    await loses_the_key(world)
    assert (await world.news("released", event_id="again")).status < 300
    [*_, moved] = world.timeline("case_moved")
    assert moved["after"] == "settled"


async def test_an_event_about_them_keeps_no_other_customer_of_a_batch_from_being_called(world: World) -> None:
    world.expects("event_failed")
    await is_left_alone(world)
    await loses_the_key(world)
    new = [world.event(2, phone="+6591230002"), world.event(3, customer="u_1"), world.event(4, phone="+6591230004")]
    answer = await world.post("/v1/risk-events/batch", {"events": new})
    assert [item["status"] for item in answer.body["results"]] == [202, 500, 202]
