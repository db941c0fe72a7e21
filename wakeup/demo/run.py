"""Run one demo from the first process to the last figure."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from wakeup.demo.accounts import SignIn, make_accounts, make_agents
from wakeup.demo.folder import demo_folder
from wakeup.demo.guardian_summary import Families
from wakeup.demo.hand_over_summary import HandedOver
from wakeup.demo.handset_bank import HandsetBank
from wakeup.demo.ledgers import Ledgers, Result, Snapshot, result_of
from wakeup.demo.processes import DemoError, Processes, free_ports
from wakeup.demo.setup import CALLS_PER_SECOND, DemoSetup, new_setup
from wakeup.demo.simulators import start_strangers
from wakeup.feed.feeding import FeedPlan, FeedReport, feed_file
from wakeup.feed.mapping import load_mapping
from wakeup.feed.sending import SignedSender
from wakeup.runtime.clock import SystemClock, monotonic, pause
from wakeup.runtime.settings.settings import load_settings
from wakeup.runtime.settings.sources import without_settings
from wakeup.storage.demo_mark import want_empty

POLL_S = 0.5
SECONDS_A_CASE = 4.0
GET_READY_S = 3.0
"""Real seconds that making the traffic takes."""
PATIENCE = timedelta(minutes=45)
"""Longest time after the last event for which a transfer may stay undecided: the longest window is 40 minutes."""
BATCH_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """The options of a demo."""

    cases: int
    seed: int
    speed: float
    folder: Path
    database: str | None = None
    """URL of the service's database; a file in `folder` if not given."""
    feed: Path | None = None
    mapping: Path | None = None
    stay: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The figures of a demo, and what its guardians and agents did."""

    result: Result
    families: Families
    people: HandedOver


@dataclass(slots=True)
class Progress:
    """What the screen shows."""

    stage: DemoSetup
    clock: SystemClock
    addresses: dict[str, str] = field(default_factory=dict)
    sign_in: SignIn | None = None
    """For the console of this run; None if the demo ends by itself."""
    report: FeedReport | None = None
    snapshot: Snapshot = field(default_factory=Snapshot)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Transfer id to tier, amount, currency and decide_by, which the bank knows anyway."""
    customers: dict[str, str] = field(default_factory=dict)
    guardians: set[str] = field(default_factory=set)
    """Numbers of customers (by transfer) and of guardians, which the bank knows too. Never shown."""
    total: int = 0
    ending: Ending | None = None
    """Set once everything is decided."""


Show = Callable[[Progress], None]
Start = Callable[[Processes, DemoSetup, str | None], Awaitable[tuple[str, str]]]
"""Starts simulators and service; returns the addresses of phone company and payment core."""


async def run_demo(
    wish: DemoOptions, environment: Mapping[str, str], now: float, show: Show | None, start: Start | None = None
) -> Ending:
    """Run a demo. Raises ConfigError for options that make no sense, DemoError when a process dies."""
    with demo_folder(wish.folder) as folder:
        return await _run(wish, folder, environment, now, show, start or _start)


async def _run(
    wish: DemoOptions, folder: Path, environment: Mapping[str, str], now: float, show: Show | None, start: Start
) -> Ending:
    began = monotonic()
    ports = free_ports(3)
    stage = new_setup(folder, speed=wish.speed, seed=wish.seed, now=now, ports=(ports[0], ports[1], ports[2]))
    load_settings(stage.settings(stage.address(0), stage.address(1), wish.database))
    if wish.database is not None:
        await asyncio.to_thread(want_empty, wish.database)
    progress = Progress(stage=stage, clock=SystemClock(stage.speed, stage.epoch, stage.epoch_real))
    async with Processes(folder, without_settings(environment)) as processes, ClientSession() as session:
        phone, core = await start(processes, stage, wish.database)
        settings = load_settings(stage.settings(phone, core, wish.database))
        if wish.stay:
            progress.sign_in = await make_accounts(settings)
        await make_agents(settings, stays=wish.stay)
        progress.addresses = {"phone company": phone, "payment core": core} | {
            name: stage.address(place) for place, name in enumerate(("webhooks", "risk API", "inside"))
        }
        progress.addresses |= {"console": f"{stage.address(2)}/console", "handset": f"{phone}/handset"}
        ledgers = Ledgers(session, stage, phone, core)
        watching = asyncio.create_task(_watch(processes, ledgers, progress, show))
        sender = SignedSender(session, stage.address(1), stage.client_secret, progress.clock)
        bank = HandsetBank(session, phone, stage.address(1), stage.bearer, sender, progress.clock.now)
        serving = asyncio.create_task(bank.serve()) if wish.stay else None
        try:
            report = await _feed(wish, session, ledgers, progress)
            _want_whole(report, processes, stage)
            await _until_decided(ledgers, progress, processes)
            result = await result_of(ledgers, report.accepted, monotonic() - began)
            ending = Ending(
                result=result,
                families=await ledgers.families(progress.customers, progress.guardians),
                people=await ledgers.people(),
            )
            progress.ending = ending
            if wish.stay:
                # A demo that stays is meant to be ended by Ctrl-C.
                with contextlib.suppress(asyncio.CancelledError):
                    await watching
        finally:
            watching.cancel()
            if serving is not None:
                serving.cancel()
    return ending


