"""A real Chromium, and a console that runs beside it in a thread."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from threading import Thread
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.console.console_client import House, open_house

T = TypeVar("T")
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is the same engine without the windows around it, at half the work."""
ARGS = ("--no-sandbox", "--disable-gpu", "--process-per-site")
"""Root has no sandbox, and nothing but our own pages is looked at: they may share a process."""
PATIENCE_MS = 45_000
"""A busy machine is no fault of a page."""
expect.set_options(timeout=PATIENCE_MS)
MISSING = "there is no Chromium on this machine: install it (Debian: apt-get install chromium) to test the pages"


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's, or any on the path. Where everything must be proved, a missing one is a failure.

    Not for the session: while it is there an event loop runs in this thread, in which no other test can run its own.
    """
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        yield browser
        browser.close()


class LiveHouse:
    """A House in a loop of its own, so that the test's thread can drive a browser."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()
        self.house, self.base = self.run(self._stack.enter_async_context(open_house()))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def close(self) -> None:
        try:
            self.run(self._stack.aclose())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()


@pytest.fixture
def live() -> Iterator[LiveHouse]:
    live = LiveHouse()
    yield live
    live.close()


@pytest.fixture
def house(live: LiveHouse) -> House:
    return live.house


@pytest.fixture
def open_window(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A window of one person; whatever its pages complain about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def window(width: int = 1360, locale: str = "en-GB") -> BrowserContext:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale=locale, timezone_id="Asia/Singapore"
        )
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda said: complaints.append(said.text) if _bad(said) else None)
        contexts.append(context)
        return context

    yield window
    for context in contexts:
        context.close()
    assert not complaints, complaints


def _bad(said: Any) -> bool:
    """A refused form is answered 409, which Chromium reports as if it were a fault of the page."""
    return said.type == "error" and "status of 409" not in said.text and "status of 401" not in said.text
