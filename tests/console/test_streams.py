"""The event streams of live pages: what they send while the database is away, after an internal error, and without
a session; and what a page says without the database.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest

from tests.console.console_client import Browser, Browsers, ConsoleClient
from wakeup.domain.errors import StoreBusyError, StoreDownError

STREAM = {"Accept": "text/event-stream"}


@asynccontextmanager
async def stream_of(browser: Browser, path: str) -> AsyncIterator[Any]:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    url = f"{browser.base}{path}"
    async with browser.session.get(url, headers={"Cookie": cookie, **STREAM}) as stream:
        assert stream.status == 200
        yield stream.content


async def _kind(content: Any) -> str:
    """The kind of the next event."""
    told = ""
    while line := (await content.readline()).decode().strip():
        if line.startswith("event: "):
            told = line.removeprefix("event: ")
    return told


@pytest.mark.parametrize("fault", [StoreDownError("away"), StoreBusyError(1.0)])
async def test_a_stream_says_that_the_database_is_away_and_goes_on_when_it_is_back(
    console: ConsoleClient, browsers: Browsers, fault: Exception
) -> None:
    async def away(*_args: object, **_more: object) -> None:
        raise fault

    case_id = await console.flag(held=False)
    ann = browsers()
    await ann.sign_in("ann")
    for path in ("/console/live", "/console/queue/live", f"/console/watch/{case_id}", "/console/desk/live"):
        async with stream_of(ann, path) as content:
            assert await _kind(content) == "news"
            real = console.store.read
            console.store.read = away  # type: ignore[method-assign]
            try:
                while (kind := await _kind(content)) == "news":
                    pass
                assert kind == "away"
            finally:
                console.store.read = real  # type: ignore[method-assign]
            while (kind := await _kind(content)) == "away":
                pass
            assert kind == "news"


async def test_a_server_error_ends_a_stream_and_no_page_is_written_into_it(
    console: ConsoleClient, browsers: Browsers
) -> None:
    async def broken(*_args: object, **_more: object) -> None:
        raise KeyError("t_1")

    ann = browsers()
    await ann.sign_in("ann")
    async with stream_of(ann, "/console/live") as content:
        assert await _kind(content) == "news"
        console.store.read = broken  # type: ignore[method-assign]
        rest = (await content.read()).decode()
    assert "html" not in rest and "event: away" not in rest
    [told] = [line for line in console.log.lines if line["level"] == "error"]
    assert told["route"] == "/console/live" and isinstance(told["exc_info"], KeyError)
    console.log.lines.remove(told)


async def test_a_browser_that_left_before_its_stream_began_is_no_error(
    console: ConsoleClient, browsers: Browsers
) -> None:
    ann, asked, gone = browsers(), asyncio.Event(), asyncio.Event()
    await ann.sign_in("ann")
    real = console.store.read

    async def slow(*args: Any, **more: Any) -> Any:
        asked.set()
        await gone.wait()
        return await real(*args, **more)

    console.store.read = slow  # type: ignore[method-assign]
    opening = asyncio.create_task(ann.get("/console/live", **STREAM))
    await asked.wait()
    opening.cancel()
    with suppress(asyncio.CancelledError):
        await opening
    assert (await browsers().get("/console/static/console.js")).status == 200
    gone.set()
    console.store.read = real  # type: ignore[method-assign]
    while not (told := [line for line in console.log.lines if line.get("route") == "/console/live"]):
        await ann.get("/console/queue")
    assert [(line["level"], line["event"]) for line in told] == [("info", "request")]


async def test_a_stream_that_is_opened_after_the_sessions_end_says_so_to_its_page(browsers: Browsers) -> None:
    nobody = browsers()
    assert (await nobody.get("/console/live")).status == 401
    told = await nobody.get("/console/live", **STREAM)
    assert told.text == "event: signed-out\ndata: {}\n\n"
    assert told.headers["Content-Type"].startswith("text/event-stream")


async def test_without_the_database_a_page_says_that_an_act_may_have_been_done(
    console: ConsoleClient, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_args: object, **_more: object) -> None:
        raise StoreDownError("hangs")

    ann = browsers()
    await ann.sign_in("ann")
    monkeypatch.setattr(console.store, "read", away)
    page = await ann.get("/console/queue")
    assert page.status == 503
    assert "an act may have been done all the same: look before you repeat it" in page.plain
