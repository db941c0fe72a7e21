"""A form that was sent after the end of its session waits for its user, whatever else happens in this browser."""

from __future__ import annotations

import hmac
from datetime import timedelta
from hashlib import sha256

import pytest

from tests.console.console_client import PASSWORD, Browser, Browsers, ConsoleClient, Page
from tests.console.test_another_user import TEXT, ann_types, ends, notes
from wakeup.domain.ids import CaseId
from wakeup.web.console.tokens import MAC_DIGITS, OWNER_DIGITS

WHO = {"name": "ann", "password": PASSWORD}


async def waits(console: ConsoleClient, tab: Browser) -> tuple[CaseId, Page]:
    """Return Ann's case, and the sign-in page on which her note waits."""
    case_id, note = await ann_types(console, tab)
    await ends(console)
    return case_id, await tab.post(f"/console/cases/{case_id}/note", note)


async def is_sent_again(console: ConsoleClient, tab: Browser, case_id: CaseId, shown: Page) -> bool:
    """Ann is led to the page of her case, finds what she typed in its form, and sends it: true if it is recorded once."""
    again = await tab.go_on(shown)
    assert again.status == 409 and "Not sent: your session had ended. Check it and send it again." in again.plain
    assert f">{TEXT}</textarea>" in again.text and await notes(console, case_id) == []
    sent = await tab.post(f"/console/cases/{case_id}/note", again.hidden("note") | {"text": TEXT})
    return sent.status == 303 and await notes(console, case_id) == ["ann"]


async def test_nobody_can_leave_a_form_to_be_sent_in_the_name_of_another(
    console: ConsoleClient, browsers: Browsers
) -> None:
    """It can be known which id an account has, and what any hash of it is."""
    tab = browsers()
    case_id, note = await ann_types(console, tab)
    staff_id = (await console.person("ann")).id
    marks = sha256(staff_id.encode()).hexdigest(), hmac.new(b"", f"owner\0{staff_id}".encode(), sha256).hexdigest()
    for mark in marks:
        left = browsers()
        form = note | {"csrf": "0" * MAC_DIGITS + mark[:OWNER_DIGITS], "text": "typed by another"}
        asked = await left.post(f"/console/cases/{case_id}/note", form)
        came = await left.post("/console/sign-in", {**asked.hidden_all(), **WHO})
        assert "Another user's form was waiting here." in came.plain and "typed by another" not in came.text


async def test_a_form_without_fields_waits_like_any_other(console: ConsoleClient, browsers: Browsers) -> None:
    ann = browsers()
    await ann.sign_in("ann")
    board = await ann.get()
    console.moment += timedelta(hours=1)
    asked = await ann.post("/console/dialling/pause", {"csrf": board.csrf})
    assert asked.status == 401 and "so nothing was done." in asked.plain
    # A wrong password shows the form again.
    asked = await ann.post("/console/sign-in", {**asked.hidden_all(), "name": "ann", "password": "wrong"})
    shown = await ann.post("/console/sign-in", {**asked.hidden_all(), **WHO})
    assert "Your form was not sent" in shown.plain
    led = await ann.go_on(shown)
    assert (led.status, led.headers["Location"]) == (303, "/console?again=yes")
    board = await ann.get(led.headers["Location"])
    assert "Not sent: your session had ended." in board.plain and "Dialling is stopped" not in board.plain
    assert (await ann.post("/console/dialling/pause", {"csrf": board.csrf})).status == 303
    board = await ann.get()
    assert 'action="/console/dialling/resume"' in board.text and "Not sent" not in board.plain


async def test_a_form_without_fields_is_for_its_own_user_alone(console: ConsoleClient, browsers: Browsers) -> None:
    tab = browsers()
    await tab.sign_in("ann")
    board = await tab.get()
    await ends(console)
    asked = await tab.post("/console/dialling/pause", {"csrf": board.csrf})
    came = await tab.post("/console/sign-in", {**asked.hidden_all(), "name": "ben", "password": PASSWORD})
    assert "Another user's form was waiting here." in came.plain
    left = await tab.post("/console/dialling/pause", {"csrf": board.csrf}, Origin=tab.base)
    assert left.status == 409 and "ben is signed in in this browser." in left.plain


