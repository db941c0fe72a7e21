"""Kill and pause nodes at random under load, then judge the run only by the ledgers of the simulators."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

from wakeup.bank.signing import signed_headers
from wakeup.cluster.nodes import Node, nodes_of
from wakeup.demo.ledgers import Ledgers
from wakeup.demo.processes import DemoError, Processes, free_ports
from wakeup.demo.setup import DemoSetup, new_setup
from wakeup.demo.simulators import start_strangers
from wakeup.runtime.clock import SystemClock, monotonic, pause
from wakeup.runtime.settings.sources import without_settings

SPEED = 20.0
"""Speed of people's time: windows of minutes close in seconds, while leases keep their real length."""
CASES_A_MINUTE = 30
CALLS_PER_SECOND = 10.0
PAUSES_S = (0.5, 9.0)
"""Range of a pause in seconds: a paused node may resume long after its lease has ended, or before."""
BETWEEN_S = (2.0, 9.0)
CATCH_UP_S = 25.0
"""Real seconds after an absence in which a delay counts as caused by it: the longest lease plus a transaction that
hangs."""
PATIENCE_S = 240.0
QUICK = """
version = "quick"

[calling]
ring_timeout = "2m"
time_limit = "2m"
line_limit = "2m"
useful_talk = "20s"
busy_gap = "30s"
no_answer_gap = "1m"
cut_short_gap = "60s"
min_gap = "20s"

[calling.destinations]
SG = ["mobile"]
GB = ["mobile"]

[recording]
SG = "notice"
GB = "notice"

[tempo]
settle_margin = "2s"
claim_lease = "3s"
post_within = "1s"
sending_patience = "26s"
unknown_checks = ["1s", "2s", "3s"]
watchdog = "5s"
delivery_lease = "17s"
delivery_first_retry = "0.2s"
delivery_max_retry = "2s"

[rates]
GBP = 1.72
"""
"""The shortest leases a policy may have, so that an absence can be short; decisions are not affected.

`[tempo]` is in real seconds: with a faster clock the service scales the values itself.
"""
WIRE = (ClientError, ConnectionError, TimeoutError)


@dataclass(frozen=True, slots=True, kw_only=True)
class SoakOptions:
    minutes: float
    seed: int
    database: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Soaked:
    """The result by the ledgers of the simulators. `forgiven`: decisions late while a node was away or had just
    returned."""

    minutes: float
    seed: int
    kills: int
    pauses: int
    events: int
    calls: int
    lost: int
    doubled: int
    late: int
    forgiven: int
    wall_seconds: float

    @property
    def promises_held(self) -> bool:
        return self.events > 0 and not (self.lost or self.doubled or self.late)


@dataclass(slots=True)
class Absence:
    node: str
    since: datetime
    until: datetime | None = None


@dataclass(slots=True)
class Story:
    """What has happened so far."""

    kills: int = 0
    pauses: int = 0
    absences: list[Absence] = field(default_factory=list)
    accepted: dict[str, datetime] = field(default_factory=dict)
    """Transfer id to deadline, for events answered 2xx."""


async def run_soak(wish: SoakOptions, environment: Mapping[str, str], now: float) -> Soaked:
    """Run a soak. Raises DemoError when a node does not come up again."""
    began = monotonic()
    ports = free_ports(3)
    stage = new_setup(wish.folder, speed=SPEED, seed=wish.seed, now=now, ports=(ports[0], ports[1], ports[2]))
    policy = wish.folder / "policy.toml"
    policy.write_text(QUICK)
    clock = SystemClock(stage.speed, stage.epoch, stage.epoch_real)
    timeout = ClientTimeout(total=10)
    async with (
        Processes(wish.folder, without_settings(environment)) as processes,
        ClientSession(timeout=timeout) as session,
    ):
        phone, core = await start_strangers(processes, stage, CALLS_PER_SECOND)
        extra = {
            "WAKEUP_POLICY__FILE": str(policy),
            "WAKEUP_TWILIO__CALLS_PER_SECOND": str(CALLS_PER_SECOND),
        }
        nodes = nodes_of(stage, phone, core, wish.database, extra)
        await processes.run("migrate", ["wakeup", "migrate"], nodes[0].environment)
        for node in nodes:
            await processes.start(node.name, node.command, node.environment)
        ledgers, story = Ledgers(session, stage, phone, core), Story()
        doors = [node.stage.address(1) for node in nodes if "api" in node.roles]
        engine = RiskEngine(stage=stage, clock=clock, session=session, doors=doors, ledgers=ledgers, story=story)
        bank = asyncio.create_task(engine.flag(await _traffic(wish, stage, clock)))
        try:
            await _fate(wish, processes, nodes, clock, story)
            await asyncio.wait_for(bank, PATIENCE_S)
            await _until_decided(ledgers)
            return await _judged(wish, ledgers, stage, story, began)
        finally:
            bank.cancel()


