"""A form that waited for its user to sign in again leads to its own page, with what was typed. It is never done."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pyotp
import pytest

from tests.console.console_client import PASSWORD, SECRET, Browser, Browsers, ConsoleClient, Page
from tests.console.test_bulk_page import ask, two_are_held
from wakeup.domain.staff import may
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.web.console.access import Route
from wakeup.web.console.app import ROUTES
from wakeup.web.console.forms import MAX_FIELDS

ACTS = [route for route in ROUTES if route.method == "POST" and not route.open]
NOT_SENT = "Not sent: your session had ended. Check it and send it again."
STRANGE = '"><script>alert(1)</script>\r\nX-Evil: 1\u2028</textarea>'
FIELDS = {"on": "no", "staff": "usr_kim", "everywhere": "yes", "script": "general", "event": "rest", "way": "listen",
          "phone": "+65 9123 4567", "by_voice": "yes", "why": "other", "text": "typed", "reason": "customer_asked"}  # fmt: skip
"""Enough for many of the acts."""


async def ends(console: ConsoleClient, name: str) -> None:
    staff = await console.person(name)
    await console.store.run(lambda unit: unit.staff.end_all(staff.id))


async def led_on(console: ConsoleClient, tab: Browser, path: str, form: dict[str, str], name: str = "ann") -> Page:
    """Return where a user is led who sends this form after the end of their session, and signs in again."""
    await ends(console, name)
    asked = await tab.post(path, form)
    assert asked.status == 401
    shown = await tab.post("/console/sign-in", {**asked.hidden_all(), "name": name, "password": PASSWORD})
    assert "Your form was not sent" in shown.plain
    led = await tab.go_on(shown)
    assert (led.status == 303) == ("Location" in led.headers)
    return led if led.status != 303 else await tab.get(led.headers["Location"])


async def users_of(console: ConsoleClient, browsers: Browsers) -> dict[str, Browser]:
    tabs = {name: browsers() for name in ("ann", "kim", "root")}
    for name, tab in tabs.items():
        await tab.sign_in(name)
    return tabs


async def who_may(console: ConsoleClient, route: Route) -> str:
    for name in ("ann", "kim", "root"):
        if route.right is None or may((await console.person(name)).role, route.right):
            return name
    raise AssertionError(route)


@pytest.mark.parametrize("older", [False, True])
async def test_no_form_that_waited_is_done(
    console: ConsoleClient, browsers: Browsers, monkeypatch: pytest.MonkeyPatch, *, older: bool
) -> None:
    """Neither when its user is led on, nor when they have signed in again in another tab."""
    case_id, tabs, done = await console.flag(), await users_of(console, browsers), []
    before = {name: (await tab.get("/console/account")).csrf for name, tab in tabs.items()}
    for tab, name in ((tab, name) for name, tab in tabs.items() if older):
        tab.cookies.clear()
        await tab.sign_in(name)
    tokens = before if older else {name: (await tab.get("/console/account")).csrf for name, tab in tabs.items()}
    run = console.store.run

    async def noted(use_case: Any, *args: Any, **settings: Any) -> Any:
        done.append(use_case)
        return await run(use_case, *args, **settings)

    monkeypatch.setattr(console.store, "run", noted)
    assert len(ACTS) > 40
    for route in ACTS:
        name = await who_may(console, route)
        path = "/console" + route.path.replace("{case}", case_id) + ("" if older else "?again=yes")
        form = {**FIELDS, "csrf": tokens[name]}
        came = await tabs[name].post(path, form, Origin=tabs[name].base)
        assert came.status in {303, 409} and (came.status == 409 or "again=yes" in came.headers["Location"]), path
    assert done == [] and console.verification.begun == 0
    assert (await tabs["ann"].post("/console/dialling/pause", {"csrf": (await tabs["ann"].get()).csrf})).status == 303
    assert len(done) == 1, "it would have been noted"


async def test_a_form_that_waited_still_needs_its_right(console: ConsoleClient, browsers: Browsers) -> None:
    case_id, vera = await console.flag(), browsers()
    await vera.sign_in("vera")
    csrf = (await vera.get()).csrf
    assert (await vera.post(f"/console/cases/{case_id}/note?again=yes", {"csrf": csrf})).status == 403


async def test_a_form_of_a_case_comes_back_as_it_was_filled_in_on_the_page_as_it_is_now(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann = await console.flag(held=False), browsers()
    await ann.sign_in("ann")
    path = f"/console/cases/{case_id}"
    form = (await ann.get(path)).hidden("label-t_1") | {"label": "scam", "recovered": "1200.50", "text": "the bank"}
    page = await led_on(console, ann, f"{path}/label", form)
    assert page.status == 409 and NOT_SENT in page.plain and " data-refused" in page.text
    assert '<option value="scam" selected>' in page.text and 'value="1200.50"' in page.text
    assert page.text.count(">the bank</textarea>") == 1
    form = page.hidden("extend-t_1") | {"decide_by": "2026-11-22T15:00", "reason": "customer_asked", "text": "asked"}
    await ann.send(case_id, "claim", "claim")
    page = await led_on(console, ann, f"{path}/extend", form)
    assert 'value="2026-11-22T15:00"' in page.text and page.text.count(">asked</textarea>") == 1
    assert int(page.hidden("extend-t_1")["version"]) > int(form["version"]), "it is sent from the page as it is now"


async def test_what_was_typed_is_shown_apart_if_its_form_is_gone(console: ConsoleClient, browsers: Browsers) -> None:
    case_id, ann = await console.flag(held=False), browsers()
    await ann.sign_in("ann")
    path = f"/console/cases/{case_id}"
    form = (await ann.get(path)).hidden("extend-t_1") | {"decide_by": "2026-11-22T15:00", "text": "asked for more time"}
    console.moment += timedelta(hours=1)
    await console.store.run(settle_case, case_id, console.moment)
    page = await led_on(console, ann, f"{path}/extend", form)
    assert 'value="extend-t_1"' not in page.text and page.text.count("asked for more time") == 1
    assert "What you typed for that case" in page.plain and NOT_SENT in page.plain
    form = {"csrf": page.csrf, "form": "outcome", "talk": "att_1-1", "text": "the outcome"}
    page = await led_on(console, ann, f"/console/desk/{case_id}/outcome", form)
    assert ">the outcome</textarea>" in page.text and NOT_SENT in page.plain


async def test_what_is_strange_in_a_field_stays_text(console: ConsoleClient, browsers: Browsers) -> None:
    case_id, ann = await console.flag(), browsers()
    await ann.sign_in("ann")
    path = f"/console/cases/{case_id}"
    note = (await ann.get(path)).hidden("note") | {"text": STRANGE, 'a"><i>': STRANGE}
    await ends(console, "ann")
    asked = await ann.post(f"{path}/note", note)
    assert asked.hidden_all()["kept.text"] == STRANGE
    shown = await ann.post("/console/sign-in", {**asked.hidden_all(), "name": "ann", "password": PASSWORD})
    assert shown.hidden_all()["text"] == STRANGE
    page = await ann.go_on(shown)
    [typed] = re.findall(r'<textarea id="note-text"[^>]*>(.*?)</textarea>', page.text, re.DOTALL)
    assert html.unescape(typed) == STRANGE
    for one in (asked, shown, page):
        assert "<script>alert" not in one.text and '"><i>' not in one.text and "X-Evil" not in one.headers
    assert (await ann.post(f"{path}/note", page.hidden("note") | {"text": STRANGE})).status == 303


@pytest.mark.parametrize("back", ["/console/dialling/pause?x=1", "/console/dialling/pause?again=no"])
async def test_no_way_back_does_what_waits(console: ConsoleClient, browsers: Browsers, back: str) -> None:
    """It is written by the page that the form was on, or by anybody."""
    ann = browsers()
    await ann.sign_in("ann")
    page = await ann.get()
    await ends(console, "ann")
    asked = await ann.post("/console/dialling/pause", {"csrf": page.csrf})
    form = {**asked.hidden_all(), "back": back, "name": "ann", "password": PASSWORD}
    led = await ann.go_on(await ann.post("/console/sign-in", form))
    assert (led.status, led.headers["Location"]) == (303, "/console?again=yes")


@pytest.mark.parametrize("code", [False, True])
@pytest.mark.parametrize("count", [57, MAX_FIELDS])
async def test_a_form_with_as_many_fields_as_a_form_may_have_is_kept(
    console: ConsoleClient, browsers: Browsers, count: int, *, code: bool
) -> None:
    case_id, ann = await console.flag(), browsers()
    await ann.sign_in("ann")
    path = f"/console/cases/{case_id}/note"
    note = (await ann.get(f"/console/cases/{case_id}")).hidden("note") | {"text": "typed by ann"}
    note |= {f"more{n}": "" for n in range(count - len(note))}
    await ends(console, "ann")
    asked = await ann.post(path, note)
    if code:
        await console.ask_for_codes("ann")
    sent = {"name": "ann", "password": PASSWORD}
    shown = await ann.post("/console/sign-in", {**asked.hidden_all(), **sent})
    if code:
        digits = pyotp.TOTP(SECRET).at(int(console.moment.timestamp()))
        shown = await ann.post("/console/sign-in/code", {**shown.hidden_all(), "code": digits})
    page = await ann.go_on(shown)
    assert page.status == 409 and ">typed by ann</textarea>" in page.text
    if count == MAX_FIELDS:
        assert (await ann.post(path, {**note, "csrf": page.csrf, "one_more": ""})).status == 400


async def test_an_act_without_text_is_pressed_again_on_its_page(console: ConsoleClient, browsers: Browsers) -> None:
    root = browsers()
    await root.sign_in("root")
    kim = (await console.person("kim")).id
    form = {"csrf": (await root.get("/console/admin")).csrf, "staff": kim, "on": "no"}
    page = await led_on(console, root, "/console/admin/accounts", form, "root")
    assert NOT_SENT in page.plain and " data-refused" in page.text
    assert (await console.person("kim")).disabled_at is None
    question = "Close this account? Its sessions end, and the person gets no more calls."
    assert question in page.text, "the page asks what it always asks"
    assert NOT_SENT not in (await root.get("/console/admin")).plain


async def test_the_second_person_of_a_bulk_release_sees_it_and_is_asked(
    console: ConsoleClient, browsers: Browsers
) -> None:
    await two_are_held(console)
    ann, ben = browsers(), browsers()
    await ann.sign_in("ann")
    await ben.sign_in("ben")
    await ask(ann)
    page = await ben.get("/console/bulk")
    start = page.text.index('action="/console/bulk/confirm"')
    pairs = re.findall(r'name="([^"]+)" value="([^"]*)"', page.text[start : page.text.index("</form>", start)])
    page = await led_on(console, ben, "/console/bulk/confirm", dict(pairs), "ben")
    assert NOT_SENT in page.plain and "EUR 70.50" in page.plain.replace("\xa0", " ") and "INC-204" in page.plain
    assert "The money of all these transfers may then leave. Release them?" in page.text
    assert await console.state(1) == await console.state(2) == "held"


async def test_a_number_that_was_typed_is_still_there(console: ConsoleClient, browsers: Browsers) -> None:
    ann = browsers()
    await ann.sign_in("ann")
    form = {"csrf": (await ann.get()).csrf, "phone": "+65 9123 4567"}
    page = await led_on(console, ann, "/console/search", form)
    assert NOT_SENT in page.plain and 'value="+65 9123 4567"' in page.text
    form = {"csrf": page.csrf, "form": "on", "phone": "+65 9000 0077", "by_voice": "yes", "why": "asked_by_phone"}
    page = await led_on(console, ann, "/console/do-not-call", form)
    assert NOT_SENT in page.plain and 'value="+65 9000 0077"' in page.text and "The list is empty." in page.plain


async def test_a_reason_to_remove_a_number_stays_with_that_number(console: ConsoleClient, browsers: Browsers) -> None:
    """Another number may have come on the list above it meanwhile."""
    ann = browsers()
    await ann.sign_in("ann")
    await put_on(ann, "+65 9000 0077")
    page = await ann.get("/console/do-not-call")
    [name] = re.findall(r'name="form" value="(off-[^"]+)"', page.text)
    console.moment += timedelta(minutes=1)
    await put_on(ann, "+65 9000 0078")
    page = await led_on(console, ann, "/console/do-not-call/off", page.hidden(name) | {"off": "changed_their_mind"})
    rows = re.findall(r'name="form" value="(off-[^"]+)".*?</form>', page.text, re.DOTALL)
    chosen = re.findall(r'id="(off-\S+)-off" name="off">(?:(?!</select>).)*selected', page.text, re.DOTALL)
    assert len(rows) == 2 and rows[1] == name and chosen == [name]


async def put_on(ann: Browser, phone: str) -> None:
    csrf = (await ann.get("/console/do-not-call")).csrf
    form = {"csrf": csrf, "form": "on", "phone": phone, "by_voice": "yes", "why": "asked_by_phone"}
    assert (await ann.post("/console/do-not-call", form)).status == 303
