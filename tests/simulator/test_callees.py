"""Callees behave as their numbers say, because they understand what they hear, in both languages."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest
from aiohttp import web

from wakeup.simulator.call_request import MessageRequest, read_call
from wakeup.simulator.clock import LoopClock
from wakeup.simulator.profiles import MAGIC, MIX, Register
from wakeup.simulator.server import PhoneCompany
from wakeup.simulator.understanding import Choice, reply_to_text, understand
from wakeup.simulator.virtual_loop import run

from .little_ivr import LittleIvr
from .world import ACCOUNT, EPOCH, OURS, TOKEN

OUTCOMES = {
    "heeds": "dissuaded", "insists": "persists", "insists_contradicted": "persists", "coached": "dissuaded",
    "confused": "keep_hold", "silent": "no_input", "hangs_up": "", "wrong_person": "wrong_number",
    "asks_for_person": "agent", "cannot_talk": "cannot_talk", "distressed": "agent", "already_paid": "already_paid",
    "stops_calls": "opt_out", "busy_then_heeds": "", "no_answer": "", "no_answer_then_heeds": "", "rejects": "",
    "voicemail": "no_input", "fax": "no_input", "carrier_failure": "", "human_judged_machine": "dissuaded",
    "machine_judged_human": "no_input", "speaks": "dissuaded", "keeps_hold": "keep_hold", "not_me": "not_me",
    "relative_answers": "owner_away", "calls_bank": "callback",
}  # fmt: skip
ENDS = {
    "busy_then_heeds": "busy", "no_answer": "no-answer", "no_answer_then_heeds": "no-answer", "rejects": "no-answer",
    "carrier_failure": "failed",
}  # fmt: skip


async def _ring_all(language: str, numbers: dict[str, str], rounds: int = 1) -> tuple[LittleIvr, PhoneCompany]:
    ivr = LittleIvr()
    runner = web.AppRunner(ivr.app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    company = PhoneCompany(ACCOUNT, TOKEN, LoopClock(EPOCH), seed=3, calls_per_second=50)
    for number in range(rounds):
        for to in numbers.values():
            form = {
                "To": to, "From": OURS, "Url": f"{base}/{language}/party?{number}", "AsyncAmd": "true",
                "MachineDetection": "DetectMessageEnd", "Timeout": "30",
            }  # fmt: skip
            company.create(read_call(form, []))
        await asyncio.sleep(1200)
    await company.close()
    await runner.cleanup()
    return ivr, company


def _numbers(names: dict[str, str]) -> dict[str, str]:
    suffixes = {profile.name: suffix for suffix, profile in MAGIC.items()}
    return {name: f"+65912345{suffixes[name]}" for name in names}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_profile_ends_as_its_name_says(language: str) -> None:
    numbers = _numbers(OUTCOMES)
    ivr, company = run(_ring_all(language, numbers))
    assert {name: ivr.outcomes.get(to, "") for name, to in numbers.items()} == OUTCOMES
    status = {call.request.to: call.status for call in company.calls.values()}
    assert {name: status[numbers[name]] for name in ENDS} == ENDS
    assert not company.ledger.of("problem"), company.ledger.of("problem")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_truth_shows_in_the_answers_whatever_their_polarity(language: str) -> None:
    numbers = _numbers({"heeds": "", "insists": "", "insists_contradicted": ""})
    ivr, _ = run(_ring_all(language, numbers))
    risks = {name: ivr.risks.get(to, 0) for name, to in numbers.items()}
    assert risks == {"heeds": 2, "insists": 0, "insists_contradicted": 3}


def test_a_callee_who_was_busy_or_away_listens_to_the_second_call() -> None:
    numbers = _numbers({"busy_then_heeds": "", "no_answer_then_heeds": ""})
    ivr, _ = run(_ring_all("zh", numbers, rounds=2))
    assert {name: ivr.outcomes.get(to) for name, to in numbers.items()} == dict.fromkeys(numbers, "dissuaded")


def test_a_silent_machine_hangs_up_in_the_middle_of_a_long_wait() -> None:
    async def story() -> int:
        company = PhoneCompany(ACCOUNT, TOKEN, LoopClock(EPOCH))
        form = {"To": "+6591234569", "From": OURS, "Twiml": '<Response><Gather timeout="200"/></Response>'}
        call = company.create(read_call(form, []))
        await asyncio.sleep(300)
        await company.close()
        return call.seconds or 0

    assert 44 <= run(story()) <= 46


def test_some_speak_and_the_call_screener_asks_who_is_there() -> None:
    numbers = _numbers({"speaks": "", "distressed": "", "call_screener": ""})
    ivr, company = run(_ring_all("zh", numbers))
    assert "不是" in ivr.said[numbers["speaks"]]
    assert "不想活" in ivr.said[numbers["distressed"]][-1]
    assert "来电助理" in ivr.said[numbers["call_screener"]][0]
    verdicts = {company.calls[row["call"]].request.to: row["answered_by"] for row in company.ledger.of("verdict")}
    assert verdicts[numbers["call_screener"]] == "unknown"


def test_detection_errs_for_the_two_profiles_made_for_it() -> None:
    numbers = _numbers({"voicemail": "", "machine_judged_human": "", "human_judged_machine": "", "fax": ""})
    _, company = run(_ring_all("zh", numbers))
    verdicts = {company.calls[row["call"]].request.to: row["answered_by"] for row in company.ledger.of("verdict")}
    assert {name: verdicts[to] for name, to in numbers.items()} == {
        "voicemail": "machine_end_beep", "machine_judged_human": "human", "human_judged_machine": "machine_end_beep",
        "fax": "fax",
    }  # fmt: skip


def test_ordinary_numbers_get_profiles_by_seed_in_the_shares_of_the_mix() -> None:
    register = Register(1)
    names = [register.profile(f"+6591{n:06d}").name for n in range(40_000) if n % 100 < 50]
    counts = Counter(names)
    assert abs(counts["heeds"] / len(names) - MIX["50"]) < 0.02
    assert sum(MIX.values()) == pytest.approx(1, abs=0.02)
    assert names == [Register(1).profile(f"+6591{n:06d}").name for n in range(40_000) if n % 100 < 50]


@pytest.mark.parametrize(
    ("heard", "options"),
    [
        ("想再听一遍,请按9。想找人工,请按0。说话不方便,请按5。",
         {Choice.AGAIN: "9", Choice.AGENT: "0", Choice.CANNOT_TALK: "5"}),
        ("不想再接自动来电,请按星号键。", {Choice.STOP_CALLS: "*"}),
        ("现在接着听，请按1。想先核实，请按2。", {Choice.GO_ON: "1", Choice.CHECK_FIRST: "2"}),
        ("愿意先不转,请按1。还是要现在转,请按2。", {Choice.KEEP: "1", Choice.PROCEED: "2"}),
        ("不转了,请按1。先停着,请按2。", {Choice.CANCEL: "1", Choice.KEEP: "2"}),
        ("两边一样，请按1。不一样，请按2。没看到核对码，请按3。",
         {Choice.CODE_MATCHES: "1", Choice.CODE_DIFFERS: "2", Choice.NO_CODE: "3"}),
        ("If the two match, press 1. If they differ, press 2. If you see no code, press 3.",
         {Choice.CODE_MATCHES: "1", Choice.CODE_DIFFERS: "2", Choice.NO_CODE: "3"}),
        ("Press 1 to cancel the payment, press 2 to keep it on hold.", {Choice.CANCEL: "1", Choice.KEEP: "2"}),
        ("If it matches, press 1. If it differs, or you see no code, press 2.",
         {Choice.CODE_MATCHES: "1", Choice.CODE_DIFFERS: "2"}),
        ("To stop automated calls, press star.", {Choice.STOP_CALLS: "*"}),
    ],
)  # fmt: skip
def test_menus_are_understood_in_many_wordings(heard: str, options: dict[Choice, str]) -> None:
    assert understand(heard).options == options


@pytest.mark.parametrize(
    ("question", "topic", "yes_is_risk"),
    [
        ("让您付这笔钱的人,是在网上认识的吗?", "origin", True),
        ("这笔钱的事,是您先找的对方吗?", "origin", False),
        ("有人教过您,银行问起来该怎么说吗?", "control", True),
        ("收款的这一方,您当面打过交道吗?", "test", False),
        ("收款的这一方,您只在网上打过交道吗?", "test", True),
        ("您在官方App里,自己看到这笔退款了吗?", "test", False),
        ("Did this begin with a call from someone else?", "origin", True),
        ("Has anyone told you what to say if the bank asks?", "control", True),
        ("Do you know the payee only online?", "test", True),
        ("If something went wrong, could you find the payee in person?", "test", False),
    ],
)  # fmt: skip
def test_questions_are_understood_with_their_polarity(question: str, topic: str, yes_is_risk: bool) -> None:
    found = understand(question).question
    assert found is not None
    assert (found.topic, found.yes_is_risk) == (topic, yes_is_risk)


def test_a_guardian_writes_the_word_the_text_offers() -> None:
    body = "银行提醒:可疑请回复1,知情请回复2。"
    assert (reply_to_text("suspicious", body), reply_to_text("known", body)) == ("1", "2")
    assert reply_to_text("known", "If it looks wrong, reply SUSPECT. If you know about it, reply KNOWN.") == "KNOWN"
    assert reply_to_text("suspicious", "回复1表示可疑，回复2表示我知道这笔转账") == "1"
    assert reply_to_text("known", "回复1表示可疑，回复2表示我知道这笔转账") == "2"
    assert reply_to_text("suspicious", "Reply 1 if it looks suspicious, reply 2 if you know about it.") == "1"
    assert "可疑" in reply_to_text("suspicious", "请告诉我们您的看法")
    assert reply_to_text("stop", body) == "STOP"


def test_guardians_answer_texts_by_themselves() -> None:
    async def story() -> list[str]:
        bodies: list[str] = []

        async def inbound(request: web.Request) -> web.Response:
            bodies.append(str((await request.post())["Body"]))
            return web.Response(text="<Response/>", content_type="text/xml")

        app = web.Application()
        app.router.add_post("/sms", inbound)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        company = PhoneCompany(ACCOUNT, TOKEN, LoopClock(datetime(2026, 1, 1, tzinfo=UTC)))
        company.inbound_message_url = f"http://127.0.0.1:{runner.addresses[0][1]}/sms"
        for to in ("+6591234585", "+6591234587", "+6591234550"):
            company.messages.create(MessageRequest(to=to, from_=OURS, body="回复1表示可疑，回复3表示不清楚"))
        await asyncio.sleep(600)
        await company.close()
        await runner.cleanup()
        return sorted(bodies)

    assert run(story()) == ["1", "3"]
