"""The whole service, a phone company and the demo's bank beside a browser. Time stands still until the test lets it
pass: a page may take as long as it likes, and no phone stops ringing meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, ExitStack
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

from tests.console.console_client import PASSWORD, password_hash
from tests.scenario.world import BEARER, CLIENT_SECRET, World
from wakeup.demo.handset_bank import HandsetBank
from wakeup.demo.processes import free_ports
from wakeup.domain.staff import StaffRole
from wakeup.feed.sending import SignedSender
from wakeup.runtime.infrastructure import sockets
from wakeup.simulator.virtual_loop import VirtualLoop
from wakeup.usecases.console.sign_in import NewAccount, make_account

T = TypeVar("T")
LOOK_S = 0.5
BANK_LOOKS_S = 15.0
"""Simulated seconds between two checks of what the test waits for, and between two polls of the bank for requests
to be flagged: each costs a request.
"""


class HeldWorld:
    """A World in a thread of its own. `ann`, a supervisor, may sign in to its console with PASSWORD."""

    password = PASSWORD

    def __init__(self, folder: Path) -> None:
        self._loop = VirtualLoop()
        self._held, self._stack = ExitStack(), AsyncExitStack()
        self._hold()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.world = self._run(self._freely(self._open(folder)))

    @property
    def console(self) -> str:
        return f"{self.world.service.addresses['inside']}/console"

    @property
    def handset(self) -> str:
        return f"{self.world.phone_url}/handset"

    def pass_time(self, until: Callable[[World], bool], within: float = 900) -> None:
        """Let time pass until the condition holds, for at most so many simulated seconds, and stop it again."""
        self._run(self._freely(self._wait(until, within)))

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a step of the test's simulated people; time passes as long as it takes."""
        return self._run(self._freely(work))

    def close(self) -> None:
        try:
            self._run(self._freely(self._stack.aclose()))
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
            self._loop.close()
        self.world.judge_books()

    async def _open(self, folder: Path) -> World:
        world = World(folder, sockets, free_ports(5))
        await world.raise_curtain({})
        self._stack.push_async_callback(world.drop_curtain)
        clock = world.service.infra.clock
        ann = NewAccount(name="ann", person="p_ann", role=StaffRole.SUPERVISOR, password_hash=password_hash())
        await world.service.store.run(make_account, ann, "story", clock.now())
        api = world.service.addresses["api"]
        sender = SignedSender(world.session, api, CLIENT_SECRET, world.clock)
        bank = HandsetBank(world.session, world.phone_url, api, BEARER, sender, clock.now)
        serving = asyncio.create_task(bank.serve(BANK_LOOKS_S))
        self._stack.callback(serving.cancel)
        return world

    async def _wait(self, until: Callable[[World], bool], within: float) -> None:
        for _ in range(round(within / LOOK_S)):
            if until(self.world):
                return
            await asyncio.sleep(LOOK_S)
        raise AssertionError(f"it did not come to that within {within:g} s: {self.world.timeline()[-8:]}")

    async def _freely(self, work: Coroutine[Any, Any, T]) -> T:
        """Let time pass while the work is done."""
        self._held.close()
        try:
            return await work
        finally:
            self._hold()

    def _hold(self) -> None:
        self._held.enter_context(self._loop.outside_work())

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)
