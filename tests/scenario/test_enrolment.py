"""Guardians are enrolled, invited and decide for themselves; customers are told by SMS, as their phones show it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from tests.scenario.test_guardians import BEN, LIN, flags
from tests.scenario.world import EPOCH, FROM, MEI, World, iso


async def enrols(world: World, *numbers: str, **more: Any) -> dict[str, str]:
    """The bank puts the customer's list of guardians, in order. Returns what became of each."""
    entries = [
        {"id": f"g_{n}", "name": "Lin Wei", "phone": phone, "locale": "en", "relation": "daughter",
         "consented_at": iso(world.clock.now()), "consent_channel": "app", **more}
        for n, phone in enumerate(numbers, start=1)
    ]  # fmt: skip
    body = {
        "type": "guardians", "event_id": f"list_{world.clock.now():%H%M%S%f}", "user_id": "u_1", "user_name": "陈美玲",
        "timezone": "Asia/Singapore", "occurred_at": iso(world.clock.now()), "guardians": entries,
    }  # fmt: skip
    answer = await world.post("/v1/users/u_1/guardians", body, method="PUT")
    assert answer.status == 200, answer.body
    became: dict[str, str] = answer.body["guardians"]
    return became


async def states(world: World) -> list[str]:
    listed = (await world.get("/v1/users/u_1/guardians")).body
    return [one["state"] for one in listed["guardians"]]


async def test_a_daughter_is_invited_once_agrees_and_carries_no_weight_yet(world: World) -> None:
    daughter = world.handset(LIN)
    assert await enrols(world, LIN) == {"g_1": "applied"}
    invitation = await daughter.expect_text("would like you as safety contact")
    assert not re.search(r"陈美玲|https?:|www|\+65", invitation) and "STOP" in invitation
    code = re.search(r"Reply (\d\d)", invitation)
    assert code is not None
    assert await daughter.texts_back(f"{code[1]} yes please", FROM) == []
    assert await states(world) == ["confirmed"]
    assert await enrols(world, LIN) == {"g_1": "unchanged"}
    await flags(world)
    assert await world.decided() == "hold"
    assert {row["reason"] for row in world.timeline("guardian_passed_over")} == {"too_new"}
    assert len(daughter.texts) == 1, "one invitation, ever, and no prompt within a week"


async def test_a_daughter_may_pause_come_back_and_leave_whenever_she_likes(world: World) -> None:
    daughter = world.handset(LIN)
    long_ago = iso(EPOCH - timedelta(days=60))
    await enrols(world, LIN, consented_at=long_ago, confirmed_at=long_ago, confirmed_channel="branch")
    seen = [await states(world)]
    for words in ("PAUSE", "resume", " Leave "):
        assert await daughter.texts_back(words, FROM) == []
        seen.append(await states(world))
    assert seen == [["confirmed"], ["paused"], ["confirmed"], ["left"]]
    await flags(world, LIN)
    assert await world.decided() == "hold"
    assert {row["reason"] for row in world.timeline("guardian_passed_over")} == {"guardian_left"}
    assert daughter.texts == [], "the bank has asked her itself, and she has left since"


async def test_a_customer_who_takes_their_consent_back_is_obeyed_amid_an_incident(world: World) -> None:
    daughter = world.handset(LIN)
    long_ago = iso(EPOCH - timedelta(days=60))
    known = {"consented_at": long_ago, "confirmed_at": long_ago, "confirmed_channel": "branch"}
    await enrols(world, LIN, **known)
    await flags(world, LIN)
    await world.sleep(60)
    assert await enrols(world, LIN, **known | {"consented_at": None}) == {"g_1": "applied"}
    [listed] = (await world.get("/v1/users/u_1/guardians")).body["guardians"]
    assert (listed["state"], listed.get("consented_at")) == ("confirmed", None)
    await world.sleep(1)
    assert await enrols(world, LIN, **known) == {"g_1": "waits"}
    [listed] = (await world.get("/v1/users/u_1/guardians")).body["guardians"]
    assert (listed.get("consented_at"), listed["waits"]) == (None, True)
    assert await world.decided() == "hold"
    assert {row["reason"] for row in world.timeline("guardian_passed_over")} == {"no_consent"}
    assert daughter.texts == []


async def test_a_change_amid_an_incident_waits_and_the_old_contact_hears_of_it(world: World) -> None:
    """The customer is talked into "updating" the daughter's number. Neither number is asked about this payment."""
    daughter, stranger = world.handset(LIN), world.handset(BEN)
    long_ago = iso(EPOCH - timedelta(days=60))
    known = {"consented_at": long_ago, "confirmed_at": long_ago, "confirmed_channel": "branch"}
    await enrols(world, LIN, **known)
    await flags(world, LIN)
    await world.sleep(60)
    assert await enrols(world, BEN, **known) == {"g_1": "waits"}
    await daughter.expect_text("about to be changed")
    assert await world.decided() == "hold"
    assert not world.timeline("guardian_asked")
    assert len(daughter.texts) == 1 and stranger.texts == []


async def test_a_customer_who_was_missed_reads_what_to_do_and_what_became_of_it(world: World) -> None:
    mei = world.handset(MEI)
    assert (await world.flag(tier="high", minutes=12)).status == 202
    await (await mei.expect_call()).ignores()
    mei.carrier = "failed"
    await mei.expect_text("请打开本行APP查看", within=30)
    assert await world.decided() == "hold"
    await mei.expect_text("已暂停", within=60)
    await world.sleep(5)
    missed, outcome = mei.texts
    for text in (missed, outcome):
        assert not re.search(r"5,?200|王|SG-88|https?:|www|\d{3,}", text) and "退订回TD" in text
    assert [row["purpose"] for row in world.timeline("sms_delivered")] == ["missed_call", "outcome"]
    await mei.texts_back("TD", FROM)
    assert (await world.flag(n=2, customer="u_1", tier="high", minutes=12)).status == 202
    await world.sleep(900)
    assert len(mei.texts) == 2, "who wants no more texts gets none"