async def _start(processes: Processes, stage: DemoSetup, database: str | None) -> tuple[str, str]:
    # Tables can be made before the addresses of the simulators are known.
    nowhere = stage.settings(stage.address(0), stage.address(1), database)
    (phone, core), _ = await asyncio.gather(
        start_strangers(processes, stage, CALLS_PER_SECOND, f"{stage.address(0)}/twilio/sms/inbound"),
        processes.run("migrate", ["wakeup", "migrate"], nowhere),
    )
    await processes.start("service", ["wakeup", "serve"], stage.settings(phone, core, database))
    return phone, core


async def _feed(wish: DemoOptions, session: ClientSession, ledgers: Ledgers, progress: Progress) -> FeedReport:
    stage = progress.stage
    path = wish.feed or await _traffic(wish, stage, progress.clock.now())

    async def register(event: dict[str, Any]) -> None:
        await ledgers.register(event)
        progress.events[event["transfer"]["id"]] = {**event["transfer"], **event["risk"]}
        progress.customers[event["transfer"]["id"]] = event["customer"]["phone"]
        progress.guardians |= {guardian["phone"] for guardian in event.get("guardians", ())}

    def told(report: FeedReport) -> None:
        progress.report = report

    plan = FeedPlan(
        file=path,
        mapping=load_mapping(wish.mapping) if wish.mapping else None,
        checkpoint=stage.folder / "feed.checkpoint",
        report=stage.folder / "rejected.csv",
        seed=wish.seed,
        pace=True,
        batch_rows=BATCH_ROWS,
    )
    sender = SignedSender(session, stage.address(1), stage.client_secret, progress.clock)
    progress.total = _rows(path, header=wish.feed is not None and path.suffix == ".csv")
    return await feed_file(plan, sender, progress.clock, progress=told, on_event=register)


async def _traffic(wish: DemoOptions, stage: DemoSetup, now: datetime) -> Path:
    """Write invented transfers of the simulator to a file.

    They begin a little after `now`, when everything listens: at forty times people's time a slow start would use
    up the shorter windows.
    """
    path = stage.folder / "traffic.ndjson"
    start = now + timedelta(seconds=GET_READY_S * stage.speed)
    with path.open("wb") as file:
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "wakeup.simulator", "traffic", "--cases", str(wish.cases), "--seed", str(wish.seed),
            "--start", start.isoformat(), "--over", str(wish.cases * SECONDS_A_CASE), "--stories",
            stdout=file,
        )  # fmt: skip
        if await child.wait() != 0:
            raise DemoError("the traffic could not be generated")
    return path


async def _until_decided(ledgers: Ledgers, progress: Progress, processes: Processes) -> None:
    deadline = progress.clock.now() + PATIENCE
    while True:
        _all_run(processes, progress.stage)
        if await ledgers.undecided() == 0 or progress.clock.now() > deadline:
            return
        await pause(POLL_S)


def _want_whole(report: FeedReport, processes: Processes, stage: DemoSetup) -> None:
    """Raise DemoError if the feed stopped before its end; a process that has ended is the better reason."""
    if report.stopped:
        _all_run(processes, stage)
        raise DemoError(f"the feed stopped: {report.stopped}")


def _all_run(processes: Processes, stage: DemoSetup) -> None:
    """Raise DemoError if a process has ended."""
    if dead := processes.dead():
        raise DemoError(f"{', '.join(dead)} ended; see the logs in {stage.folder}")


async def _watch(processes: Processes, ledgers: Ledgers, progress: Progress, show: Show | None) -> None:
    """Update the screen. Without a screen the ledgers are not read: reading all of them costs the simulators time."""
    while show is not None and not processes.dead():
        progress.snapshot = await ledgers.snapshot(details=True)
        show(progress)
        await pause(POLL_S)


def _rows(path: Path, *, header: bool) -> int:
    with path.open("rb") as file:
        return sum(1 for line in file if line.strip()) - int(header)
