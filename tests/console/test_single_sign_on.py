"""Single sign-on: a person whose account an administrator has linked signs in with a proof that cannot be forged or
used twice.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession

from tests.console.console_client import Browser, Browsers, ConsoleClient, play
from tests.console.oidc_provider import CLIENT, SECRET, OidcProvider, another_key, open_oidc_provider, weak_key
from wakeup.demo.processes import free_ports
from wakeup.domain.errors import ConflictError
from wakeup.runtime.clock import wall_seconds
from wakeup.usecases.console.single_sign_on import link_account, unlink_account
from wakeup.web.console.oidc import MAX_BYTES
from wakeup.web.console.tokens import COOKIE
from wakeup.web.parts import SignOn

FLOW = "__Host-wakeup-sso"
BROKEN, UNKNOWN = "Single sign-on failed.", "This identity is not linked"


async def knows(console: ConsoleClient, issuer: str, name: str = "ann", subject: str = "248289761001") -> None:
    await console.store.run(link_account, name, issuer, subject, "test", console.moment)


def meets(console: ConsoleClient, issuer: str, base: str) -> None:
    back_url = f"{base}/console/sso/back"
    console.furnish(sign_on=SignOn(issuer=issuer, client_id=CLIENT, client_secret=SECRET, back_url=back_url))


def story_with(provider_story: Callable[[ConsoleClient, Browsers, OidcProvider], Any]) -> None:
    async def story(console: ConsoleClient, browsers: Browsers) -> None:
        async with open_oidc_provider(console.now) as provider:
            meets(console, provider.url, "http://console.example")
            await knows(console, provider.url)
            await provider_story(console, browsers, provider)

    play(story)


async def comes_back(
    browser: Browser, provider: OidcProvider, change: Callable[[str], str] = lambda query: query
) -> Any:
    sent = await browser.get("/console/sso")
    assert sent.status == 303
    return await browser.get(f"/console/sso/back?{change(provider.authorise(sent.headers['Location']))}")


def test_a_linked_person_comes_in_and_is_not_asked_for_a_code() -> None:
    async def story(console: ConsoleClient, browsers: Browsers, provider: OidcProvider) -> None:
        browser = browsers()
        assert "Single sign-on" in (await browser.get("/console/sign-in")).plain
        before = browser.cookies.get(COOKIE)
        came = await comes_back(browser, provider)
        assert came.status == 200 and 'http-equiv="refresh" content="0;url=/console"' in came.text
        assert browser.cookies[COOKIE] != before and not provider.refused
        page = await browser.get()
        assert page.status == 200 and "ann" in page.plain
        log = await console.store.read(lambda unit: unit.admin.newest(1))
        assert (log[0][2].kind, log[0][2].by) == ("signed_in", "ann")

    story_with(story)


def test_a_code_comes_back_once_and_in_the_browser_that_was_sent() -> None:
    async def story(console: ConsoleClient, browsers: Browsers, provider: OidcProvider) -> None:
        browser, other = browsers(), browsers()
        sent = await browser.get("/console/sso")
        query = provider.authorise(sent.headers["Location"])
        stolen = await other.get(f"/console/sso/back?{query}")
        assert stolen.status == 401 and BROKEN in stolen.plain
        held = browser.cookies[FLOW]
        assert (await browser.get(f"/console/sso/back?{query}")).status == 200
        again = browsers()
        again.cookies[FLOW] = held
        assert (await again.get(f"/console/sso/back?{query}")).status == 401
        assert provider.refused == [], "the code itself was never sent a second time"

    story_with(story)


@pytest.mark.parametrize(
    "change",
    [
        lambda query: re.sub("state=[0-9a-f]+", "state=0", query),
        lambda query: re.sub("&state=[0-9a-f]+", "", query),
        lambda query: query + "&iss=http%3A%2F%2Felsewhere.example",
        lambda query: query.replace("code=", "error=access_denied&c="),
    ],
)
def test_an_altered_response_of_the_identity_provider_is_refused(change: Callable[[str], str]) -> None:
    async def story(console: ConsoleClient, browsers: Browsers, provider: OidcProvider) -> None:
        browser = browsers()
        came = await comes_back(browser, provider, change)
        assert came.status == 401 and BROKEN in came.plain
        assert (await browser.get()).status == 401

    story_with(story)


@pytest.mark.parametrize(
    "lie",
    [
        {"claims": {"nonce": "another"}},
        {"claims": {"nonce": None}},
        {"claims": {"iss": "http://elsewhere.example"}},
        {"claims": {"aud": "another-client"}},
        {"claims": {"aud": [CLIENT, "another"], "azp": "another"}},
        {"claims": {"exp": 1_000_000_000}},
        {"claims": {"exp": None}},
        {"claims": {"sub": None}},
        {"claims": {"sub": 7}},
        {"key": another_key},
        {"key": weak_key, "header": {"alg": "HS256"}},
        {"issuer": "http://elsewhere.example"},
        {"padding": MAX_BYTES},
    ],
    ids=lambda lie: "-".join(f"{k}:{v}" for k, v in lie.items() if k != "key")[:40] or "another key",
)
def test_an_identity_with_anything_wrong_opens_nothing(lie: dict[str, Any]) -> None:
    async def story(console: ConsoleClient, browsers: Browsers, provider: OidcProvider) -> None:
        browser = browsers()
        sent = await browser.get("/console/sso")
        query = provider.authorise(sent.headers["Location"])
        for name, value in lie.items():
            setattr(provider, name, value)
        came = await browser.get(f"/console/sso/back?{query}")
        assert came.status == 401 and BROKEN in came.plain
        assert (await browser.get()).status == 401
        told = [line for line in console.log.lines if line["event"] == "single_sign_on_failed"]
        assert len(told) == 1 and "248289761001" not in str(told)

    story_with(story)


def test_an_identity_without_an_account_cannot_sign_in_and_there_is_no_default_role() -> None:
    async def story(console: ConsoleClient, browsers: Browsers, provider: OidcProvider) -> None:
        browser = browsers()
        provider.subject = "a stranger"
        came = await comes_back(browser, provider)
        assert came.status == 401 and UNKNOWN in came.plain
        provider.subject = "248289761001"
        with pytest.raises(ConflictError):
            await knows(console, provider.url, "ben")
        await comes_back(browser, provider)
        assert (await browser.get()).status == 200
        await console.store.run(unlink_account, "ann", "test", console.moment)
        assert (await browser.get()).status == 401
        assert (await comes_back(browser, provider)).status == 401
        await knows(console, provider.url, "kim")
        kim = await console.person("kim")
        await console.store.run(lambda unit: unit.staff.save(replace(kim, disabled_at=console.moment)))
        assert (await comes_back(browser, provider)).status == 401

    story_with(story)


def test_a_sign_in_that_takes_too_long_begins_again() -> None:
    async def story(console: ConsoleClient, browsers: Browsers, provider: OidcProvider) -> None:
        browser = browsers()
        sent = await browser.get("/console/sso")
        query = provider.authorise(sent.headers["Location"])
        console.moment += timedelta(minutes=10)
        assert (await browser.get(f"/console/sso/back?{query}")).status == 401

    story_with(story)


async def test_single_sign_on_has_no_page_unless_it_is_set_up(console: ConsoleClient, browsers: Browsers) -> None:
    assert (await browsers().get("/console/sso")).status == 404
    assert "Single sign-on" not in (await browsers().get("/console/sign-in")).plain


@asynccontextmanager
async def real_provider() -> AsyncIterator[str]:
    """An independent provider in a separate process."""
    [port] = free_ports(1)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            while b"running on" not in await process.stderr.readline():
                assert process.returncode is None
        url = f"http://127.0.0.1:{port}"
        yield url
    finally:
        process.terminate()
        await process.wait()


async def test_a_person_comes_in_by_a_real_provider(console: ConsoleClient, browsers: Browsers) -> None:
    console.moment = datetime.fromtimestamp(wall_seconds(), UTC)
    async with real_provider() as url, ClientSession() as session:
        meets(console, url, "http://127.0.0.1:9")
        await knows(console, url, subject="ann@bank.example")
        browser = browsers()
        sent = await browser.get("/console/sso")
        form = {"sub": "ann@bank.example"}
        async with session.post(sent.headers["Location"], data=form, allow_redirects=False) as answer:
            assert answer.status == 302
            query = urlsplit(answer.headers["Location"]).query
        came = await browser.get(f"/console/sso/back?{query}")
        assert came.status == 200, [line for line in console.log.lines if line["level"] != "info"]
        assert "ann" in (await browser.get()).plain
