"""Start the processes of a demo, wait until they listen, and end them by the process ids they were started with."""

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

from wakeup.demo.process_guard import ProcessGuard
from wakeup.domain.errors import WakeupError

START_S, STOP_S = 120.0, 30.0
PORTS = range(15_000, 30_000)
"""Below the ports for outgoing connections: Linux hands them out from 32768, other systems from 49152."""
TRIES = 200
MAX_HELD = 64
_held: deque[int] = deque()
"""File descriptors of the sockets that reserve the ports chosen last by this process."""


class DemoError(WakeupError):
    """The demo cannot continue."""


def free_ports(count: int) -> list[int]:
    """Return ports that are free now, below those the system hands to outgoing connections.

    A port of that range could be taken by any connection while the process that listened on it is away, and a
    restarted service needs its own port back. All sockets stay bound until every port is chosen, so no two ports
    are the same; and each port is reserved against other processes of this machine that choose ports meanwhile.
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
    raise DemoError("no free port on this machine")


def _speak_for(port: int) -> None:
    """Reserve a port. Raises OSError when another process has chosen it and does not listen on it yet.

    On Linux this binds an abstract Unix socket, which leaves no file behind; elsewhere nothing is reserved.
    """
    if sys.platform != "linux":
        return
    with socket.socket(socket.AF_UNIX) as name:
        name.bind(f"\0wakeup port {port}")
        _held.append(name.detach())
    if len(_held) > MAX_HELD:
        os.close(_held.popleft())


class Processes:
    """The child processes of the demo. After `async with` they are gone, whatever happened."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = dict(environment)
        self._children: dict[str, asyncio.subprocess.Process] = {}
        self._pumps: list[asyncio.Task[None]] = []
        self._guard = ProcessGuard()
        """Ends the children also when this process is killed."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for child in reversed(self._children.values()):
            await _end(child)
        for pump in self._pumps:
            await pump
        self._guard.close()

    async def start(
        self, name: str, arguments: Sequence[str], extra: Mapping[str, str] | None = None, *, secret: str = ""
    ) -> str:
        """Start `python -m …` and return the address it says it listens on. Its output goes to `<name>.log`. `secret`
        is a line for its standard input, as command lines are seen by others.

        Raises DemoError when it ends or does not listen in time.
        """
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *arguments,
            stdin=asyncio.subprocess.PIPE if secret else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**self._environment, **(extra or {})},
            # Ctrl-C in the terminal is for this process to handle: it ends the children in order.
            start_new_session=True,
            limit=1 << 20,
        )  # fmt: skip
        self._children[name] = child
        self._guard.watch(child.pid)
        if child.stdin is not None:
            # So short that the pipe takes it at once.
            child.stdin.write(f"{secret}\n".encode())
            child.stdin.close()
        log = self._folder / f"{name}.log"
        told: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._pumps.append(asyncio.create_task(self._attend(child, log, told)))
        try:
            return await asyncio.wait_for(told, START_S)
        except TimeoutError:
            raise DemoError(f"{name} did not start within {START_S:.0f} s; see {log}") from None
        except DemoError as error:
            raise DemoError(
                f"{name} ended before it listened ({_last_words(log, child.returncode)}); see {log}"
            ) from error

    async def _attend(self, child: asyncio.subprocess.Process, log: Path, told: asyncio.Future[str]) -> None:
        await _pump(child, log, told)
        self._guard.unwatch(child.pid)

    async def run(self, name: str, arguments: Sequence[str], extra: Mapping[str, str]) -> None:
        """Run `python -m …` to its end, or until this task is cancelled. Raises DemoError if it fails."""
        log = self._folder / f"{name}.log"
        with log.open("ab") as output:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**self._environment, **extra},
                start_new_session=True,
            )  # fmt: skip
        self._guard.watch(child.pid)
        try:
            status = await child.wait()
        finally:
            await _end(child)
            self._guard.unwatch(child.pid)
        if status != 0:
            raise DemoError(f"{name} failed ({_last_words(log, status)}); see {log}")

    def dead(self) -> list[str]:
        """Return the names of children that ended by themselves."""
        return [name for name, child in self._children.items() if child.returncode is not None]

    def send(self, name: str, wish: signal.Signals) -> None:
        """Send a signal to one child, by its own id."""
        self._children[name].send_signal(wish)

    async def gone(self, name: str) -> None:
        """Wait until a child has ended."""
        await self._children[name].wait()

    def pid(self, name: str) -> int:
        return self._children[name].pid


async def _pump(child: asyncio.subprocess.Process, log: Path, told: asyncio.Future[str]) -> None:
    """Copy the child's output into its log, and set `told` to the address in the line that says where it listens."""
    if child.stdout is None:
        return
    with log.open("ab", buffering=0) as file:
        async for line in child.stdout:
            # On a full disk the child's own words say more than an error of ours.
            with contextlib.suppress(OSError):
                file.write(line)
            text = line.decode(errors="replace").strip()
            if not told.done() and text.startswith("listening on "):
                told.set_result(text.removeprefix("listening on "))
    await child.wait()
    if not told.done():
        told.set_exception(DemoError())


def _last_words(log: Path, status: int | None) -> str:
    """Return the last line of the log: the folder may be gone before the user opens the file."""
    silent = f"exit status {status}, nothing in its log; is the disk full?"
    lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    return next((line for line in reversed(lines) if line.strip()), silent)


async def _end(child: asyncio.subprocess.Process) -> None:
    if child.returncode is not None:
        return
    child.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(child.wait(), STOP_S)
    except TimeoutError:
        child.kill()
        await child.wait()
