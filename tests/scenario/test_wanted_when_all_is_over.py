"""Every payment was cancelled or refused, but the callee was promised a call from a human: they get it."""

from __future__ import annotations

import pytest

from tests.scenario.talks import reach
from tests.scenario.world import World
from wakeup.domain.decision import Ruling, Verdict
from wakeup.domain.ids import CaseId
from wakeup.domain.to_do import Urgency
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import record_decision
from wakeup.usecases.review.queue import read_queue
from wakeup.usecases.unit import Unit


async def is_over(world: World, how: str) -> None:
    if how == "cancelled":
        await world.news("cancelled_in_app")
        return
    [(case_id,)] = world._rows("SELECT id FROM cases")

    def act(unit: Unit, now: object) -> None:
        with CaseFile(unit, unit.cases.lock(CaseId(case_id)), world.clock.now()) as file:
            held = record_decision(file, file.transfers()[0], Verdict(ruling=Ruling.HOLD, reason="nobody_reached"))
            record_decision(file, held, Verdict(ruling=Ruling.REFUSE, reason="hold_max"))

    await world.service.store.run(act, world.clock.now())


@pytest.mark.parametrize("how", ["cancelled", "refused"])
@pytest.mark.parametrize(
    ("says", "hears"),
    [("我不想活了", "同事会尽快亲自打给您"), ("2", "请银行看看您的账户"), ("钱已经转了", "同事这会儿都在忙")],
)
async def test_a_customer_who_needs_a_person_is_in_the_queue(world: World, how: str, says: str, hears: str) -> None:
    call = await reach(world, tier="medium")
    await is_over(world, how)
    await (call.presses(says) if says.isdigit() else call.says(says))
    await call.hears(hears, within=60)
    await call.hangs_up()
    await world.sleep(60)
    [waits] = (await world.service.store.read(read_queue, world.clock.now())).queued
    assert (waits.waiting.transfer_id, waits.waiting.state, waits.urgency) == ("t_1", how, Urgency.PERSON_PROMISED)


@pytest.mark.parametrize("how", ["cancelled", "refused"])
async def test_a_callee_who_cannot_talk_freely_then_is_in_the_queue(world: World, how: str) -> None:
    call = await reach(world, tier="medium")
    await is_over(world, how)
    await call.presses("5")
    await call.ended()
    [waits] = (await world.service.store.read(read_queue, world.clock.now())).queued
    assert (waits.waiting.state, waits.urgency) == (how, Urgency.PERSON_PROMISED)


@pytest.mark.parametrize(
    ("says", "hears"),
    [("我不想活了", "同事会尽快亲自打给您"), ("2", "请银行看看您的账户"), ("5", "好的，不打扰您了，再见。")],
)
async def test_a_customer_who_was_promised_a_call_stays_queued_after_cancelling_the_payment(
    world: World, says: str, hears: str
) -> None:
    """They were promised it while the payment was pending. A person who has or shares their phone can cancel it."""
    call = await reach(world, tier="medium")
    await (call.presses(says) if says.isdigit() else call.says(says))
    await call.hears(hears, within=60)
    await call.hangs_up()
    await world.sleep(60)
    await world.news("cancelled_in_app")
    await world.sleep(60)
    [waits] = (await world.service.store.read(read_queue, world.clock.now())).queued
    assert (waits.waiting.state, waits.urgency) == ("cancelled", Urgency.PERSON_PROMISED)
