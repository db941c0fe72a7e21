"""What people do at the console takes no thread from batches, metrics and anchors, which share the loop's own pool."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

from tests.scenario.world import environment
from wakeup.runtime.console_parts import console_parts
from wakeup.runtime.infrastructure import real_infrastructure
from wakeup.runtime.settings.settings import load_settings
from wakeup.usecases.conversation.transcripts import PathCounts
from wakeup.web.console.passwords import hashed, matches
from wakeup.web.parts import ConsoleParts, Verified

PASSWORD = "correct-horse-battery-9"


class Taken(ThreadPoolExecutor):
    """A pool without a free thread."""

    def submit(self, *_: Any, **__: Any) -> Future[Any]:
        raise AssertionError("the pool of batches, metrics and anchors was used")


class Silent:
    def info(self, event: str, **facts: object) -> None: ...

    warning = error = info


async def no_recording(_sid: str) -> NoReturn:
    raise AssertionError


def told(folder: Path, story: Callable[[ConsoleParts], Awaitable[None]]) -> None:
    settings = load_settings(environment(folder, "http://127.0.0.1:1", "http://127.0.0.1:2"))

    async def run() -> None:
        asyncio.get_running_loop().set_default_executor(Taken(1))
        closers: list[Callable[[], Awaitable[None]]] = []
        infra = real_infrastructure(settings)
        try:
            await story(console_parts(settings, infra, "SGD", (), no_recording, Silent(), closers))
        finally:
            for close in closers:
                await close()

    asyncio.run(run())


def test_passwords_have_threads_of_their_own(tmp_path: Path) -> None:
    async def story(_console: ConsoleParts) -> None:
        assert await matches(hashed(PASSWORD), PASSWORD)
        assert not await matches(None, PASSWORD)

    told(tmp_path, story)


def test_pictures_have_a_thread_of_their_own(tmp_path: Path) -> None:
    async def no_calls(_content_hash: str) -> PathCounts:
        return PathCounts(calls=0, others=0, moves={}, again={}, hung_up={}, seconds={})

    async def story(console: ConsoleParts) -> None:
        assert await console.picture("generic", "en", "en", no_calls)

    told(tmp_path, story)


def test_a_verification_takes_no_thread(tmp_path: Path) -> None:
    async def story(console: ConsoleParts) -> None:
        assert console.verification.state() == Verified()
        console.verification.begin()
        assert console.verification.state().running_since is not None

    told(tmp_path, story)
