"""Several digits, an open answer and a message: what the callee says is stored where it belongs and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenario.own_script import speaks
from tests.scenario.world import MEI, World, tell
from wakeup.runtime.service import access_of
from wakeup.telephony.recordings import TwilioRecordings

NODES = """
  start: {type: collect, prompts: [hello, hour], reprompts: [hour], least: "2", most: "4", filled: how}
  how: {type: speech, prompts: [how], reprompts: [how], heard: leave}
  leave: {type: record, prompts: [leave], max_s: "30", done: thanks, silent: nothing, failed: gone}
  thanks: {type: hangup, prompts: [thanks]}
  nothing: {type: hangup, prompts: [nothing]}
"""
WORDS = """
hello: "Hello, this is {{ bank_name }}, an automated, recorded call about your money."
hour: "When may we ring you? Key in the hour, then the hash key."
how: "What happened?"
leave: "Leave us a message. It is recorded."
thanks: "We have your message."
nothing: "You said nothing."
"""
TOLD = "a man from the parcel service rang me on Monday"


def test_keys_words_and_recordings_of_a_talk_are_kept_for_this_service_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    speaks(monkeypatch, tmp_path, NODES, WORDS)

    async def story(world: World) -> None:
        phone = world.handset()
        await world.flag(locale="en")
        call = await phone.expect_call()
        await call.answers()
        await call.hears("Key in the hour")
        await call.presses("1530#")
        await call.hears("What happened")
        await call.says(TOLD)
        await call.hears("Leave us a message")
        await call.says("Please ring me after work, my phone is off until then")
        await call.hears("We have your message")
        await call.ended()
        [kept] = world.timeline("message_recorded")
        [made] = [row for row in world.company.ledger.of("recording") if "seconds" in row]
        assert (kept["recording"], kept["by"]) == (made["recording"], "callee")
        recordings = TwilioRecordings(access_of(world.given), connector=world.wires(each_once=False))
        played = await recordings.fetch(made["recording"])
        await recordings.close()
        assert played is not None and (played[:4], played[8:12]) == (b"RIFF", b"WAVE")
        everything = json.dumps(world.timeline()) + json.dumps(world.log) + "".join(world.company.asked)
        assert "1530" not in everything and TOLD not in everything and "recordings.invalid" not in everything

    tell(story, tmp_path)


def test_silence_is_answered_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    speaks(monkeypatch, tmp_path, NODES, WORDS)

    async def story(world: World) -> None:
        phone = world.handset(MEI)
        await world.flag(locale="en")
        call = await phone.expect_call()
        await call.answers()
        await call.presses("#")
        await call.hears("Key in the hour")
        await call.presses("99")
        await call.stays_silent()
        await call.says(TOLD)
        await call.hears("You said nothing", within=90)
        await call.ended()
        assert not world.timeline("message_recorded")

    tell(story, tmp_path)
