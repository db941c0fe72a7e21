"""A page that answers a form names the page that it stands for, says in its title when nothing was done, and leads back
after signing in."""

from __future__ import annotations

import re

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
