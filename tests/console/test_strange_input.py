"""Input that no page of ours sends: control characters, and places to go back to that are not ours."""

from __future__ import annotations

import pytest

from tests.console.console_client import PASSWORD, Browsers, ConsoleClient

PATHS = ["/console/cases/%00", "/console/cases/case_1%00", "/console/scripts/a%00/en", "/console/cases/a%0D%0Ab"]
QUERIES = ["/console?typology=%00", "/console/search?q=a%00b", "/console/admin?q=%00", "/console?a%00=b"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_path_with_a_control_character_is_not_found(
    console: ConsoleClient, browsers: Browsers, path: str
) -> None:
    browser = browsers()
    assert (await browser.get(path)).status == 404
    await browser.sign_in("root")
    assert (await browser.get(path)).status == 404


@pytest.mark.parametrize("path", QUERIES)
async def test_a_query_with_a_zero_is_refused(console: ConsoleClient, browsers: Browsers, path: str) -> None:
    browser = browsers()
    assert (await browser.get(path)).status == 400
    await browser.sign_in("root")
    assert (await browser.get(path)).status == 400


async def test_spaces_of_other_scripts_are_no_control_characters(console: ConsoleClient, browsers: Browsers) -> None:
    browser = browsers()
    await browser.sign_in("ann")
    assert (await browser.get("/console?typology=%C2%A0%E3%80%80%0A")).status == 200


@pytest.mark.parametrize("field", ["name", "password", "back", "kept.text", "a\0"])
async def test_a_form_with_a_zero_is_refused_before_the_sign_in(
    console: ConsoleClient, browsers: Browsers, field: str
) -> None:
    browser = browsers()
    page = await browser.get("/console/sign-in")
    fields = {"csrf": page.csrf, "name": "ann", "password": PASSWORD, "back": "/console"}
    assert (await browser.post("/console/sign-in", {**fields, field: "a\0b"})).status == 400


async def test_a_raw_zero_in_a_form_is_refused(console: ConsoleClient, browsers: Browsers) -> None:
    browser = browsers()
    url = f"{browser.base}/console/sign-in"
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    async with browser.session.post(url, data=b"name=a\0b", headers=kind) as answer:
        assert answer.status == 400


@pytest.mark.parametrize(
    "back",
    ["/console/a\r\nX-Evil: 1", "/console\n", "/consolex", "/console//evil.example", "/console/../evil", "/console/%2e",
     "/console?x=<b>", "/console?x=1\r\nX-Evil: 1", "/console/a b", "https://evil.example/console", "/console\\evil"],
)  # fmt: skip
async def test_the_way_back_leads_to_a_page_of_the_console_only(
    console: ConsoleClient, browsers: Browsers, back: str
) -> None:
    browser = browsers()
    page = await browser.get("/console/sign-in")
    fields = {"csrf": page.csrf, "name": "ann", "password": PASSWORD, "back": back}
    came = await browser.post("/console/sign-in", fields)
    assert (came.status, came.headers["Location"]) == (303, "/console")


@pytest.mark.parametrize(
    "back",
    [
        "/console",
        "/console/cases/case_01",
        "/console/numbers.csv",
        "/console/scripts/a-b/en",
        "/console?tier=high&name=%E9%99%88",
    ],
)
async def test_a_page_of_the_console_is_come_back_to(console: ConsoleClient, browsers: Browsers, back: str) -> None:
    browser = browsers()
    page = await browser.get("/console/sign-in")
    fields = {"csrf": page.csrf, "name": "ann", "password": PASSWORD, "back": back}
    assert (await browser.post("/console/sign-in", fields)).headers["Location"] == back
