"""What customers say in a call, and what becomes of their transfer."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.scenario.talks import RISKY, SAFE, UNSURE, all_is_well, answers, insists, is_rung, is_told, reach
from tests.scenario.world import MEI, World, iso
from wakeup.domain.ids import CaseId

GOODBYE = {
    "zh-CN": {"dissuaded": "这笔转账就停在这儿", "keep_hold": "那就先停着", "consistent": "您看手机银行就行"},
    "en": {"dissuaded": "The payment stops here", "keep_hold": "it stays on hold", "consistent": "what happens next"},
}


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_a_customer_who_no_longer_wants_to_pay_is_held_at_once(world: World, locale: str) -> None:
    call = await reach(world, locale=locale)
    await call.presses("1")
    await answers(call, RISKY, UNSURE, SAFE)
    await call.presses("1")
    await call.hears(GOODBYE[locale]["dissuaded"])
    await call.ended()
    assert await world.decided(within=5) == "hold"
    assert world.tellings() == [("hold", "dissuaded")]


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_a_customer_who_wants_to_think_it_over_is_held_at_once(world: World, locale: str) -> None:
    call = await reach(world, locale=locale, tier="medium")
    await call.presses("1")
    await answers(call, SAFE, SAFE, SAFE)
    await call.presses("2")
    await call.hears(GOODBYE[locale]["keep_hold"])
    await call.ended()
    assert await world.decided(within=5) == "hold"
    await world.sleep(2000)
    assert world.tellings() == [("hold", "keep_hold")]


@pytest.mark.parametrize("locale", ["zh-CN", "en"])
async def test_a_harmless_medium_payment_goes_out_after_cooling(world: World, locale: str) -> None:
    call = await reach(world, locale=locale, tier="medium", minutes=40)
    began = world.clock.now()
    await all_is_well(call)
    assert any(GOODBYE[locale]["consistent"] in piece for piece in call.transcript)
    await world.sleep(14 * 60)
    assert world.tellings() == [], "it is still cooling"
    assert await world.decided(within=400) == "allow"
    assert world.clock.now() - began >= timedelta(minutes=15)
    assert world.learned() == [("right_party", "consistent")]


async def test_cooling_that_outlasts_the_window_holds_first_and_allows_later(world: World) -> None:
    call = await reach(world, tier="medium", minutes=10)
    await all_is_well(call)
    assert await world.decided(within=600) == "hold"
    assert await world.told(2, within=1200) == "allow"
    assert world.tellings() == [("hold", "cooling"), ("allow", "consistent")]
    assert (await world.in_force())["type"] == "decision.changed"


async def test_a_high_payment_needs_the_app_and_then_cooling(world: World) -> None:
    call = await reach(world, tier="high", minutes=10)
    await all_is_well(call)
    assert await world.decided() == "hold"
    await world.sleep(1200)
    assert world.tellings() == [("hold", "app_confirmation_missing")]
    assert (await world.news("confirmed_in_app")).status == 202
    await world.sleep(14 * 60)
    assert len(world.tellings()) == 1, "a tap cools too"
    assert await world.told(2, within=120) == "allow"


async def test_a_tap_that_came_before_the_flag_frees_no_high_payment_and_the_bank_is_told(world: World) -> None:
    """The bank's clock is four minutes ahead, so the tap is dated after the flag."""
    early = await world.news("confirmed_in_app", occurred_at=iso(world.clock.now() + timedelta(minutes=4)))
    assert [warned["field"] for warned in early.body["warnings"]] == ["transfer_id"]
    world.handset()
    answer = await world.flag(tier="high", minutes=10)
    assert [warned["field"] for warned in answer.body["warnings"]] == ["transfer.id"]
    call = await is_rung(world)
    await is_told(call)
    await all_is_well(call)
    await world.sleep(1800)
    assert world.tellings() == [("hold", "app_confirmation_missing")]


