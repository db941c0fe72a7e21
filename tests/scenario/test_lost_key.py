"""A running service loses a customer's key, and the operator gives it up: the case goes on without what it protected,
and ends."""

from __future__ import annotations

from tests.scenario.talks import ZH, is_told, reach
from tests.scenario.world import World
from wakeup.domain.ids import CustomerId
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.personal_data.lost_keys import give_up_key

WHO = CustomerId("u_1")


async def loses_the_key(world: World) -> None:
    def lose(unit: SqlUnit) -> None:
        unit.connection.exec_driver_sql("UPDATE customers SET wrapped_key = x'00' WHERE id = 'u_1'")

    await world.service.store.run(lose)


async def gives_up(world: World) -> None:
    assert await world.service.store.run(give_up_key, WHO, (), "root", world.clock.now()) is not None


async def is_left_alone(world: World) -> None:
    """The customer was called, the money is held and they were told: nothing of theirs falls due, so that time may
    pass while their key is lost."""
    assert (await world.flag(minutes=1)).status == 202
    call = await world.handset().expect_call()
    await call.rejects()
    assert await world.decided() == "hold"
    await world.sleep(600)


async def test_a_live_call_starts_over_and_its_warning_counts(world: World) -> None:
    call = await reach(world)
    await loses_the_key(world)
    await gives_up(world)
    await call.presses("2")
    await call.hears(ZH["hello"])
    await is_told(call)
    assert "王" not in "".join(call.transcript[-4:]), "the payee's name is lost"
    await call.presses("2")
    await call.ended()
    assert world.learned()[-1][-1] == "not_me"
    assert await world.decided() == "hold"
    await world.sleep(3600)
    assert world.rang() == 1, "a number that cannot be read is not called again"


async def test_the_banks_release_is_taken_as_soon_as_the_key_is_given_up(world: World) -> None:
    world.expects("request_failed")
    await is_left_alone(world)
    await loses_the_key(world)
    refused = await world.news("released", event_id="again")
    assert refused.status >= 500, "the bank will say it again"
    await gives_up(world)
    assert (await world.news("released", event_id="again")).status < 300
    [*_, moved] = world.timeline("case_moved")
    assert moved["after"] == "settled"


async def test_until_then_an_event_about_them_keeps_no_other_customer_of_a_batch_from_being_called(
    world: World,
) -> None:
    world.expects("event_failed")
    await is_left_alone(world)
    await loses_the_key(world)
    new = [world.event(2, phone="+6591230002"), world.event(3, customer="u_1"), world.event(4, phone="+6591230004")]
    answer = await world.post("/v1/risk-events/batch", {"events": new})
    assert [item["status"] for item in answer.body["results"]] == [202, 500, 202]
    await gives_up(world)
    again = await world.post("/v1/risk-events/batch", {"events": new})
    assert [item["status"] for item in again.body["results"]] == [200, 202, 200]
