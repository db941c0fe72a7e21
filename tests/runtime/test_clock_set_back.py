"""After a clock was set back, no loop keeps a rest of before: nothing waits until the clock has caught up."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.runtime.test_one_bad_row import Company
from tests.runtime.test_per_item import LoopDesk
from tests.unit.builders import HOUR, T0
from tests.unit.desk import POLICY
from tests.unit.guardian_steps import asks, guardian
from tests.unit.sms_desk import SENDER, SmsDesk
from wakeup.domain.errors import LockedError
from wakeup.runtime.loops.messenger import Messenger
from wakeup.runtime.loops.per_item import PerItem
from wakeup.runtime.loops.planner import Planner
from wakeup.usecases.ringing.pacing import AccountLimits

SET_BACK = T0 - HOUR
SECOND = timedelta(seconds=1)


def test_texts_go_on() -> None:
    loops, company = LoopDesk(), Company()
    loops.desk = desk = SmsDesk(replace(POLICY, messages=replace(POLICY.messages, per_second=1.0)))
    for n in range(1, 4):
        opened = desk.flag(n, SET_BACK, minutes=180, guardians=(guardian(f"+659888000{n}", f"g_{n}"),))
        assert asks(desk, opened.case_id, SET_BACK) is None
    messenger = Messenger(loops.engine, company, SENDER)  # type: ignore[arg-type]

    async def sent_at(now: datetime) -> int:
        loops.clock.at = now
        await messenger.round()
        await messenger.drain(5)
        return len(company.sent)

    async def story() -> list[int]:
        return [await sent_at(now) for now in (T0, T0, SET_BACK, SET_BACK, SET_BACK + SECOND)]

    assert asyncio.run(story()) == [1, 1, 2, 2, 3]


def test_the_planner_plans_on() -> None:
    loops, planned = LoopDesk(), list[datetime]()
    for n in range(3):
        loops.desk.flag(n, SET_BACK, minutes=180)
    account = AccountLimits(name="AC", calls_per_second=1, max_concurrent=1)
    planner = Planner(loops.engine, account, "n", POLICY.overload)

    async def plans_at(now: datetime) -> datetime | None:
        loops.clock.at = now
        again = await planner.round()
        plan = loops.desk.run(lambda unit: unit.plans.get("AC"))
        assert plan is not None
        planned.append(plan.made_at)
        return again

    async def story() -> datetime | None:
        for now in (T0, T0 + SECOND / 2, SET_BACK):
            await plans_at(now)
        return await plans_at(SET_BACK + SECOND / 2)

    assert asyncio.run(story()) == SET_BACK + POLICY.overload.plan_every
    assert planned == [T0, T0, SET_BACK, SET_BACK]


@pytest.mark.parametrize("trouble", [LockedError(), ValueError("unreadable")])
def test_an_item_that_failed_is_tried_again_and_rests_as_long_as_any_other(trouble: Exception) -> None:
    loops = LoopDesk()
    items: PerItem[str] = PerItem(loops.engine, "item_failed", "item")

    async def fails() -> None:
        raise trouble

    async def story() -> None:
        for _ in range(2):
            for now in (T0, SET_BACK):
                assert items.awake(["a"], now) == ["a"]
                assert items.resting(now) == frozenset()
                await items.one("a", fails(), now)
                assert items.awake(["a"], now) == []
                assert items.resting(now) == {"a"}
                again = items.again(now, None)
                assert again is not None
                assert now < again <= now + 2 * SECOND

    asyncio.run(story())