async def test_a_critical_payment_is_never_allowed_by_the_machine(world: World) -> None:
    call = await reach(world, tier="critical", minutes=10)
    await all_is_well(call)
    await world.news("confirmed_in_app")
    assert await world.decided() == "hold"
    await world.sleep(1800)
    assert world.tellings() == [("hold", "person_releases")]


@pytest.mark.parametrize(("answer", "outcome", "words"), [
    ("1", "keep_hold", "那就先停着"), ("2", "persists", "同事会亲自打给您"),
])  # fmt: skip
async def test_a_customer_who_contradicts_themselves_is_asked_once_more(
    world: World, answer: str, outcome: str, words: str
) -> None:
    call = await reach(world, tier="medium")
    await call.presses("1")
    await answers(call, RISKY, RISKY, RISKY)
    await insists(call)
    await call.hears("愿意先不转")
    await call.presses(answer)
    await call.hears(words)
    await call.ended()
    assert await world.decided(within=5) == "hold"
    assert world.tellings() == [("hold", outcome)]


async def test_a_customer_who_contradicts_themselves_and_hangs_up_is_held(world: World) -> None:
    call = await reach(world, tier="medium")
    await call.presses("1")
    await answers(call, RISKY, RISKY, RISKY)
    await insists(call)
    await call.hears("愿意先不转")
    await call.hangs_up()
    assert await world.decided(within=5) == "hold"
    assert world.tellings() == [("hold", "contradicted")]


async def test_doubt_alone_accuses_no_caller_and_releases_nothing(world: World) -> None:
    call = await reach(world, tier="medium")
    await call.presses("1")
    await answers(call, UNSURE, UNSURE, UNSURE)
    await insists(call)
    await call.hears("为了稳妥")
    await call.ended()
    assert await world.decided(within=5) == "hold"
    assert world.tellings() == [("hold", "undecided")]


async def test_rehearsed_answers_betray_the_coach(world: World) -> None:
    """The same key to every question, each time before the question could be heard."""
    call = await reach(world, tier="medium", customer="u_rehearsed")
    await call.interrupts_with("1")
    for _ in range(3):
        await call.interrupts_with("2")
    await call.ended()
    assert await world.decided(within=3600) == "hold"
    assert world.learned() == [("right_party", "coached")]


@pytest.mark.parametrize(("locale", "says", "hears"), [
    ("zh-CN", "这不是我转的", "这笔转账先停住"), ("en", "I didn't make that payment", "The payment is on hold"),
])  # fmt: skip
async def test_a_customer_who_denies_the_payment_is_held_and_a_human_is_to_call(
    world: World, locale: str, says: str, hears: str
) -> None:
    call = await reach(world, tier="medium", locale=locale)
    await call.says(says)
    await call.hears(hears)
    await call.ended()
    assert await world.decided(within=5) == "hold"
    assert world.tellings() == [("hold", "not_me")]
    effects = world.timeline("decided")[-1]["effects"]
    assert "person_within_10_min" in effects


@pytest.mark.parametrize(("locale", "says", "hears"), [
    ("zh-CN", "钱已经转出去了", "这不怪您"), ("en", "the money is gone already", "not your fault"),
])  # fmt: skip
async def test_a_customer_who_says_that_the_money_is_gone_asks_to_stop_the_payment(
    world: World, locale: str, says: str, hears: str
) -> None:
    call = await reach(world, locale=locale)
    await call.says(says)
    await call.hears(hears)
    await call.ended()
    assert await world.decided(within=5) == "hold"
    assert "stop_payment" in world.timeline("decided")[-1]["effects"]


async def test_a_customer_in_despair_is_listened_to_until_they_hang_up(world: World) -> None:
    call = await reach(world)
    await call.says("我不想活了")
    await call.hears("我在听，您慢慢说")
    await call.says("我很难受")
    await call.hears("您不是一个人")
    await call.stays_silent()
    assert call.status == "in-progress", "we are not the first to hang up"
    await call.hears("我还在听")
    await call.hangs_up()
    assert await world.decided(within=5) == "hold"
    assert world.tellings() == [("hold", "distress")]
    assert world.learned() == [("right_party", "distress")]


