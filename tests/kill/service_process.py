"""A real service process between a simulated phone company and a simulated payment core in the test process: it can
be killed at any fact.

The simulators' ledgers are watched line by line, so a kill happens at the very moment a fact is written, before the
simulator responds. The service is always started with the same command on the same database.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.kill.fork_server import ForkedProcess, ForkServer
from wakeup.bank.signing import signed_headers
from wakeup.cluster.soak import QUICK
from wakeup.demo.processes import free_ports
from wakeup.demo.setup import DemoSetup, new_setup
from wakeup.simulator.clock import SimClock
from wakeup.simulator.core import PaymentCore
from wakeup.simulator.ledger import Fact, Ledger
from wakeup.simulator.line import People
from wakeup.simulator.server import PhoneCompany

START_S = 30.0
CALLS_PER_SECOND = 5
Wanted = Callable[[Fact], bool]


class Watched(list[Fact]):
    """A ledger's facts; watchers are told of each new fact at once."""

    def __init__(self, facts: list[Fact]) -> None:
        super().__init__(facts)
        self.watchers: list[Callable[[Fact], None]] = []

    def append(self, row: Fact) -> None:
        super().append(row)
        for watcher in list(self.watchers):
            watcher(row)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Down:
    """One absence of the service, in simulated time."""

    why: str
    since: datetime
    until: datetime | None = None
    start_took: timedelta = timedelta(0)


