"""The case page over HTTP: four eyes, masked data, errors next to their fields."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientResponse

from tests.console.console_client import Browsers, ConsoleClient, play
from tests.unit.desk import POLICY
from wakeup.domain.attempt import AttemptState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId, CaseId, PartyId
from wakeup.domain.outcome import Contact, Disposition
from wakeup.domain.party import Role
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile

SID = "RE" + "a" * 32
WHY = {"reason": "identified_by_call_back", "text": "rang her on the number we have known for years"}


async def test_a_release_with_four_eyes(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag()
    ann, ben = browsers(), browsers()
    await ann.sign_in("ann")
    await ben.sign_in("ben")
    assert (await ann.send(case_id, "claim", "claim")).status == 303
    asked = await ann.send(case_id, "release-t_1", "release", **WHY)
    assert asked.headers["Location"].endswith("&said=second_needed")
    same = await ann.send(case_id, "claim", "claim")
    assert same.status == 303
    refused = await ann.send(case_id, "confirm-t_1", "confirm", **WHY)
    assert refused.status == 409
    assert "a second person must confirm" in refused.plain and WHY["text"] in refused.text, "nothing typed is lost"
    await ann.send(case_id, "claim", "give-back")
    seen = await ben.get(f"/console/cases/{case_id}")
    assert "ann asks for a release." in seen.plain and WHY["text"] in seen.plain
    await ben.send(case_id, "claim", "claim")
    done = await ben.send(case_id, "confirm-t_1", "confirm", **WHY)
    assert done.headers["Location"].endswith("&said=released")
    assert await console.state() == "allowed"
    page = await ben.get(done.headers["Location"])
    assert "ann+ben" in page.plain and "The transfer was released." in page.plain


async def test_two_people_on_one_case_get_a_message_not_a_lost_update(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag()
    ann, kim = browsers(), browsers()
    await ann.sign_in("ann")
    await kim.sign_in("kim")
    await ann.send(case_id, "claim", "claim")
    old = (await ann.get(f"/console/cases/{case_id}")).hidden("release-t_1")
    await kim.send(case_id, "note", "note", text="she called us back")
    late = await ann.post(f"/console/cases/{case_id}/release", {**old, **WHY})
    assert late.status == 409 and "somebody else has changed this case meanwhile" in late.plain
    assert "she called us back" in late.plain and await console.state() == "held"


async def test_personal_data_is_masked_until_a_reason_is_given(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag()
    kim, vera, aud = browsers(), browsers(), browsers()
    for browser, name in ((kim, "kim"), (vera, "vera"), (aud, "aud")):
        await browser.sign_in(name)
        page = await browser.get(f"/console/cases/{case_id}")
        assert "+6590000001" not in page.text and "Mei" not in page.text and "Wong" not in page.text
    silent = await kim.send(case_id, "unmask", "unmask", reason="other", text="")
    assert silent.status == 409 and "give the reason in a sentence" in silent.plain and "+6590000001" not in silent.text
    shown = await kim.send(case_id, "unmask", "unmask", reason="contact_customer", text="she asked for it")
    assert shown.status == 200
    assert "+6590000001" in shown.text and "Mei" in shown.text and "Wong" in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert "+6590000001" not in (await kim.get(f"/console/cases/{case_id}")).text
    told = await aud.get(f"/console/cases/{case_id}")
    assert "kim unmasked personal data: to contact the customer." in told.plain
    csrf = (await vera.get()).csrf
    data = {"csrf": csrf, "version": "0", "reason": "report"}
    assert (await vera.post(f"/console/cases/{case_id}/unmask", data)).status == 403


async def test_the_look_again_link_leads_to_the_page_of_the_case(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag(1, held=False)
    kim = browsers()
    await kim.sign_in("kim")
    for reason, status in ("contact_customer", 200), ("", 409):
        shown = await kim.send(case_id, "unmask", "unmask", reason=reason)
        assert shown.status == status and 'href=""' not in shown.text
        assert f'<a href="/console/cases/{case_id}">Look again</a>' in shown.text


async def test_notes_are_shown_to_agents_and_not_to_viewers(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag()
    kim, vera = browsers(), browsers()
    await kim.sign_in("kim")
    await vera.sign_in("vera")
    await kim.send(case_id, "note", "note", text="her son will come by")
    assert "her son will come by" in (await kim.get(f"/console/cases/{case_id}")).text
    assert "her son" not in (await vera.get(f"/console/cases/{case_id}")).text


async def test_more_time_is_asked_for_in_the_viewers_own_zone(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag(held=False)
    ann = browsers()
    ann.cookies["zone"] = "Asia/Singapore"
    await ann.sign_in("ann")
    why = {"reason": "waiting_for_callback"}
    for typed, words in (
        ("nonsense", "must be a date and a time"),
        ("2026-11-23T10:00", "later than the legal limit"),
    ):
        wrong = await ann.send(case_id, "extend-t_1", "extend", decide_by=typed, **why)
        assert wrong.status == 409 and words in wrong.plain and typed in wrong.text
    assert (await ann.send(case_id, "extend-t_1", "extend", decide_by="2026-11-22T12:00", **why)).status == 303
    assert "Nov 22, 2026 12:00:00" in (await ann.get(f"/console/cases/{case_id}")).plain


async def test_a_label_with_a_wrong_amount_says_so_beside_the_field(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag()
    ann = browsers()
    await ann.sign_in("ann")
    await ann.send(case_id, "claim", "claim")
    cents = "more decimals than its currency"
    for typed, words in (
        ("a lot", "an amount"), ("501", "between zero and"), ("1.200,50", "commas only"), ("1,5", "commas only"),
        ("1.200", cents), ("1.255", cents),
    ):  # fmt: skip
        wrong = await ann.send(case_id, "label-t_1", "label", label="scam", recovered=typed)
        assert wrong.status == 409 and words in wrong.plain and f'value="{typed}"' in wrong.text
    assert (await ann.send(case_id, "label-t_1", "label", label="scam", recovered="120.50")).status == 303
    assert "Later truth" in (await ann.get(f"/console/cases/{case_id}")).plain


async def test_an_admin_breaks_the_glass_to_hold_and_cannot_release(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag(held=False)
    root = browsers()
    await root.sign_in("root")
    page = await root.get(f"/console/cases/{case_id}")
    assert "Hold it (emergency)" in page.plain and "Release it" not in page.plain
    assert (await root.send(case_id, "hold-t_1", "hold", reason="police_asked")).status == 303
    assert await console.state() == "held"
    csrf = (await root.get()).csrf
    assert (await root.post(f"/console/cases/{case_id}/release", {"csrf": csrf})).status == 403


async def test_the_customer_is_rung_again_and_a_contest_answered_from_the_page(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(held=False)
    ann, kim = browsers(), browsers()
    await ann.sign_in("ann")
    await kim.sign_in("kim")
    page = await kim.get(f"/console/cases/{case_id}")
    assert "No guardian was asked." in page.plain and "Take it over" not in page.plain
    await kim.send(case_id, "claim", "claim")
    party = re.search(r'<option value="(pty_\w+)"', page.text)
    assert party is not None
    busy = await kim.send(case_id, "ring", "ring", party=party[1])
    assert busy.status == 409 and "planned or running already" in busy.plain
    nobody = await kim.send(case_id, "guardian", "guardian")
    assert nobody.status == 409 and nobody.plain.count("no guardian is known") == 1
    assert re.search(r'(?s)Try it all the same.*role="alert">\s*<p class="fault".*no guardian is known', nobody.text), (
        "said there"
    )
    said = "it is for her own flat"
    assert (await kim.send(case_id, "contest", "contest", reason="by_phone", text=said)).status == 303
    assert "contested" in (await ann.get("/console/queue")).plain
    over = await ann.send(case_id, "over", "take-over", reason="contact_customer")
    assert over.status == 303
    seen = await ann.get(f"/console/cases/{case_id}")
    assert "waiting for an answer since" in seen.plain and said in seen.plain
    assert "Calls taken over by a colleague since" in seen.plain
    bare = await ann.send(case_id, "answer", "answer", reason="scam_likely")
    assert bare.status == 409 and "the customer must be given the grounds" in bare.plain
    await ann.send(case_id, "answer", "answer", reason="scam_likely", text="three banks know the payee")
    assert "waiting for an answer since" not in (await ann.get(f"/console/cases/{case_id}")).plain


async def test_each_play_of_a_recording_is_written_down_before_it_is_heard(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, other = await console.flag(), await console.flag(2)
    sid, away = "RE" + "a" * 32, "RE" + "b" * 32
    await console.leave_message(case_id, sid)
    await console.leave_message(case_id, away)
    ann, kim, vera = browsers(), browsers(), browsers()
    for browser, name in ((ann, "ann"), (kim, "kim"), (vera, "vera")):
        await browser.sign_in(name)
    page = await kim.get(f"/console/cases/{case_id}")
    path = f"/console/cases/{case_id}/recordings/{sid}"
    assert f'src="{path}"' in page.text and "media-src 'self'" in page.headers["Content-Security-Policy"]
    assert path not in (await vera.get(f"/console/cases/{case_id}")).text
    assert (await vera.get(path)).status == 403
    before = (await ann.get(f"/console/cases/{case_id}")).hidden("claim")
    played = await kim.get(path, Range="bytes=1-2")
    assert played.status == 200 and played.headers["Cache-Control"] == "no-store"
    assert (await kim.get(path)).status == 200
    told = (await ann.get(f"/console/cases/{case_id}")).plain
    assert told.count("kim listened to a recording of 2 seconds.") == 2
    assert (await ann.post(f"/console/cases/{case_id}/claim", before)).status == 303, "listening disturbs nobody"
    console.audio[away] = b""
    assert (await kim.get(path.replace(sid, away))).status == 503
    console.audio.pop(away)
    for missing in (path.replace(sid, away), path.replace(case_id, other), path.replace(sid, "RE" + "c" * 32)):
        assert (await kim.get(missing)).status == 404


def test_how_long_a_second_person_has_is_the_policys_to_say() -> None:
    async def story(console: ConsoleClient, browsers: Browsers) -> None:
        case_id = await console.flag()
        ann = browsers()
        await ann.sign_in("ann")
        await ann.send(case_id, "claim", "claim")
        assert "a second person confirms within 5 minutes" in (await ann.get(f"/console/cases/{case_id}")).plain
        assert "Two persons are needed, within 5 minutes" in (await ann.get("/console/bulk")).plain
        asked = await ann.send(case_id, "release-t_1", "release", **WHY)
        page = await ann.get(asked.headers["Location"])
        assert "A second person must confirm the release within 5 minutes." in page.plain
        assert "Payments Act 2019" in page.plain and "支付服务法" not in page.plain, (
            "what holds it, in one's own language"
        )
        ann.cookies["language"] = "zh_CN"
        page = await ann.get(asked.headers["Location"])
        assert "须由第二人在 5 分钟内确认放行。" in page.plain
        assert "支付服务法" in page.plain and "Payments Act" not in page.plain

    reviewing, basis = replace(POLICY.review, second_within=timedelta(minutes=5)), "Payments Act 2019 (支付服务法 2019)"
    play(story, ConsoleClient(policy=replace(POLICY, review=reviewing, hold_basis=basis)))


async def test_a_second_account_of_the_one_who_asked_is_not_shown_as_the_second_person(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag()
    await console.hire_again("ann", "ann2", " P_Ann")
    ann, ann2, ben = browsers(), browsers(), browsers()
    for browser, name in ((ann, "ann"), (ann2, "ann2"), (ben, "ben")):
        await browser.sign_in(name)
    await ann.send(case_id, "claim", "claim")
    assert (await ann.send(case_id, "release-t_1", "release", **WHY)).status == 303
    opened = [
        re.search(r"<details open>\s*<summary>Confirm the release", page.text) is not None
        for page in [await each.get(f"/console/cases/{case_id}") for each in (ann, ann2, ben)]
    ]
    assert opened == [False, False, True]


def an_agents_leg(case_id: CaseId, now: datetime) -> Callable[[SqlUnit], None]:
    """A colleague was called for the customer, and the call with the customer was recorded."""

    def add(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), now) as file:
            attempt = unit.attempts.of_case(case_id)[0]
            customer = unit.parties.of_case(file.case)[0]
            colleague = replace(
                customer, id=PartyId("pty_agent"), role=Role.AGENT, phone="+6591239997", number_index="agents"
            )
            unit.parties.add([colleague], file.case.customer_id)
            leg = replace(
                attempt, id=AttemptId("att_agent"), n=2, party_id=colleague.id, number_index="agents",
                state=AttemptState.ENDED, disposition=Disposition.ANSWERED, contact=Contact.NOBODY, intent_at=now,
                from_number="+6531290000", ended_at=now, check_at=None,
            )  # fmt: skip
            unit.attempts.add(leg, now)
            file.note("call_recorded", attempt=attempt.id, recording=SID, seconds=188)

    return add


async def test_a_recording_of_the_call_is_no_message_and_a_colleagues_leg_no_customers(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(held=False)
    await console.store.run(an_agents_leg(case_id, console.moment))
    ann = browsers()
    await ann.sign_in("ann")
    page = await ann.get(f"/console/cases/{case_id}")
    assert "Call recording, 188 seconds" in page.plain and "Message of" not in page.text
    assert "Agent's call 2 · ended · answered" in page.plain and "answered · nobody" not in page.plain
    choices = page.text[page.text.index('id="ring-party"') :].split("</select>")[0]
    assert "customer +65" in choices and "agent" not in choices
    ann.cookies["language"] = "zh_CN"
    chinese = await ann.get(f"/console/cases/{case_id}")
    assert "通话录音，188 秒" in chinese.plain and "坐席通话 2 · 已结束 · 已接听" in chinese.plain
    assert "客户协议" in chinese.plain and "customer agreement" not in chinese.plain


def thirty_calls_begin(unit: SqlUnit, now: datetime) -> None:
    for _ in range(30):
        assert unit.budgets.take("SG", now, 100)


async def test_the_board_filters_the_search_finds_and_dialling_is_paused(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(held=False)
    ann, vera = browsers(), browsers()
    await ann.sign_in("ann")
    await vera.sign_in("vera")
    board = await vera.get()
    assert "t_1" in board.plain and "critical" in board.plain and "Pause all dialling" not in board.plain
    assert "t_1" not in (await ann.get("/console?tier=medium")).plain
    assert "t_1" in (await ann.get("/console?tier=critical&state=pending")).plain
    for text in (case_id, "t_1", "u_1"):
        assert (await ann.get(f"/console/search?q={text}")).headers["Location"] == f"/console/cases/{case_id}"
    missed = (await ann.get("/console/search?q=t_99")).plain
    assert "Nothing was found." in missed and "at least the last 8 digits of a case" in missed
    page = await ann.get("/console/search")
    by_phone = await ann.post("/console/search", {"csrf": page.csrf, "phone": "+65 9000 0001"})
    assert by_phone.headers["Location"] == f"/console/cases/{case_id}"
    wrong = await ann.post("/console/search", {"csrf": page.csrf, "phone": "9000"})
    assert wrong.status == 409 and "A number with country code" in wrong.plain
    assert (await ann.post("/console/dialling/pause", {"csrf": page.csrf})).status == 303
    paused = await ann.get()
    assert "Dialling is stopped" in paused.plain and "Resume dialling" in paused.plain
    assert (await ann.post("/console/dialling/resume", {"csrf": page.csrf})).status == 303
    assert "Dialling is stopped" not in (await ann.get()).plain
    await console.store.run(thirty_calls_begin, console.moment)
    console.moment += timedelta(seconds=80)
    board = await ann.get()
    assert "Calls per second 0.33 / 1" in board.plain, "ten seconds of thirty calls are not a minute ago"
    assert "retention had expired" not in board.plain
    await console.flag(2, held=False, decide_by=console.moment + timedelta(minutes=1))
    console.moment += timedelta(minutes=2)
    assert "past their deadline without a decision · 1" in (await ann.get()).plain
    assert (await ann.post("/console/dialling/resume", {"csrf": page.csrf})).status == 409
    assert not [line for line in console.log.lines if "9000" in json.dumps(line, default=str)]


async def test_the_stream_tells_what_changed_and_ends_with_the_session(
    console: ConsoleClient, browsers: Browsers
) -> None:
    from wakeup.web.console import live

    await console.flag(held=False)
    ann = browsers()
    await ann.sign_in("ann")
    cookie = "; ".join(f"{name}={value}" for name, value in ann.cookies.items())
    async with ann.session.get(f"{ann.base}/console/live", headers={"Cookie": cookie}) as stream:
        first = await _event(stream)
        assert list(first["rows"]) == ["t_1"] == first["order"] and "Money at stake" in first["tiles"]
        await console.flag(2, held=False, decide_by=console.moment + timedelta(minutes=5))
        while "rows" not in (news := await _event(stream)):
            assert "order" not in news
        assert list(news["rows"]) == ["t_2"] and news["order"] == ["t_2", "t_1"]
        console.moment += timedelta(hours=1)
        before, live.RECHECK_S = live.RECHECK_S, 0.0
        try:
            assert {} in [await _event(stream) for _ in range(4)], "the stream goes on without a session"
        finally:
            live.RECHECK_S = before
        assert await stream.content.read() == b""


async def _event(stream: ClientResponse) -> dict[str, Any]:
    """The data of the next event; empty for the last one."""
    told: dict[str, Any] = {}
    while line := (await stream.content.readline()).decode().strip():
        if line.startswith("data: "):
            told = json.loads(line.removeprefix("data: "))
    return told


async def test_an_internal_error_is_shown_as_a_page_and_logged(console: ConsoleClient, browsers: Browsers) -> None:
    async def broken(sid: str) -> bytes:
        raise KeyError(sid)

    case_id = await console.flag()
    await console.leave_message(case_id, SID)
    console.furnish(recording=broken)
    kim = browsers()
    await kim.sign_in("kim")
    page = await kim.get(f"/console/cases/{case_id}/recordings/{SID}")
    assert page.status == 500 and "Internal error" in page.plain and "Back to the board" in page.plain
    assert SID not in page.text
    [told] = [line for line in console.log.lines if line["level"] == "error"]
    assert told["route"].endswith("/recordings/{sid}") and isinstance(told["exc_info"], KeyError)
    console.log.lines.remove(told)
