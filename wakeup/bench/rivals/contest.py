"""Run the same work through each rival on the same machine: rate of acceptance, start delay, and the effects of a
kill."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from wakeup.bench.load_generator import BenchError
from wakeup.bench.rivals.ours import Ours
from wakeup.bench.rivals.servers import a_postgres, a_redis
from wakeup.runtime.clock import monotonic, pause

FLOOD, SINGLES, CROWD = 200, 40, 150
BETWEEN_S = 0.05
KILL_AFTER = 20
"""Number of jobs of the crowd that have begun when the process is killed."""
START_S, SETTLE_S = 120.0, 180.0
"""Real seconds to come up, and to wait without progress until the rest counts as lost.

Wakeup asks about attempts in doubt after 5, 30 and 120 seconds before it begins them again; the others get the
same time.
"""
ABSENT = "absent"
Server: TypeAlias = AbstractContextManager[str | None]
"""Yields the URL of the server a rival needs, empty if it needs none; None where this machine does not have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The result. `lost`: accepted and never finished. `doubled`: begun more than once."""

    accepted_per_s: float
    start_p50_ms: float
    start_p99_ms: float
    lost: int
    doubled: int


class Contestant(Protocol):
    """A system that accepts jobs and starts them."""

    async def start(self) -> None:
        """Start, or restart on the same database."""

    async def accept(self, number: int) -> float:
        """Hand a job over; return when it was safe, by the machine's monotonic clock."""

    async def kill(self) -> None: ...
    async def close(self) -> None: ...
    def started(self) -> list[tuple[int, float]]:
        """Return number and time of each start so far."""

    def ended(self) -> set[int]: ...


class Rival:
    """One rival's process, killed and restarted on the same database."""

    def __init__(self, module: str, folder: Path, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-m", f"wakeup.bench.rivals.{module}", str(folder), *arguments]
        self._folder, self._environment = folder, dict(environment)
        self._child: asyncio.subprocess.Process

    async def start(self) -> None:
        with (self._folder / "errors").open("ab") as errors:
            self._child = await asyncio.create_subprocess_exec(
                *self._command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors,
                env=self._environment,
            )  # fmt: skip
        await asyncio.wait_for(self._line(), START_S)

    async def accept(self, number: int) -> float:
        stdin = self._child.stdin
        assert stdin is not None
        stdin.write(f"{number}\n".encode())
        await self._line()
        return time.monotonic()  # noqa: TID251 - the one clock of all its processes

    async def kill(self) -> None:
        if self._child.returncode is None:
            self._child.kill()
        await self._child.wait()

    async def close(self) -> None:
        await self.kill()

    async def _line(self) -> str:
        stdout = self._child.stdout
        assert stdout is not None
        line = await stdout.readline()
        if not line:
            raise BenchError(f"a rival ended; see {self._folder / 'errors'}")
        return line.decode()

    def started(self) -> list[tuple[int, float]]:
        rows = (line.split() for line in _lines(self._folder / "started"))
        return [(int(number), float(at)) for number, at in rows]

    def ended(self) -> set[int]:
        return {int(line) for line in _lines(self._folder / "ended")}


async def contest(rival: Contestant) -> Score:
    """Flood it, hand it single jobs while it is idle, then kill it while it works through a crowd."""
    await rival.start()
    try:
        began = monotonic()
        for number in range(FLOOD):
            await rival.accept(number)
        rate = FLOOD / (monotonic() - began)
        await _finished(rival, set(range(FLOOD)))
        waits = await _singles(rival, range(FLOOD, FLOOD + SINGLES))
        crowd = range(FLOOD + SINGLES, FLOOD + SINGLES + CROWD)
        await _killed_in_a_crowd(rival, crowd)
    finally:
        await rival.close()
    cuts = statistics.quantiles(waits, n=100, method="inclusive")
    begun = Counter(number for number, _ in rival.started() if number in crowd)
    return Score(
        accepted_per_s=round(rate, 1),
        start_p50_ms=round(cuts[49] * 1000, 1),
        start_p99_ms=round(cuts[98] * 1000, 1),
        lost=len(set(crowd) - rival.ended()),
        doubled=sum(times > 1 for times in begun.values()),
    )


async def _singles(rival: Contestant, numbers: range) -> list[float]:
    safe = {}
    for number in numbers:
        await pause(BETWEEN_S)
        safe[number] = await rival.accept(number)
    await _finished(rival, set(numbers))
    return [max(0.0, at - safe[number]) for number, at in rival.started() if number in safe]


async def _killed_in_a_crowd(rival: Contestant, crowd: range) -> None:
    for number in crowd:
        await rival.accept(number)
    while sum(number in crowd for number, _ in rival.started()) < KILL_AFTER:
        await pause(0.01)
    await rival.kill()
    await rival.start()
    await _finished(rival, set(crowd))


async def _finished(rival: Contestant, numbers: set[int]) -> None:
    """Wait until all have ended or nothing more happens."""
    before, since = -1, monotonic()
    while monotonic() - since < SETTLE_S:
        done = len(rival.ended() & numbers)
        if done == len(numbers):
            return
        if done != before:
            before, since = done, monotonic()
        await pause(0.05)


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


async def bench_rivals(folder: Path, environment: Mapping[str, str], database: str | None) -> dict[str, Any]:
    """Return our score, and one for each rival that is installed here together with the server it needs."""
    home = folder / "wakeup"
    await asyncio.to_thread(home.mkdir)
    scores: dict[str, Any] = {"wakeup": asdict(await contest(Ours(home, environment)))}
    servers: dict[str, Server] = {
        "apscheduler": nullcontext(""), "procrastinate": a_postgres(database), "celery": a_redis(),
    }  # fmt: skip
    for name, server in servers.items():
        if find_spec(name) is None:
            scores[name] = ABSENT
            continue
        with server as address:
            scores[name] = ABSENT if address is None else await _score(name, folder / name, address, environment)
    return scores


async def _score(name: str, folder: Path, address: str, environment: Mapping[str, str]) -> dict[str, Any]:
    await asyncio.to_thread(folder.mkdir)
    return asdict(await contest(Rival(name, folder, [address] if address else [], environment)))