class ServiceProcess:
    """One service and its two simulators. `downs` lists when the service was away, `story` what the test did."""

    def __init__(
        self,
        folder: Path,
        fork_server: ForkServer,
        *,
        speed: float,
        people: People | None = None,
        database_url: str = "",
    ) -> None:
        public, api, inside = free_ports(3)
        self.folder = folder
        self.stage: DemoSetup = new_setup(folder, speed=speed, seed=7, now=time.time(), ports=(public, api, inside))
        self.clock = SimClock(self.stage.epoch, speed, self.stage.epoch_real)
        self.company = PhoneCompany(
            self.stage.account, self.stage.token, self.clock, seed=7, calls_per_second=10.0, people=people
        )
        self.core = PaymentCore(self.clock, [self.stage.core_secret])
        for ledger in (self.company.ledger, self.core.ledger):
            ledger.facts = Watched(ledger.facts)
        self.events: dict[str, dict[str, Any]] = {}
        self.answered: dict[str, int] = {}
        """Transfer id -> status of the first answer to its event; absent when none came."""
        self.downs: list[Down] = []
        self.story: list[str] = []
        self.up = asyncio.Event()
        self._database_url = database_url
        self._fork_server = fork_server
        self._child: ForkedProcess | None = None
        self._lives = 0
        self._messages = 0

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            # `__aexit__` is not called when `__aenter__` fails, and the open sockets would cause a warning in the
            # next test.
            await self.__aexit__()
            raise
        return self

    async def _open(self) -> None:
        self._session = ClientSession(timeout=ClientTimeout(total=20))
        phone, core = await self.company.listen(), await self.core.listen()
        policy = self.folder / "policy.toml"
        policy.write_text(QUICK)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("WAKEUP_")},
            **self.stage.settings(phone, core),
            "WAKEUP_TWILIO__CALLS_PER_SECOND": str(CALLS_PER_SECOND),
            "WAKEUP_POLICY__FILE": str(policy),
            **({"WAKEUP_DATABASE_URL": self._database_url} if self._database_url else {}),
        }
        await self.start()

    async def __aexit__(self, *_: object) -> None:
        if self._child is not None and self._child.returncode is None:
            os.kill(self._child.pid, signal.SIGKILL)
            await self._child.wait()
        await self._session.close()
        # The order matters: a handler that stalls on purpose is cut off with its listener.
        await self.core.close()
        await self.company.close()

    # The process

    async def start(self) -> None:
        """Start the command and wait until it listens."""
        self._lives += 1
        begun = self.clock.now()
        log = self.folder / f"service.{self._lives}.log"
        log.touch()
        self._child = self._fork_server.fork(["serve", "--migrate"], self.environment, log)
        give_up = time.monotonic() + START_S
        while "listening on " not in log.read_text(errors="replace"):
            ended = self._child.returncode is not None
            assert not ended, f"the service ended at its start:\n{log.read_text()[-3000:]}"
            assert time.monotonic() < give_up, f"the service did not start within {START_S:.0f} s"
            await asyncio.sleep(0.02)
        if self.downs:
            self.downs[-1].until = self.clock.now()
            self.downs[-1].start_took = self.clock.now() - begun
        self.tell(f"life {self._lives} listens")
        self.up.set()

    def kill(self, why: str, wish: signal.Signals = signal.SIGKILL) -> None:
        """End the process now, by its process id."""
        assert self._child is not None and self._child.returncode is None
        os.kill(self._child.pid, wish)
        self.up.clear()
        self.downs.append(Down(why, self.clock.now()))
        self.tell(f"{wish.name} {why}")

    async def revive(self) -> None:
        """Wait for the end of the process and start it again."""
        self.last_code = await self.ended()
        await self.start()

    async def ended(self) -> int:
        """Wait for a process that was told to end. Return its exit code."""
        assert self._child is not None
        return await asyncio.wait_for(self._child.wait(), 40)

    def trap(self, why: str, ledger: Ledger, wanted: Wanted, within: float = 30.0) -> asyncio.Task[Fact]:
        """Kill the service at once at the first fact that is `wanted`. The returned task yields the fact; `within`
        is in real seconds.
        """
        sprung: asyncio.Future[Fact] = asyncio.get_running_loop().create_future()
        facts = ledger.facts
        assert isinstance(facts, Watched)

        def watcher(row: Fact) -> None:
            if wanted(row):
                facts.watchers.remove(watcher)
                self.kill(why)
                sprung.set_result(row)

        facts.watchers.append(watcher)

        async def wait() -> Fact:
            try:
                return await asyncio.wait_for(sprung, within)
            except TimeoutError:
                raise AssertionError(f"never came: {why}") from None

        return asyncio.create_task(wait())

    # The bank

    async def flag(self, event: dict[str, Any]) -> Answer:
        """Post a flagged transfer, after telling the simulated core. Raises the connection errors of the client."""
        transfer = event["transfer"]
        self.events[transfer["id"]] = event
        self.core.register(transfer["id"], datetime.fromisoformat(transfer["decide_by"]))
        answer = await self.post("/v1/risk-events", event)
        self.answered.setdefault(transfer["id"], answer.status)
        return answer

    async def post(self, path: str, body: Any) -> Answer:
        raw = json.dumps(body, ensure_ascii=False).encode()
        self._messages += 1
        headers = signed_headers([self.stage.client_secret], f"msg_k{self._messages}", self.clock.now(), raw)
        headers["Content-Type"] = "application/json"
        async with self._session.post(self.stage.address(1) + path, data=raw, headers=headers) as answer:
            return Answer(answer.status, await answer.json(content_type=None), dict(answer.headers))

    async def feed(self) -> dict[str, list[dict[str, Any]]]:
        """All decisions of `GET /v1/decisions`, by transfer, in the order of the feed."""
        found: dict[str, list[dict[str, Any]]] = {}
        for item in (await self.read_on())[1]:
            found.setdefault(item["transfer_id"], []).append(item)
        return found

    async def read_on(self, cursor: str | None = None) -> tuple[str, list[dict[str, Any]]]:
        """The decisions after the cursor, in the order of the feed, and the next cursor."""
        found: list[dict[str, Any]] = []
        headers = {"Authorization": f"Bearer {self.stage.bearer}"}
        while True:
            after = "" if cursor is None else f"&after={cursor}"
            page = await self._page(self.stage.address(1) + f"/v1/decisions?limit=200{after}", headers)
            found += page["items"]
            cursor = str(page["next"])
            if not page["items"]:
                return cursor, found

    async def whole_feed(self, within: float = 5.0) -> dict[str, list[dict[str, Any]]]:
        """The feed, once it contains all that the core was told: decisions get their position a moment after the
        commit.
        """
        give_up = time.monotonic() + within
        while True:
            feed = await self.feed()
            told = ((name, known.sequence) for name, known in self.core.transfers.items() if known.decision)
            behind = [
                name
                for name, n in told
                if name in self.events and (feed.get(name) or [{"sequence": 0}])[-1]["sequence"] < n
            ]
            if not behind or time.monotonic() > give_up:
                return feed
            await asyncio.sleep(0.05)

    async def _page(self, url: str, headers: dict[str, str]) -> Any:
        for _ in range(10):
            async with self._session.get(url, headers=headers) as answer:
                if answer.status == 200:
                    return await answer.json()
                assert answer.status == 503, await answer.text()
            await asyncio.sleep(0.1)
        raise AssertionError(f"the feed cannot be had\n{self.told()}")

    async def readiness(self) -> int:
        async with self._session.get(self.stage.address(2) + "/readyz") as answer:
            return answer.status

    # Waiting

    async def until(self, what: str, holds: Callable[[], bool], within: float = 30.0) -> None:
        """Wait until the condition holds, for so many real seconds; the failure shows the story."""
        give_up = time.monotonic() + within
        while not holds():
            assert time.monotonic() < give_up, f"not within {within:g} s: {what}\n{self.told()}"
            await asyncio.sleep(0.02)

    async def decided(self, *transfers: str, within: float = 40.0) -> None:
        """Wait until the core was told about these transfers, or about all accepted ones if none is named."""
        wanted = transfers or tuple(self.events)

        def open_ones() -> list[str]:
            return [name for name in wanted if not self.core.effective(name)]

        try:
            await self.until("decisions", lambda: not open_ones(), within)
        except AssertionError as late:
            raise AssertionError(f"undecided: {open_ones()}\n{late}") from None

    async def listed(self, transfer: str, within: float = 5.0) -> list[dict[str, Any]]:
        """The transfer's decisions in the feed, which is numbered right after the commit."""
        give_up = time.monotonic() + within
        while not (found := (await self.feed()).get(transfer, [])):
            assert time.monotonic() < give_up, f"the feed never spoke of {transfer}\n{self.told()}"
            await asyncio.sleep(0.05)
        return found

    def tell(self, line: str) -> None:
        self.story.append(f"{self.clock.now():%H:%M:%S}.{self.clock.now().microsecond // 100000} {line}")

    def told(self) -> str:
        """Text for a failure: what the test did, what the simulators recorded, what errors the service logged."""
        facts = [f"  phone {r['at'][11:21]} {r['fact']} {_rest(r)}" for r in self.company.ledger.facts[-80:]]
        books = [f"  core  {r['at'][11:21]} {r['fact']} {_rest(r)}" for r in self.core.ledger.facts[-60:]]
        return "\n".join(
            ["story:", *self.story, "ledgers:", *sorted(facts + books, key=lambda f: f[8:]), *self.errors()]
        )

    def errors(self) -> list[str]:
        """What the service logged as an error, in all its processes."""
        lines = [
            f"{log.name}: {line}"
            for log in sorted(self.folder.glob("service.*.log"))
            for line in log.read_text(errors="replace").splitlines()
        ]
        return [
            line for line in lines if '"level":"error"' in line or '"level":"critical"' in line or "Traceback" in line
        ]

    def margin(self, transfer: dict[str, Any]) -> timedelta:
        """How long before `decide_by` a decision is due: the policy's two real seconds, at most a tenth of the
        window.
        """
        window = datetime.fromisoformat(transfer["decide_by"]) - datetime.fromisoformat(transfer["created_at"])
        return min(timedelta(seconds=2 * self.stage.speed), window / 10)


def _rest(row: Fact) -> str:
    shown = {name: value for name, value in row.items() if name not in {"at", "fact", "digest"}}
    return " ".join(f"{name}={str(value)[-40:]}" for name, value in shown.items())


WIRE = (ClientError, OSError, TimeoutError)
"""Errors a client sees when the service was killed."""
