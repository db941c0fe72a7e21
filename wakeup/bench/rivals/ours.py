"""Wakeup in the contest: a job is a risk event, safe when it is answered 202, begun when its call is posted."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from aiohttp import ClientSession

from wakeup.bank.signing import signed_headers
from wakeup.bench.ingest import event
from wakeup.bench.load_generator import BenchError
from wakeup.bench.stubs import HOST, PhoneBook, quick_settings
from wakeup.demo.processes import Processes, free_ports
from wakeup.demo.setup import new_setup
from wakeup.runtime.clock import SystemClock

NAME = "service"


class Ours:
    """The service on a SQLite file, killed and restarted; the phone company stub keeps running."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        ports = free_ports(4)
        self._clock, self._book = SystemClock(), PhoneBook()
        self._port = ports[3]
        self._stage = new_setup(
            folder, speed=1.0, seed=1, now=self._clock.timestamp(), ports=(ports[0], ports[1], ports[2])
        )
        self._settings = quick_settings(self._stage, f"http://{HOST}:{self._port}", "http://127.0.0.1:9")
        self._processes = Processes(folder, environment)
        self._numbers: dict[str, int] = {}
        self._session: ClientSession | None = None

    async def start(self) -> None:
        if self._session is None:
            self._session = ClientSession()
            self._runner = await self._book.listen(self._stage.account, self._port)
        await self._processes.start(NAME, ["wakeup", "serve", "--migrate"], self._settings)

    async def accept(self, number: int) -> float:
        now = self._clock.now()
        flagged = event(number, now)
        # Critical, so that the number may be called at any hour.
        flagged["risk"]["tier"] = "critical"
        self._numbers[flagged["customer"]["phone"]] = number
        body = json.dumps(flagged, ensure_ascii=False).encode()
        headers = signed_headers([self._stage.client_secret], f"rival_{number}", now, body)
        assert self._session is not None
        url = f"{self._stage.address(1)}/v1/risk-events"
        async with self._session.post(url, data=body, headers={"Content-Type": "application/json", **headers}) as told:
            if told.status != 202:
                raise BenchError(f"an event was answered {told.status}")
        return time.monotonic()  # noqa: TID251 - the one clock of all its processes

    async def kill(self) -> None:
        self._processes.send(NAME, signal.SIGKILL)
        await self._processes.gone(NAME)

    async def close(self) -> None:
        await self._processes.__aexit__()
        if self._session is not None:
            await self._session.close()
            await self._runner.cleanup()

    def started(self) -> list[tuple[int, float]]:
        return [(self._numbers[to], at) for to, at in self._book.asked]

    def ended(self) -> set[int]:
        """Return the started jobs: once a call is posted, there is no more for us to do."""
        return {number for number, _ in self.started()}