async def test_a_form_without_fields_waits_for_a_sign_in_in_another_tab_too(
    console: ConsoleClient, browsers: Browsers
) -> None:
    tab = browsers()
    await tab.sign_in("ann")
    board = await tab.get()
    await ends(console)
    asked = await tab.post("/console/dialling/pause", {"csrf": board.csrf})
    await tab.sign_in("ann")
    shown = await tab.post("/console/sign-in", {**asked.hidden_all(), **WHO}, Origin=tab.base)
    assert shown.status == 409 and (await tab.go_on(shown)).headers["Location"] == "/console?again=yes"


async def test_a_page_that_only_wanted_to_be_seen_is_gone_to(console: ConsoleClient, browsers: Browsers) -> None:
    tab = browsers()
    asked = await tab.get("/console/queue")
    assert "so nothing was done" not in asked.plain and "What you typed" not in asked.plain
    came = await tab.post("/console/sign-in", {**asked.hidden_all(), **WHO})
    assert (came.status, came.headers["Location"]) == (303, "/console/queue")


@pytest.mark.parametrize("path", ["/console/sign-in", "/console/sign-in/code"])
async def test_a_form_waits_although_another_user_has_signed_in_and_out_meanwhile(
    console: ConsoleClient, browsers: Browsers, path: str
) -> None:
    tab = browsers()
    case_id, asked = await waits(console, tab)
    await tab.sign_in("ben")
    await tab.post("/console/sign-out", {"csrf": (await tab.get()).csrf})
    assert (await tab.post(path, {**asked.hidden_all(), **WHO})).status == 403, "a browser says where it comes from"
    again = await tab.post(path, {**asked.hidden_all(), **WHO}, Origin=tab.base)
    assert again.status == 401 and "This page is out of date." in again.plain
    assert 'value="ann"' in again.text and PASSWORD not in again.text
    shown = await tab.post("/console/sign-in", {**again.hidden_all(), **WHO})
    assert "Your form was not sent" in shown.plain and await is_sent_again(console, tab, case_id, shown)


async def test_who_is_kept_out_by_another_user_is_told_that_their_form_is_dropped(
    console: ConsoleClient, browsers: Browsers
) -> None:
    tab = browsers()
    _, asked = await waits(console, tab)
    plain = await browsers().get("/console/sign-in")
    await tab.sign_in("ben")
    told = await tab.post("/console/sign-in", {**asked.hidden_all(), **WHO}, Origin=tab.base)
    assert told.status == 409 and "ben is signed in in this browser." in told.plain and TEXT not in told.text
    assert "A form was waiting here. It was not sent, and what was typed was dropped." in told.plain
    told = await tab.post("/console/sign-in", {**plain.hidden_all(), **WHO}, Origin=tab.base)
    assert told.status == 409 and "A form was waiting" not in told.plain


async def test_whoever_starts_again_on_the_page_for_the_code_keeps_the_form(
    console: ConsoleClient, browsers: Browsers
) -> None:
    tab = browsers()
    _, asked = await waits(console, tab)
    await console.ask_for_codes("ann")
    code = await tab.post("/console/sign-in", {**asked.hidden_all(), **WHO})
    assert "six digits" in code.plain and 'name="again" value="yes" formnovalidate' in code.text
    begun = await tab.post("/console/sign-in/code", {**code.hidden_all(), "again": "yes", "code": ""})
    assert begun.status == 200 and begun.hidden_all()["kept.text"] == TEXT and 'value="ann"' in begun.text
    assert "is wrong" not in begun.plain
    code = await tab.post("/console/sign-in", {**begun.hidden_all(), **WHO})
    assert "six digits" in code.plain and code.hidden_all()["kept.text"] == TEXT


