"""A page that answers a form names the page that it stands for, says in its title when nothing was done, and leads back
after signing in."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from tests.console.console_client import PASSWORD, Browsers, ConsoleClient, Page


def here(page: Page) -> str:
    found = re.search(r'<body[^>]* data-here="([^"]*)"', page.text)
    return found[1] if found else ""


def title(page: Page) -> str:
    found = re.search(r"<title>([^<]*)</title>", page.text)
    return found[1] if found else ""


async def test_a_page_that_answers_a_form_names_the_page_to_load_again(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag()
    ann = browsers()
    await ann.sign_in("ann")
    path = f"/console/cases/{case_id}"
    assert here(await ann.get(path)) == "", "it can be loaded again as it is"
    shown = await ann.send(case_id, "unmask", "unmask", reason="contact_customer")
    assert shown.status == 200 and here(shown) == path
    refused = await ann.send(case_id, "note", "note", text="")
    assert refused.status == 409 and here(refused) == path
    csrf = refused.csrf
    assert here(await ann.post("/console/search", {"csrf": csrf, "phone": "1"})) == "/console/search"
    assert here(await ann.post("/console/bulk/confirm", {"csrf": csrf, "wish": "blk_0"})) == "/console/bulk"
    assert here(await ann.post("/console/do-not-call/look", {"csrf": csrf})) == "/console/do-not-call"


async def test_a_page_that_keeps_what_was_typed_is_loaded_again_with_it(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag()
    ann = browsers()
    await ann.sign_in("ann")
    note = (await ann.get(f"/console/cases/{case_id}")).hidden("note") | {"text": "half a page"}
    ann.cookies.clear()
    asked = await ann.post(f"/console/cases/{case_id}/note", note)
    assert asked.status == 401 and here(asked) == ""
    again = await ann.post("/console/sign-in", asked.hidden_all() | {"name": "ann", "password": PASSWORD})
    assert "Your form was not sent" in again.plain and here(again) == ""


@pytest.mark.parametrize(("language", "words"), [("en", "Not done: "), ("zh", "未执行：")])
async def test_the_title_says_when_a_form_was_refused(
    console: ConsoleClient, browsers: Browsers, language: str, words: str
) -> None:
    case_id = await console.flag()
    ann = browsers()
    ann.cookies["language"] = "en" if language == "en" else "zh_CN"
    await ann.sign_in("ann")
    assert not title(await ann.get(f"/console/cases/{case_id}")).startswith(words)
    assert title(await ann.send(case_id, "note", "note", text="")).startswith(words)


async def test_after_signing_in_the_reader_is_back_on_the_page_with_its_filter(
    console: ConsoleClient, browsers: Browsers
) -> None:
    ann = browsers()
    for path in ("/console?tier=critical&state=held", "/console/queue"):
        ann.cookies.clear()
        asked = await ann.get(path)
        came = await ann.post("/console/sign-in", asked.hidden_all() | {"name": "ann", "password": PASSWORD})
        assert (came.status, came.headers["Location"]) == (303, path)
        ann.cookies.clear()
        asked = await ann.get(f"/console/sign-in?{urlencode({'ended': 'yes', 'back': path})}")
        assert "Your session has ended." in asked.plain
        came = await ann.post("/console/sign-in", asked.hidden_all() | {"name": "ann", "password": PASSWORD})
        assert (came.status, came.headers["Location"]) == (303, path)
        there = await ann.get(f"/console/sign-in?{urlencode({'back': path})}")
        assert (there.status, there.headers["Location"]) == (303, path), "another tab has signed in meanwhile"


@pytest.mark.parametrize(
    "back",
    [
        "https://elsewhere.example/console", "//elsewhere.example/console", "/\\elsewhere.example", "/consoled",
        "/console\\@elsewhere.example", "/console/\r\nSet-Cookie: a=b", "/other", "javascript:alert(1)", "",
    ],
)  # fmt: skip
async def test_nobody_is_sent_elsewhere_by_a_link_to_the_sign_in(
    console: ConsoleClient, browsers: Browsers, back: str
) -> None:
    ann = browsers()
    asked = await ann.get(f"/console/sign-in?{urlencode({'back': back})}")
    assert asked.hidden_all()["back"] == "/console"
    sent = asked.hidden_all() | {"name": "ann", "password": PASSWORD, "back": back}
    came = await ann.post("/console/sign-in", sent)
    assert (came.status, came.headers["Location"]) == (303, "/console")


async def test_a_form_that_was_not_sent_stands_on_its_page_with_what_is_new_there(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag()
    ann = browsers()
    await ann.sign_in("ann")
    form = (await ann.get(f"/console/cases/{case_id}")).hidden("release-t_1")
    console.moment += timedelta(hours=1)
    ben = browsers()
    await ben.sign_in("ben")
    await ben.send(case_id, "claim", "claim")
    sent = {**form, "reason": "identified_in_branch", "text": "came in"}
    asked = await ann.post(f"/console/cases/{case_id}/release", sent, **{"Accept-Language": "zh"})
    kept = asked.hidden_all() | {"name": "ann", "password": PASSWORD}
    assert "您的表单尚未提交。" in (await ann.post("/console/sign-in", kept, **{"Accept-Language": "zh"})).plain
    ann.cookies.clear()
    asked = await ann.post(f"/console/cases/{case_id}/release", sent)
    again = await ann.go_on(
        await ann.post("/console/sign-in", asked.hidden_all() | {"name": "ann", "password": PASSWORD})
    )
    assert here(again) == f"/console/cases/{case_id}" and title(again).startswith("Not done: ")
    assert again.text.count('<b class="new">') == 1 and ">came in</textarea>" in again.text


async def test_without_scripts_the_page_says_that_its_times_are_in_utc(
    console: ConsoleClient, browsers: Browsers
) -> None:
    """The zone comes from a script, and then from a cookie."""
    ann = browsers()
    await ann.sign_in("ann")
    assert '<noscript><p class="notice">Without scripts, all times are in UTC.</p></noscript>' in (await ann.get()).text
    ann.cookies["zone"] = "Asia/Singapore"
    assert "all times are in UTC" not in (await ann.get()).text
