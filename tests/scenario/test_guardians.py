"""Guardians are asked and answer: stories in what the phone hears and shows."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.scenario.talks import RISKY, answers, is_rung, is_told
from tests.scenario.world import EPOCH, FROM, World, iso, plain
from wakeup.simulator.handset import Handset

LIN, BEN = "+6598881101", "+6598881102"
"""Daughter and son of 陈美玲."""


def guardians(*numbers: str, locale: str = "en", **more: Any) -> list[dict[str, Any]]:
    return [
        {
            "id": f"g_{n}", "name": "Lin Wei", "phone": number, "locale": locale, "relation": "daughter",
            "consented_at": iso(EPOCH - timedelta(days=90)), **more,
        }
        for n, number in enumerate(numbers, start=1)
    ]  # fmt: skip


async def flags(world: World, *numbers: str, locale: str = "en", **event: Any) -> None:
    """Flag a transfer of a customer who does not answer the phone, and who has guardians."""
    world.handset().carrier = "failed"
    said = world.event(**{"tier": "high", **event})
    said["guardians"] = guardians(*numbers, locale=locale)
    assert (await world.flag(said)).status == 202


async def is_asked(phone: Handset, words: str = "safety contact", within: float = 600) -> str:
    """The code in the prompt that arrives."""
    text = await phone.expect_text(words, within)
    found = re.search(r"(?:[Rr]eply|回复)\D{0,8}(\d\d)", text)
    assert found is not None, text
    return found[1]


def passed_over(world: World) -> list[str]:
    return [row["reason"] for row in world.timeline("guardian_passed_over")]


@pytest.mark.parametrize(("locale", "words"), [("en", "safety contact"), ("zh-CN", "登记您为守护人")])
async def test_a_daughter_is_worried_and_the_money_is_held_for_it(world: World, locale: str, words: str) -> None:
    daughter = world.handset(LIN)
    await flags(world, LIN, locale=locale)
    code = await is_asked(daughter, words)
    [text] = daughter.texts
    assert not re.search(r"5,?200|王|SG-88|https?:|www", text)
    assert ("陈*玲" in text) is True
    assert await daughter.texts_back(f"{code} 1", FROM) == [], "the answer of our webhook is silence"
    assert await world.decided() == "hold"
    assert world.tellings() == [("hold", "guardian_worried")]
    [review] = world.timeline("review_wanted")
    assert review["by"] == "guardian"
    told = await world.metrics()
    assert "wakeup_guardian_share 1.0" in told and "wakeup_guardian_reply_rate 1.0" in told


async def test_a_daughter_who_knows_about_it_changes_nothing(world: World) -> None:
    daughter = world.handset(LIN)
    await flags(world, LIN)
    code = await is_asked(daughter)
    await daughter.texts_back(f"{code}  ２ i know about it, please release", FROM)
    assert await world.decided() == "hold"
    assert world.timeline("guardian_replied")[0]["answer"] == "aware"
    assert not world.timeline("learned")


async def test_silence_is_reminded_of_and_then_the_son_is_asked(world: World) -> None:
    daughter, son = world.handset(LIN), world.handset(BEN)
    await flags(world, LIN, BEN, minutes=60)
    code = await is_asked(daughter)
    await daughter.expect_text("please ring", within=240)
    await is_asked(son, within=300)
    assert passed_over(world) == ["no_reply"]
    await daughter.texts_back(f"{code} 1", FROM)
    assert await world.decided() == "hold"
    assert world.tellings() == [("hold", "guardian_worried")], "late, and counted all the same"


async def test_a_text_that_does_not_arrive_leads_to_the_next_guardian(world: World) -> None:
    world.company.messages.undeliverable[LIN] = 30008
    son = world.handset(BEN)
    await flags(world, LIN, BEN)
    await is_asked(son)
    assert passed_over(world) == ["carrier_failure"]
    posts = [row for row in world.company.ledger.of("message_post_received") if row["to"] == LIN]
    assert len(posts) == 1, "it may have arrived all the same: the same words are never posted twice"


async def test_a_guardian_who_opted_out_at_the_phone_company_is_not_tried_twice(world: World) -> None:
    world.company.messages.opted_out.add(LIN)
    son = world.handset(BEN)
    await flags(world, LIN, BEN)
    await is_asked(son)
    assert passed_over(world) == ["opted_out"]
    posts = [row for row in world.company.ledger.of("message_post_received") if row["to"] == LIN]
    assert len(posts) == 1


async def test_stop_stops_the_texts_and_a_person_looks(world: World) -> None:
    daughter = world.handset(LIN)
    await flags(world, LIN)
    await is_asked(daughter)
    await daughter.texts_back("Stop", FROM)
    assert [row["reason"] for row in world.timeline("review_wanted")] == ["guardian_stop"]
    await world.sleep(1500)
    assert len(daughter.texts) == 1, "not a word more"
    assert await world.decided() == "hold"


async def test_another_code_is_explained_once_and_a_stranger_gets_no_word(world: World) -> None:
    daughter, stranger = world.handset(LIN), world.handset(BEN)
    await flags(world, LIN)
    code = await is_asked(daughter)
    wrong = "11" if code != "11" else "12"
    for _ in range(3):
        await daughter.texts_back(f"{wrong} 1", FROM)
    await stranger.texts_back(f"{code} 1", FROM)
    await daughter.expect_text("did not understand", within=10)
    await world.sleep(30)
    assert sum("did not understand" in text for text in daughter.texts) == 1
    assert stranger.texts == []
    assert not world.timeline("learned")
    await daughter.texts_back(f"{code} 1", FROM)
    assert world.timeline("learned")[0]["outcome"] == "guardian_worried"


async def test_a_lost_answer_never_makes_two_texts(world: World) -> None:
    daughter = world.handset(LIN)
    world.company.faults.next_message("drop_after_create")
    for _ in range(2):
        world.company.faults.next_callback("lost", event="sms")
    await flags(world, LIN)
    code = await is_asked(daughter)
    await world.sleep(150)
    prompts = [text for text in daughter.texts if "chose you" in text]
    assert len(prompts) == 1
    assert world.timeline("sms_bound"), "found among our texts, by its words"
    await daughter.texts_back(f"{code} 1", FROM)
    assert world.timeline("learned")


@pytest.mark.parametrize("fault", ["429", "refuse"])
async def test_a_text_is_sent_again_only_if_it_certainly_was_not_sent(world: World, fault: str) -> None:
    daughter = world.handset(LIN)
    world.company.faults.next_message(fault)
    await flags(world, LIN)
    if fault == "refuse":
        # The connection broke, so nothing is known. It is looked for, given up, and no other guardian is left.
        await world.sleep(800)
        assert daughter.texts == []
        assert passed_over(world) == ["not_found"]
    else:
        await is_asked(daughter)


async def test_receipts_that_are_lost_are_asked_for(world: World) -> None:
    daughter = world.handset(LIN)
    for _ in range(2):
        world.company.faults.next_callback("lost", event="sms")
    await flags(world, LIN)
    await is_asked(daughter)
    await world.sleep(90)
    assert [row["purpose"] for row in world.timeline("sms_delivered")] == ["prompt"]


async def test_i_will_call_them_is_asked_back(world: World) -> None:
    daughter = world.handset(LIN)
    await flags(world, LIN, minutes=60)
    code = await is_asked(daughter)
    await daughter.texts_back(f"{code} 3", FROM)
    await daughter.expect_text("have you reached", within=660)
    await daughter.texts_back("1", FROM)
    assert await world.decided() == "hold"
    assert world.tellings() == [("hold", "guardian_worried")]


@pytest.mark.parametrize(("answer", "told"), [("1", True), ("2", False)])
async def test_a_customer_on_the_line_hears_that_a_guardian_is_worried(world: World, answer: str, told: bool) -> None:
    daughter = world.handset(LIN)
    said = world.event(tier="high", minutes=60)
    said["guardians"] = guardians(LIN)
    mei = world.handset()
    assert (await world.flag(said)).status == 202
    for _ in range(2):
        await (await mei.expect_call(within=400)).rejects()
    code = await is_asked(daughter)
    call = await is_rung(world, within=400)
    await is_told(call)
    await call.presses("1")
    await answers(call, RISKY, RISKY, RISKY)
    await call.hears("您想怎么办")
    await call.hears_nothing_of("他担心您")
    await daughter.texts_back(f"{code} {answer}", FROM)
    await call.presses("3")
    await call.hears("要继续转")
    assert ("他担心您" in "".join(call.transcript)) is told
    await call.hangs_up()
    assert await world.decided() == "hold"


@pytest.mark.parametrize("event", [{"typology": "extortion"}, {"signals": ["family_risk"]}])
async def test_no_guardian_is_asked_where_the_family_may_be_the_danger(world: World, event: dict[str, Any]) -> None:
    daughter = world.handset(LIN)
    await flags(world, LIN, **event)
    assert await world.decided() == "hold"
    assert daughter.texts == []


async def test_no_address_and_no_log_line_names_a_person(world: World) -> None:
    daughter = world.handset(LIN)
    await flags(world, LIN)
    code = await is_asked(daughter)
    await daughter.texts_back(f"{code} 1 because her boyfriend Raymond asks for money", FROM)
    await world.decided()
    for url in map(plain, world.company.asked):
        assert LIN.removeprefix("+") not in url
    said = repr(world.log) + repr(world.timeline())
    for private in (LIN, "Lin Wei", "Raymond", "陈", "daughter"):
        assert private not in said, private