async def test_a_user_of_single_sign_on_signs_in_in_another_tab_and_sends_the_form(
    console: ConsoleClient, browsers: Browsers
) -> None:
    console.furnish(sign_on=object())
    tab = browsers()
    case_id, asked = await waits(console, tab)
    assert 'href="/console/sso" target="_blank"' in asked.text and "in another tab" in asked.plain
    early = await tab.post("/console/sign-in", {**asked.hidden_all(), "elsewhere": "yes"})
    assert early.status == 401 and "You are not signed in yet." in early.plain
    await tab.sign_in("ann")
    shown = await tab.post("/console/sign-in", {**early.hidden_all(), "elsewhere": "yes"}, Origin=tab.base)
    assert shown.status == 409 and "Your form was not sent" in shown.plain
    assert await is_sent_again(console, tab, case_id, shown)


async def test_a_form_is_not_sent_by_another_user_of_single_sign_on(console: ConsoleClient, browsers: Browsers) -> None:
    console.furnish(sign_on=object())
    tab = browsers()
    _, asked = await waits(console, tab)
    await tab.sign_in("ben")
    told = await tab.post("/console/sign-in", {**asked.hidden_all(), "elsewhere": "yes"}, Origin=tab.base)
    assert told.status == 409 and "ben is signed in in this browser." in told.plain and TEXT not in told.text
    assert "what was typed was dropped" in told.plain


async def signed_in_elsewhere(browsers: Browsers) -> Browser:
    other = browsers()
    await other.sign_in("ann")
    return other


async def test_signing_out_everywhere_is_not_lost_with_the_session_of_its_page(
    console: ConsoleClient, browsers: Browsers
) -> None:
    tab = browsers()
    await tab.sign_in("ann")
    page = await tab.get()
    console.moment += timedelta(hours=1)
    other = await signed_in_elsewhere(browsers)
    asked = await tab.post("/console/sign-out", {"csrf": page.csrf, "everywhere": "yes"})
    assert asked.status == 401 and "so nothing was done." in asked.plain
    shown = await tab.post("/console/sign-in", {**asked.hidden_all(), **WHO})
    led = await tab.go_on(shown)
    board = await tab.get(led.headers["Location"])
    assert "Not sent: your session had ended." in board.plain and (await other.get()).status == 200
    assert (await tab.post("/console/sign-out", {"csrf": board.csrf, "everywhere": "yes"})).status == 303
    assert (await other.get()).status == 401


async def test_signing_out_everywhere_from_a_page_of_an_older_session_is_not_lost(
    console: ConsoleClient, browsers: Browsers
) -> None:
    tab, other = browsers(), await signed_in_elsewhere(browsers)
    await tab.sign_in("ann")
    older = await tab.get()
    await tab.post("/console/sign-out", {"csrf": older.csrf})
    await tab.sign_in("ann")
    shown = await tab.post("/console/sign-out", {"csrf": older.csrf, "everywhere": "yes"}, Origin=tab.base)
    assert (shown.status, shown.headers["Location"]) == (303, "/console?again=yes")
    assert (await tab.get()).status == (await other.get()).status == 200


@pytest.mark.parametrize("form", [{}, {"everywhere": "yes"}])
async def test_the_page_of_another_user_signs_nobody_out(
    console: ConsoleClient, browsers: Browsers, form: dict[str, str]
) -> None:
    tab = browsers()
    await tab.sign_in("ann")
    older = await tab.get()
    await tab.post("/console/sign-out", {"csrf": older.csrf})
    await tab.sign_in("ben")
    told = await tab.post("/console/sign-out", {"csrf": older.csrf, **form}, Origin=tab.base)
    assert told.status == 409 and "ben is signed in in this browser." in told.plain
    assert (await tab.get()).status == 200
