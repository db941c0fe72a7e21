"""The demo's processes: started, waited for until they listen, and ended by the id they were started with."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import socket
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

from wakeup.domain.errors import WakeupError
from wakeup.runtime.demo.process_guard import ProcessGuard

START_S, STOP_S = 120.0, 30.0
PORTS = range(15_000, 30_000)
"""Linux begins to hand out ports at 32768, others at 49152."""
TRIES = 200
MAX_HELD = 64
_held: deque[int] = deque()
"""Files that stand for the ports this process chose last."""


class DemoError(WakeupError):
    """The demo cannot go on."""


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on now, below those the system hands to outgoing connections.

    A port out of that range could be taken by anybody's connection while the process that listened on it is away, and
    a service that starts again wants its own port back. All are held together while they are chosen, so no two are
    the same; and whoever else chooses meanwhile on this machine is told that they are spoken for.
    """
    with contextlib.ExitStack() as stack:
        found: list[int] = []
        for port in random.SystemRandom().sample(PORTS, TRIES + count):
            each = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                each.bind(("127.0.0.1", port))
                _speak_for(port)
                found.append(port)
            if len(found) == count:
                return found
    raise DemoError("no port is free on this machine")


def _speak_for(port: int) -> None:
    """Raises OSError when somebody else has chosen this port, and does not listen on it yet. The name is Linux's own
    kind, which no file remembers; elsewhere nobody is told."""
    if sys.platform != "linux":
        return
    with socket.socket(socket.AF_UNIX) as name:
        name.bind(f"\0wakeup port {port}")
        _held.append(name.detach())
    if len(_held) > MAX_HELD:
        os.close(_held.popleft())


class Processes:
    """Children of the demo. Whatever happens inside `async with`, they are gone afterwards."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = dict(environment)
        self._children: dict[str, asyncio.subprocess.Process] = {}
        self._pumps: list[asyncio.Task[None]] = []
        self._guard = ProcessGuard()
        """Also when we are killed."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for child in reversed(self._children.values()):
            await _end(child)
        for pump in self._pumps:
            await pump
        self._guard.close()

    async def start(self, name: str, arguments: Sequence[str], extra: Mapping[str, str] | None = None) -> str:
        """Start `python -m …`; answers what it said it listens on. Its output goes to `<name>.log`."""
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**self._environment, **(extra or {})},
            # Ctrl-C in the terminal is ours to handle: the children are asked in order.
            start_new_session=True,
            limit=1 << 20,
        )  # fmt: skip
        self._children[name] = child
        self._guard.watch(child.pid)
        log = self._folder / f"{name}.log"
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._pumps.append(asyncio.create_task(self._attend(child, log, told)))
        try:
            return await asyncio.wait_for(told, START_S)
        except TimeoutError:
            raise DemoError(f"{name} did not start within {START_S:.0f} s; see {log}") from None
        except DemoError as error:
            raise DemoError(f"{name} ended before it listened ({_last_words(log)}); see {log}") from error

    async def _attend(self, child: asyncio.subprocess.Process, log: Path, told: asyncio.Future[str]) -> None:
        await _pump(child, log, told)
        self._guard.unwatch(child.pid)

    async def run(self, name: str, arguments: Sequence[str], extra: Mapping[str, str]) -> None:
        """Run `python -m …` to its end. Raises DemoError if it fails."""
        log = self._folder / f"{name}.log"
        with log.open("ab") as output:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *arguments, stdout=output, stderr=output, env={**self._environment, **extra}
            )
            if await child.wait() != 0:
                raise DemoError(f"{name} failed ({_last_words(log)}); see {log}")

    def dead(self) -> list[str]:
        """Names of children that ended by themselves."""
        return [name for name, child in self._children.items() if child.returncode is not None]

    def send(self, name: str, wish: signal.Signals) -> None:
        """A signal to one child, by its own id."""
        self._children[name].send_signal(wish)

    async def gone(self, name: str) -> None:
        """Until it has ended."""
        await self._children[name].wait()

    def pid(self, name: str) -> int:
        return self._children[name].pid


async def _pump(child: asyncio.subprocess.Process, log: Path, told: asyncio.Future[str]) -> None:
    """Copy the child's output into its log; the line that says where it listens is told."""
    if child.stdout is None:
        return
    with log.open("ab") as file:
        async for line in child.stdout:
            file.write(line)
            file.flush()
            text = line.decode(errors="replace").strip()
            if not told.done() and text.startswith("listening on "):
                told.set_result(text.removeprefix("listening on "))
    await child.wait()
    if not told.done():
        told.set_exception(DemoError())


def _last_words(log: Path) -> str:
    """The last line: whoever is told of the log may come when the folder is gone."""
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), "it said nothing")


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    child.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(child.wait(), STOP_S)
    except TimeoutError:
        child.kill()
        await child.wait()