async def _fate(
    wish: SoakOptions, processes: Processes, nodes: Sequence[Node], clock: SystemClock, story: Story
) -> None:
    """Until the minutes are over, choose one node after the other, and kill and restart it or pause it."""
    dice = Random(wish.seed)  # noqa: S311 - fate keeps no secret
    ends = monotonic() + wish.minutes * 60
    while monotonic() < ends:
        await pause(dice.uniform(*BETWEEN_S))
        node = dice.choice(nodes)
        absence = Absence(node.name, clock.now())
        story.absences.append(absence)
        if dice.random() < 0.5:
            story.kills += 1
            processes.send(node.name, signal.SIGKILL)
            await processes.gone(node.name)
            await processes.start(node.name, node.command, node.environment)
        else:
            story.pauses += 1
            processes.send(node.name, signal.SIGSTOP)
            try:
                await pause(dice.uniform(*PAUSES_S))
            finally:
                processes.send(node.name, signal.SIGCONT)
        absence.until = clock.now()


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskEngine:
    """Register each transfer at the payment core, then post its event until a node accepts it."""

    stage: DemoSetup
    clock: SystemClock
    session: ClientSession
    doors: Sequence[str]
    ledgers: Ledgers
    story: Story

    async def flag(self, events: Sequence[dict[str, Any]]) -> None:
        async with asyncio.TaskGroup() as group:
            for number, event in enumerate(events):
                group.create_task(self._tell(event, number))

    async def _tell(self, event: dict[str, Any], number: int) -> None:
        await self.clock.sleep_until(datetime.fromisoformat(event["occurred_at"]))
        with contextlib.suppress(ClientError):
            await self.ledgers.register(event)
        raw = json.dumps(event, ensure_ascii=False).encode()
        for attempt in range(10_000):
            door = self.doors[(number + attempt) % len(self.doors)]
            with contextlib.suppress(*WIRE):
                if await self._accepted(f"{door}/v1/risk-events", f"soak_{number}", raw):
                    transfer = event["transfer"]
                    self.story.accepted[transfer["id"]] = datetime.fromisoformat(transfer["decide_by"])
                    return
            await pause(0.1)

    async def _accepted(self, url: str, message: str, raw: bytes) -> bool:
        signed = signed_headers([self.stage.client_secret], message, self.clock.now(), raw)
        headers = {"Content-Type": "application/json", **signed}
        async with self.session.post(url, data=raw, headers=headers) as answer:
            if answer.status not in {200, 202, 503}:
                raise DemoError(f"an event was answered {answer.status}")
            return answer.status != 503


async def _traffic(wish: SoakOptions, stage: DemoSetup, clock: SystemClock) -> list[dict[str, Any]]:
    cases = max(2, int(CASES_A_MINUTE * wish.minutes))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "wakeup.simulator", "traffic", "--cases", str(cases), "--seed", str(wish.seed),
        "--start", (clock.now() + timedelta(minutes=1)).isoformat(), "--over", str(wish.minutes * 60 * stage.speed),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await child.communicate()
    if child.returncode != 0:
        raise DemoError("the traffic could not be generated")
    dice = Random(wish.seed)  # noqa: S311 - windows keep no secret
    closes: dict[str, str] = {}
    events = [json.loads(line) for line in out.splitlines()]
    for event in events:
        # Windows are shorter than real ones, so that a soak ends soon after its last event.
        at = datetime.fromisoformat(event["occurred_at"]) + timedelta(minutes=dice.uniform(4, 14))
        event["transfer"]["decide_by"] = closes.setdefault(event["transfer"]["id"], at.isoformat())
    return events


async def _until_decided(ledgers: Ledgers) -> None:
    gives_up = monotonic() + PATIENCE_S
    while monotonic() < gives_up:
        if await ledgers.undecided() == 0:
            return
        await pause(0.5)


async def _judged(wish: SoakOptions, ledgers: Ledgers, stage: DemoSetup, story: Story, began: float) -> Soaked:
    last = await ledgers.snapshot(details=True)
    told = {row["transfer"]: datetime.fromisoformat(row["at"]) for row in reversed(last.transfers)}
    lost, late, excused = fate_of(story, told, stage.speed)
    return Soaked(
        minutes=wish.minutes,
        seed=wish.seed,
        kills=story.kills,
        pauses=story.pauses,
        events=len(story.accepted),
        calls=last.phone["calls_placed"],
        lost=lost,
        doubled=last.phone["duplicate_rings"],
        late=late,
        forgiven=excused,
        wall_seconds=round(monotonic() - began, 1),
    )


def fate_of(story: Story, told: Mapping[str, datetime], speed: float) -> tuple[int, int, int]:
    """Count the events answered 2xx that were lost, late, and late but forgiven. `told`: time of first decisions
    by transfer."""
    lost = sum(transfer not in told for transfer in story.accepted)
    late = [by for transfer, by in story.accepted.items() if transfer in told and told[transfer] > by]
    excused = sum(forgiven(by, speed, story.absences) for by in late)
    return lost, len(late) - excused, excused


def forgiven(by: datetime, speed: float, absences: Sequence[Absence]) -> bool:
    """True if a node was away at the deadline, or had only just come back to what it had leased."""
    catch_up = timedelta(seconds=CATCH_UP_S * speed)
    return any(one.since <= by and (one.until is None or by <= one.until + catch_up) for one in absences)