async def test_despair_may_speak_as_long_as_it_wants_and_only_a_long_silence_ends_it(world: World) -> None:
    call = await reach(world)
    await call.says("我不想活了")
    for _ in range(8):
        await call.says("我真的很难受，说不出来")
        await call.stays_silent()
    assert call.status == "in-progress"
    await call.says("他们骗了我一辈子的钱")
    for _ in range(7):
        await call.stays_silent()
    await call.hears("请让身边的人陪着您")
    await call.ended()
    assert await world.decided(within=5) == "hold"
    assert world.learned() == [("right_party", "distress")]


async def test_a_wish_for_a_person_keeps_the_hold(world: World) -> None:
    call = await reach(world, tier="medium", minutes=10)
    await call.presses("0")
    await call.hears("同事这会儿都在忙")
    await call.ended()
    assert await world.decided() == "hold"
    assert world.tellings() == [("hold", "agent_requested")]
    # The customer is called again as promised, though everything is decided.
    await (await is_rung(world, within=900)).hangs_up()
    await world.handset().expect_no_call(during=900)


@pytest.mark.parametrize("tier", ["critical", "medium"])
async def test_one_press_of_star_ends_the_calls_and_keeps_the_hold(world: World, tier: str) -> None:
    world.handset()
    await world.flag(tier=tier, minutes=10)
    call = await is_rung(world)
    await call.presses("*")
    await call.hears("不再用自动语音打给您")
    await call.ended()
    assert await world.decided() == "hold"
    assert world.tellings() == [("hold", "opt_out")]
    await world.handset(MEI).expect_no_call(during=900)


async def test_a_callee_who_cannot_talk_freely_hears_nothing_that_betrays_them(world: World) -> None:
    call = await reach(world, tier="medium", minutes=10)
    await call.presses("5")
    await call.hears("好的，不打扰您了，再见。")
    await call.ended()
    assert [row["by"] for row in world.timeline("cannot_talk")] == ["callee"], "a human is to follow up at once"
    assert await wanted_since(world) is not None
    assert await world.decided() == "hold"
    assert world.learned() == [("right_party", "partial")]


async def wanted_since(world: World) -> datetime | None:
    """Return since when a human is wanted for the case."""
    [(case_id,)] = world._rows("SELECT id FROM cases")
    review = await world.service.store.read(lambda unit: unit.reviews.get(CaseId(case_id)))
    return None if review is None else review.person_wanted_at


async def test_a_callee_who_could_not_talk_freely_releases_nothing_by_a_later_word_that_all_is_well(
    world: World,
) -> None:
    """The scammer may have made them say so. A callee who asks for a person loses the automatic release, too."""
    world.handset(MEI)
    await world.flag(tier="medium", minutes=40)
    call = await is_rung(world)
    await call.presses("5")
    await call.ended()
    again = await is_rung(world, within=120)
    await is_told(again)
    await all_is_well(again)
    assert await world.decided(within=2400) == "hold"
    await world.sleep(2000)
    assert world.tellings() == [("hold", "release_guarded")]


async def test_a_customer_who_prefers_to_call_the_bank_is_encouraged(world: World) -> None:
    world.handset()
    await world.flag(tier="medium", minutes=10)
    call = await is_rung(world)
    await call.presses("1")
    await call.hears("核对码")
    await call.presses("2")
    await call.hears("打银行卡背面")
    await call.ended()
    assert await world.decided() == "hold"
    assert world.tellings() == [("hold", "callback_verify")]


