"""Our requests are signed with an API key instead of the auth token, which only signs the webhooks."""

from __future__ import annotations

import pytest

from tests.scenario.talks import all_is_well, reach
from tests.scenario.world import TOKEN, World
from wakeup.runtime.service import access_of
from wakeup.telephony.recordings import TwilioRecordings

KEY, SECRET = "SK" + "7" * 32, "the-secret-of-the-key"
USES_A_KEY = {"WAKEUP_TWILIO__API_KEY": KEY, "WAKEUP_TWILIO__API_SECRET": SECRET}


@pytest.mark.settings(**USES_A_KEY)
async def test_calls_questions_and_recordings_need_no_auth_token(world: World) -> None:
    world.company.api_keys[KEY] = SECRET
    world.company.faults.next_callback("lost", event="completed")
    call = await reach(world, tier="medium", minutes=40)
    await all_is_well(call)
    await world.sleep(90)
    assert len(world.timeline("call_end")) == 1
    [kept] = world.timeline("call_recorded")
    recordings = TwilioRecordings(access_of(world.given), connector=world.wires(each_once=False))
    await recordings.fetch(kept["recording"])
    await recordings.close()
    facts = world.company.ledger.of("post_received", "call_fetched", "recording_fetched")
    assert {row["fact"] for row in facts} == {"post_received", "call_fetched", "recording_fetched"}
    assert not world.company.ledger.of("post_refused")


@pytest.mark.settings(**USES_A_KEY)
@pytest.mark.parametrize("known", [{}, {KEY: TOKEN}, {"SK" + "8" * 32: SECRET}])
async def test_a_key_that_was_revoked_stops_dialling(world: World, known: dict[str, str]) -> None:
    world.company.api_keys |= known
    phone = world.handset()
    await world.flag(minutes=20)
    await phone.expect_no_call(during=30)
    assert {row["status"] for row in world.company.ledger.of("post_refused")} == {401}
    assert [row["cause"] for row in world.logged("alarm")] == ["dialling_stopped"]
    world.company.api_keys[KEY] = SECRET
    await (await phone.expect_call(within=90)).is_busy()
    world.expects("alarm")
