"""A real Chromium, and a console that runs in a thread beside it."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from threading import Thread
from typing import Any, Literal, TypeVar

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.console.console_client import ConsoleClient, open_console
from tests.scenario.conftest import files_read_once

__all__ = ["files_read_once"]

T = TypeVar("T")
Scheme = Literal["light", "dark"]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is the same engine without windows, at half the work."""
ARGS = ("--no-sandbox", "--disable-gpu", "--process-per-site")
"""Chromium has no sandbox as root. Only pages of this project are opened, so they may share a process."""
PATIENCE_MS = 45_000
"""Long, because a slow page on a busy machine is not a fault."""
expect.set_options(timeout=PATIENCE_MS)
MISSING = "there is no Chromium on this machine: install it (Debian: apt-get install chromium) to test the pages"


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, or any on the path. Under CI a missing browser is a failure.

    Not session-scoped: while Playwright is active, an event loop runs in this thread, and other tests could not run
    their own.
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


class LiveConsole:
    """A console in an event loop in another thread, so that the test's thread can drive a browser."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._stack = AsyncExitStack()
        self.console, self.base = self.run(self._stack.enter_async_context(open_console()))

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
def live() -> Iterator[LiveConsole]:
    live = LiveConsole()
    yield live
    live.close()


@pytest.fixture
def console(live: LiveConsole) -> ConsoleClient:
    return live.console


@pytest.fixture
def open_window(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Open a browser window for one person; any error on its pages fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def window(width: int = 1360, locale: str = "en-GB", scheme: Scheme = "light") -> BrowserContext:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale=locale, timezone_id="Asia/Singapore", color_scheme=scheme
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
    """A refused form gets a 409, which Chromium reports as if it were a fault of the page. Where a test lets time jump,
    the server closes connections that Chromium still takes for open, and sends on one of them."""
    expected = ("status of 409", "status of 401", "ERR_SOCKET_NOT_CONNECTED")
    return said.type == "error" and not any(one in said.text for one in expected)