async def test_silence_is_never_permission(world: World) -> None:
    call = await reach(world, tier="medium", minutes=10)
    for _ in range(3):
        await call.stays_silent()
    await call.hears("没听到您的回答")
    await call.ended()
    assert await world.decided() == "hold"
    await world.sleep(1200)
    assert world.tellings() == [("hold", "no_input")]


async def test_hearing_it_again_changes_nothing(world: World) -> None:
    call = await reach(world, tier="medium")
    await call.presses("9")
    await call.hears("是您自己操作的")
    await all_is_well(call)
    assert await world.decided() == "allow"


async def test_the_code_is_shown_by_the_app_while_the_call_runs_and_never_after(world: World) -> None:
    phone = world.handset()
    await world.flag()
    call = await phone.expect_call(within=10)
    ringing = await world.in_app()
    assert ringing["calling"]
    assert "call_code" not in ringing, "nobody has answered yet"
    await call.answers()
    await call.presses("1")
    heard = await call.hears("两边一样")
    code = (await world.in_app())["call_code"]
    assert set(code) <= set("02345689"), "no digit that sounds like another"
    assert "、".join("零一二三四五六七八九"[int(digit)] for digit in code) in heard
    assert "call_code" not in (await world.get("/v1/users/u_1/call-status?confirmed=true&screen_share=true")).body
    assert "call_code" not in (await world.get("/v1/users/u_1/call-status")).body
    await call.presses("1")
    await call.hears("转账")
    await call.presses("2")
    await call.ended()
    await world.sleep(1)
    after = await world.in_app()
    assert not after["calling"]
    assert "call_code" not in after
    assert await world.decided() == "hold"


@pytest.mark.parametrize("first", ["我在开会", "您好，机主暂时无法接听，请在嘀声后留言"])
async def test_a_customer_who_has_no_time_is_called_until_they_have(world: World, first: str) -> None:
    """我在开会 twice, or once after a voicemail, ended our calls while guardian and agent were still to be asked."""
    phone = world.handset()
    await world.flag(tier="medium", minutes=40)
    for said in (first, "我在开会"):
        call = await is_rung(world, within=90)
        await call.says(said)
        await call.ended()
    if first != "我在开会":
        await phone.expect_no_call(during=30)
    call = await is_rung(world, within=330)
    await is_told(call)
    await all_is_well(call)
    assert await world.decided() == "allow"


async def test_a_customer_who_cannot_talk_is_not_called_later_as_well(world: World) -> None:
    phone = world.handset()
    await world.flag(tier="medium", minutes=40)
    for said in ("旁边有人", "我在开会"):
        call = await is_rung(world, within=90)
        await call.says(said)
        await call.ended()
    await phone.expect_no_call(during=900)


async def test_a_customer_who_hangs_up_on_us_wants_no_more_calls(world: World) -> None:
    phone = world.handset()
    await world.flag(tier="medium", minutes=40)
    for _ in range(2):
        call = await is_rung(world, within=90)
        await call.says("你们是骗子")
        await call.hangs_up()
    await phone.expect_no_call(during=900)


@pytest.mark.parametrize("then", ["answers", "is_busy"])
async def test_a_customer_who_calls_the_bank_themselves_is_not_called_later_as_well(world: World, then: str) -> None:
    """That call may be why their line is busy."""
    phone = world.handset()
    await world.flag(tier="medium", minutes=40)
    for _ in range(2 if then == "answers" else 1):
        call = await is_rung(world, within=90)
        await call.says("我自己打给银行")
        await call.ended()
    if then == "is_busy":
        for _ in range(4):
            await (await phone.expect_call(within=90)).is_busy()
    await phone.expect_no_call(during=900)


async def test_a_second_call_carries_on_after_one_that_was_cut_short(world: World) -> None:
    world.handset()
    await world.flag(tier="medium", minutes=40)
    first = await is_rung(world)
    await first.hangs_up()
    second = await is_rung(world, within=90)
    await is_told(second)
    await all_is_well(second)
    assert await world.decided() == "allow"
