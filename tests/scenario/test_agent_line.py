"""An agent calls the bank's agent line and sets their state by key."""

from __future__ import annotations

from tests.scenario.colleagues import NUMBERS, comes_to_work, pin_of, state_of
from tests.scenario.test_call_in import line
from tests.scenario.world import FROM, LIN, World
from wakeup.domain.agent import AgentState

GREETING, CHOICE, WRONG = "请输入您的六位数字", "就绪，请按1", "没有办成"


async def test_an_agent_sets_their_state_with_their_digits_and_one_key(world: World) -> None:
    desk = await comes_to_work(world, "ada", ready=False)
    for key, state in (("1", AgentState.READY), ("2", AgentState.BREAK), ("3", AgentState.AWAY)):
        call = desk.calls_in(FROM, line(world))
        await call.hears(GREETING)
        await call.presses(pin_of("ada"))
        await call.hears(CHOICE)
        await call.presses(key)
        await call.ended()
        assert await state_of(world, "ada") is state
    assert not any(pin_of("ada") in url or NUMBERS["ada"] in url for url in world.company.asked)


async def test_caller_id_proves_nothing_and_guessing_ends_soon(world: World) -> None:
    desk = await comes_to_work(world, "ada", ready=False)
    for _ in range(3):
        call = desk.calls_in(FROM, line(world))
        await call.hears(GREETING)
        await call.presses("000000")
        await call.hears(WRONG)
        await call.hears_nothing_of(CHOICE)
        await call.ended()
    call = desk.calls_in(FROM, line(world))
    await call.hears(GREETING)
    await call.presses(pin_of("ada"))
    await call.hears(WRONG)
    await call.hears_nothing_of(CHOICE)
    await call.ended()
    assert await state_of(world, "ada") is AgentState.AWAY
    await world.sleep(31 * 60)
    call = desk.calls_in(FROM, line(world))
    await call.presses(pin_of("ada"))
    await call.hears(CHOICE)
    await call.hangs_up()


async def test_a_caller_who_is_no_agent_hears_what_callers_hear(world: World) -> None:
    await comes_to_work(world, "ada", ready=False)
    call = world.handset(LIN).calls_in(FROM, line(world))
    await call.hears("手机银行里看得到")
    await call.hears_nothing_of(GREETING)
    await call.hangs_up()
