"""The money is gone while its customer is on the line, and they say now what would have stopped it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.colleagues import comes_to_work
from tests.scenario.talks import hears_nothing_private, is_rung, let_go_by_a_person, reach
from tests.scenario.world import LIN, MEI, World, tell
from wakeup.simulator.conference import MET
from wakeup.simulator.dialled import JOINED


async def gone(world: World, how: str) -> None:
    """The payment that the call is about is paid out by the bank, or let go by people, and the core is away."""
    if how == "undelivered":
        world.core.next_fault(*["500"] * 20)
    if how == "released":
        await world.news(how)
    else:
        await let_go_by_a_person(world)


def before_people(world: World) -> bool:
    [(state, unheld_at)] = world._rows("SELECT state, unheld_at FROM cases")
    return state != "settled" and unheld_at is not None


@pytest.mark.parametrize("how", ["released", "let_go", "undelivered"])
def test_a_warning_counts_though_nothing_is_left_to_talk_about(tmp_path: Path, how: str) -> None:
    """Gone a moment ago; and now they say that it was not them. Nobody tells them that it is stopped, even when it is
    called back, for that may be too late."""

    async def story(world: World) -> None:
        world.expects("alarm")
        call = await reach(world, tier="medium")
        await gone(world, how)
        await call.presses("2")
        await call.hears("马上自己拨银行卡背面的号码，说钱转出去了，请银行帮忙拦")
        await call.ended()
        await call.hears_nothing_of("不会转出去")
        assert world.learned() == [("right_party", "not_me")]
        assert len(world.timeline("warned_after_allow")) == 1
        assert len(world.timeline("allow_called_back")) == (how == "undelivered")
        assert before_people(world)

    tell(story, tmp_path)


@pytest.mark.parametrize("how", ["released", "let_go"])
@pytest.mark.parametrize("words", ["我要取消", "别转了"])
def test_who_wants_it_stopped_too_late_is_not_told_that_it_is_done(tmp_path: Path, how: str, words: str) -> None:
    async def story(world: World) -> None:
        world.expects("alarm")
        call = await reach(world, tier="medium")
        await gone(world, how)
        await call.says(words)
        await call.hears("在这通电话里停不住了")
        await call.hears("马上自己拨银行卡背面的号码")
        await call.ended()
        await call.hears_nothing_of("办好了")
        assert world.learned() == [("right_party", "dissuaded")]
        assert before_people(world)

    tell(story, tmp_path)


@pytest.mark.parametrize("how", ["released", "let_go"])
@pytest.mark.parametrize("words", ["0", "转人工", "我被骗了"])
def test_who_asks_for_a_person_in_vain_when_it_is_gone_comes_before_people(
    tmp_path: Path, how: str, words: str
) -> None:
    async def story(world: World) -> None:
        call = await reach(world, tier="medium")
        await gone(world, how)
        await (call.presses(words) if words == "0" else call.says(words))
        await call.hears("现在没有空闲的同事，我们会尽快跟您联系")
        await call.ended()
        await call.hears_nothing_of("办好了")
        assert world.learned() == [("right_party", "agent_requested")]
        assert before_people(world)

    tell(story, tmp_path)


@pytest.mark.parametrize("how", ["released", "let_go"])
def test_who_cannot_talk_when_it_is_gone_comes_before_people(tmp_path: Path, how: str) -> None:
    async def story(world: World) -> None:
        call = await reach(world, tier="medium")
        await gone(world, how)
        await call.presses("5")
        await call.ended()
        assert before_people(world)

    tell(story, tmp_path)


@pytest.mark.parametrize("how", ["released", "let_go"])
def test_who_hangs_up_while_they_wait_for_a_colleague_when_it_is_gone_comes_before_people(
    tmp_path: Path, how: str
) -> None:
    async def story(world: World) -> None:
        desk = world.handset(LIN)
        call = await reach(world, tier="medium")
        await gone(world, how)
        await call.presses("0")
        await call.hears("我帮您接一位同事")
        await desk.expect_call(within=30)
        await call.hangs_up()
        await world.sleep(60)
        assert world.learned() == [("right_party", "agent_requested")]
        assert before_people(world)

    tell(story, tmp_path, WAKEUP_PEOPLE__NUMBERS=LIN)


@pytest.mark.parametrize("agents", [False, True])
def test_who_talked_with_a_colleague_when_it_was_gone_waits_for_no_other(tmp_path: Path, agents: bool) -> None:
    async def story(world: World) -> None:
        desk = await comes_to_work(world, "ada") if agents else world.handset(LIN)
        call = await reach(world, tier="medium")
        await call.presses("0")
        colleague = await desk.expect_call(within=30)
        await colleague.answers()
        await colleague.hears("按1")
        await colleague.presses("1")
        await call.hears(MET if agents else JOINED)
        await gone(world, "let_go")
        await call.hangs_up()
        await world.sleep(60)
        assert world.learned() == [("right_party", "agent_requested")]
        assert not before_people(world)

    tell(story, tmp_path, WAKEUP_PEOPLE__NUMBERS=LIN)


def test_who_asks_for_english_when_nothing_is_left_hears_it_in_english(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        call = await reach(world, tier="medium")
        await let_go_by_a_person(world)
        await call.says("English please")
        await call.hears("it cannot be stopped on this call")
        await call.ended()

    tell(story, tmp_path)


@pytest.mark.parametrize("how", ["released", "let_go"])
@pytest.mark.parametrize("heard", ["1", "2", "您好，您说"])
def test_a_stranger_at_the_line_does_not_hear_that_it_has_gone_ahead(tmp_path: Path, how: str, heard: str) -> None:
    """Whoever only picked up is told neither of a payment nor that one has gone through, and still whom to ring."""

    async def story(world: World) -> None:
        world.handset(MEI)
        await world.flag(tier="medium")
        call = await is_rung(world)
        await gone(world, how)
        await (call.presses(heard) if heard.isdigit() else call.says(heard))
        await call.hears("这通电话里没有别的要办了")
        await call.hears("马上自己拨银行卡背面的号码")
        await call.ended()
        await hears_nothing_private(call)
        for word in ("放行", "停不住", "停下来"):
            await call.hears_nothing_of(word)

    tell(story, tmp_path)
