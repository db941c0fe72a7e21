"""Staff work on a case while the service runs: they take its calls over, and review it when a customer contests."""

from __future__ import annotations

from tests.console.console_client import password_hash
from tests.scenario.world import MEI, World, iso
from wakeup.domain.ids import CaseId
from wakeup.domain.review import Reason
from wakeup.domain.staff import Staff, StaffRole
from wakeup.usecases.console.sign_in import NewAccount, make_account
from wakeup.usecases.desk.reach_out import take_over
from wakeup.usecases.repositories.views import QueueRow
from wakeup.usecases.review.review import Order


async def supervisor(world: World) -> Staff:
    ann = NewAccount(name="ann", person="p_ann", role=StaffRole.SUPERVISOR, password_hash=password_hash())
    return await world.service.store.run(make_account, ann, "story", world.clock.now())


async def waiting(world: World) -> list[QueueRow]:
    return list(await world.service.store.read(lambda unit: unit.views.waiting(world.clock.now(), 9)))


async def test_a_payment_that_joins_after_a_take_over_is_left_to_the_person(world: World) -> None:
    ann, phone = await supervisor(world), world.handset()
    opened = await world.flag(tier="high", customer="u_1", minutes=60)
    call = await phone.expect_call()
    await call.rejects()
    wish = Order(staff_id=ann.id, case_id=CaseId(opened.body["case_id"]), version=0, reason=Reason.CONTACT_CUSTOMER)
    await world.service.store.run(take_over, wish, world.clock.now())
    joined = await world.flag(n=2, tier="high", customer="u_1", minutes=60)
    assert joined.body["case_id"] == opened.body["case_id"]
    assert joined.body["decision"]["decision"] == "hold"
    await phone.expect_no_call(during=480)
    assert world.rang() == 1
    [one, other] = await waiting(world)
    assert one.person_wanted_at is not None and other.person_wanted_at is not None
    # Ten minutes after her last action her claim lapses, and automatic calls resume.
    for _ in range(2):
        again = await phone.expect_call(within=480)
        await again.rejects()
    assert await world.decided("t_2", within=4000) == "hold"


async def test_a_hold_that_is_contested_in_the_app_waits_for_a_person(world: World) -> None:
    phone = world.handset()
    phone.carrier = "failed"
    await world.flag(minutes=12)
    assert await world.decided() == "hold"
    contest = {"event_id": "evt_contest", "occurred_at": iso(world.clock.now())}
    told = await world.news("contested", **contest)
    assert (told.status, told.body["transfer_known"]) == (202, True)
    assert (await world.news("contested", **contest)).status == 200
    await phone.expect_text("申诉已收到", within=10)
    [one] = await waiting(world)
    assert one.contested_at is not None
    assert world.tellings() == [("hold", "nobody_reached")], "nothing is lifted"
    assert MEI not in repr(world.log)
    assert (await world.news("released")).status == 202
    assert (await world.news("contested")).status == 409
