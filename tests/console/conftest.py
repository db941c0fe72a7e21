"""Tests that are coroutines get a console of their own, and browsers at it."""

from __future__ import annotations

import inspect

import pytest

from tests.console.console_client import Browsers, ConsoleClient, play


@pytest.fixture
def console() -> None:
    """Name of the console that `pytest_pyfunc_call` opens for the test."""


@pytest.fixture
def browsers() -> None:
    """Name of the function that opens a browser at it."""


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = inspect.signature(pyfuncitem.obj).parameters

    async def story(console: ConsoleClient, browsers: Browsers) -> None:
        opened = {"console": console, "browsers": browsers}
        await pyfuncitem.obj(**{name: opened.get(name, pyfuncitem.funcargs[name]) for name in wanted})

    play(story)
    return True
