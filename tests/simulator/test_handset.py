"""The steps of a test's telephone, above all their error messages when a story goes wrong."""

from __future__ import annotations

import pytest

from wakeup.simulator.handset import HandsetCall

from .world import World, world

HER = "+6591234501"
ASK = '<Gather numDigits="1" timeout="5" action="/two"><Say>您要转账吗</Say></Gather><Say>没听到</Say>'


async def _talking(w: World) -> HandsetCall:
    w.application.serves("/voice", ASK)
    w.application.serves("/two", "<Say>好的，再见</Say>")
    phone = w.company.handset(HER)
    await w.call(HER)
    call = await phone.expect_call()
    await call.answers()
    return call


async def test_a_story_is_told_and_its_transcript_kept() -> None:
    async with world() as w:
        call = await _talking(w)
        await call.hears("转账")
        await call.presses("1")
        await call.hears("再见")
        assert await call.ended(within=5) == "completed"
        assert call.transcript == ["您要转账吗", "好的，再见"]
        await w.company.handset(HER).expect_no_call(during=600)
        w.company.assert_nothing_unexpected()


async def test_words_never_spoken_are_missed_with_the_transcript() -> None:
    async with world() as w:
        call = await _talking(w)
        with pytest.raises(AssertionError, match=r"never heard '密码'(.|\n)*您要转账吗(.|\n)*没听到"):
            await call.hears("密码")


async def test_words_heard_before_the_last_act_do_not_count_again() -> None:
    async with world() as w:
        call = await _talking(w)
        await call.hears("转账")
        await call.presses("1")
        with pytest.raises(AssertionError, match="never heard '转账'"):
            await call.hears("转账", within=30)


async def test_a_call_that_never_comes_is_told_with_what_did_happen() -> None:
    async with world() as w:
        phone = w.company.handset(HER)
        w.company.handset("+6591234502")
        await w.call("+6591234502")
        with pytest.raises(AssertionError, match=r"no call within 30 s; .*none at all; calls posted in all: 1"):
            await phone.expect_call(within=30)


async def test_an_unexpected_call_fails_at_once_and_at_the_end() -> None:
    async with world() as w:
        phone = w.company.handset(HER)
        await w.call(HER)
        with pytest.raises(AssertionError, match="no call was expected"):
            await phone.expect_no_call(during=30)
        with pytest.raises(AssertionError, match="nobody expected"):
            w.company.assert_nothing_unexpected()


async def test_pressing_into_a_call_that_is_over_fails() -> None:
    async with world() as w:
        call = await _talking(w)
        await call.hangs_up()
        with pytest.raises(AssertionError, match="cannot press '1': nobody listens; the call is completed"):
            await call.presses("1")
        with pytest.raises(AssertionError, match="the call is over"):
            await call.hangs_up()
        with pytest.raises(AssertionError, match="does not ring"):
            await call.answers()


async def test_hanging_up_in_the_middle_of_a_word_keeps_what_was_heard() -> None:
    async with world() as w:
        call = await _talking(w)
        await call.hangs_up()
        assert call.status == "completed"
        assert call.transcript == []
        assert w.application.sent("/two") == []


async def test_a_call_that_goes_on_too_long_is_told() -> None:
    async with world() as w:
        w.application.serves("/voice", '<Pause length="600"/>')
        phone = w.company.handset(HER)
        await w.call(HER)
        call = await phone.expect_call()
        await call.answers()
        with pytest.raises(AssertionError, match="the call did not end within 60 s"):
            await call.ended()


async def test_texts_reach_a_handset_and_its_answer_reaches_the_application() -> None:
    async with world() as w:
        w.application.serves("/sms", "<Message>收到</Message>")
        phone = w.company.handset(HER)
        await w.post("Messages.json", To=HER, From="+6560000001", Body="请回复")
        assert await phone.expect_text("回复", within=5) == "请回复"
        replies = await phone.texts_back("可疑", "+6560000001", f"{w.application.base}/sms")
        assert replies == ["收到"]
        (inbound,) = w.application.sent("/sms")
        assert (inbound["From"], inbound["Body"]) == (HER, "可疑")
        assert await phone.expect_text("收到")
        with pytest.raises(AssertionError, match="no text with '别的'"):
            await phone.expect_text("别的", within=3)


async def test_a_person_rings_the_service_and_is_asked() -> None:
    async with world() as w:
        w.application.serves("/inbound", '<Gather numDigits="1" action="/two"><Say>请按键</Say></Gather>')
        w.application.serves("/two", "<Say>好的，再见</Say>")
        call = w.company.handset(HER).calls_in("+6560000001", f"{w.application.base}/inbound")
        await call.hears("请按键")
        await call.presses("1")
        await call.hears("再见")
        assert await call.ended() == "completed"
        (form,) = w.application.sent("/inbound")
        assert (form["Direction"], form["From"], form["CallStatus"]) == ("inbound", HER, "ringing")
        assert w.company.ledger.summary()["calls_placed"] == 0
        w.company.assert_nothing_unexpected()
