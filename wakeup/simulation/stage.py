"""Set up one simulated day: nodes, phone company, payment core and bank on one network and with one time."""

from __future__ import annotations

import asyncio
import base64
import logging
import random
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

import structlog
from aiohttp import ClientSession, DummyCookieJar

from wakeup.runtime.clock import pause
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.settings.settings import load_settings, new_keys
from wakeup.simulation import faults
from wakeup.simulation.bank import Bank
from wakeup.simulation.checks.agents import come_to_work
from wakeup.simulation.database import DatabaseFaults
from wakeup.simulation.faults import Group
from wakeup.simulation.loop import SimulatedLoop
from wakeup.simulation.network import MemoryConnector
from wakeup.simulation.node import Node
from wakeup.simulation.process import LIFE
from wakeup.simulator.clock import LoopClock
from wakeup.simulator.core import PaymentCore
from wakeup.simulator.server import PhoneCompany
from wakeup.storage.migrate import upgrade
from wakeup.storage.unit_of_work import SqlUnit

T = TypeVar("T")
EPOCH = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A time within calling hours in Singapore and in London."""
ACCOUNT, TOKEN = "AC" + "5" * 32, "t0ken" * 6
FROM_NUMBERS = ("+6531580001", "+6531580002", "+6531580003")
PHONE_PORT, CORE_PORT, PUBLIC_PORT, API_PORT, FIRST_NODE_PORT = 7001, 7002, 8000, 8100, 9000
CALLS_PER_SECOND, LINES = 5, 200
NOTICED_S = 2.0
"""Time until a load balancer notices that a node is dead."""
DELAY_S = (0.0005, 0.003)


def whsec(byte: int) -> str:
    return "whsec_" + base64.b64encode(bytes(range(byte, byte + 32))).decode()


CLIENT_SECRET, CORE_SECRET, BEARER = whsec(1), whsec(2), "read-only-key-of-the-bank-simulated"


class Stage:
    """The set-up of one day. Use with `async with`, on a SimulatedLoop."""

    def __init__(self, folder: Path, seed: int, nodes: int, groups: frozenset[Group]) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, SimulatedLoop)
        self.loop, self.network = loop, loop.network
        self.folder, self.seed, self.groups = folder, seed, groups
        self.clock = LoopClock(EPOCH)
        self.database_faults = DatabaseFaults()
        self.log: list[dict[str, Any]] = []
        self._dice = random.Random(f"network-{seed}")  # noqa: S311
        self.slow_s = 0.0
        self.balancer_is_stale = False
        self.network.delay = lambda: self._dice.uniform(DELAY_S[0], DELAY_S[1] + self.slow_s)
        wire = partial(MemoryConnector, self.network, each_once=False)
        self.company = PhoneCompany(
            ACCOUNT, TOKEN, self.clock, seed=seed, calls_per_second=CALLS_PER_SECOND, connector=wire
        )
        self.company.inbound_message_url = f"http://127.0.0.1:{PUBLIC_PORT}/twilio/sms/inbound"
        self.core = PaymentCore(self.clock, [CORE_SECRET], seed=seed)
        self.session = ClientSession(connector=wire(), cookie_jar=DummyCookieJar())
        self.bank = Bank(self.clock, self.core, self.session, f"http://127.0.0.1:{API_PORT}", CLIENT_SECRET)
        self.nodes = [self._node(number) for number in range(nodes)]
        self._keepers: list[asyncio.Task[None]] = []
        self._handler = _LibraryLog(self)

    # Curtain

    async def __aenter__(self) -> Self:
        upgrade(f"sqlite:///{self.folder / 'wakeup.db'}", lambda: data_folder("migrations"))
        structlog.configure(processors=[self._keep], cache_logger_on_first_use=False)
        logging.getLogger().addHandler(self._handler)
        await self.company.listen(port=PHONE_PORT)
        await self.core.listen(port=CORE_PORT)
        for offset, port in enumerate((PUBLIC_PORT, API_PORT)):
            self.network.balancers[port] = partial(self._balance, offset)
        self._keepers = [asyncio.create_task(node.keep_alive()) for node in self.nodes]
        for node in self.nodes:
            await self.until_up(node)
        await self.in_store(come_to_work)
        return self

    async def __aexit__(self, *_: object) -> None:
        """End everything once it is judged, and let the dead processes end, too, as if they had been asked to stop."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        services = [(life, service) for node in self.nodes for life, service in node.services]
        lives = [life for life, _service in services]
        for life in lives:
            life.bury()
        # Let tasks that were just created start, and those that they create, so that no coroutine is thrown away
        # unawaited.
        for _step in range(3):
            await pause(0)
        for life in lives:
            for task in list(life.tasks):
                task.cancel()
        await asyncio.gather(*(service.stop() for _life, service in services))
        await self.session.close()
        await self.company.close()
        await self.core.close()
        logging.getLogger().removeHandler(self._handler)
        structlog.reset_defaults()

    async def in_store(self, act: Callable[[SqlUnit, datetime], T]) -> T:
        """Run an act of a console user on the first node."""
        _life, service = self.nodes[0].services[-1]
        return await service.store.run(act, self.clock.now())

    async def until_up(self, node: Node) -> None:
        """Wait until the node listens. Raises the error that keeps it from starting."""
        keeper, up = self._keepers[node.number], asyncio.ensure_future(node.up.wait())
        await asyncio.wait((keeper, up), return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
        if keeper.done():
            await keeper

    def calm(self) -> None:
        """Cancel all deaths to come."""
        for node in self.nodes:
            node.spare()

    def _balance(self, offset: int) -> int:
        """Return the port of a node that is up, or that the balancer believes to be up."""
        now = self.loop.time()
        ports = [
            _ports(node.number)[offset]
            for node in self.nodes
            if node.up.is_set()
            or (self.balancer_is_stale and node.absences and now - node.absences[-1].since < NOTICED_S)
        ]
        return self._dice.choice(ports) if ports else 0

    # Nodes

    def _node(self, number: int) -> Node:
        process_faults = partial(faults.process_faults, self.seed, self.groups)
        settings = load_settings(self._environment(number))
        return Node(
            number=number,
            settings=settings,
            epoch=EPOCH,
            database_faults=self.database_faults,
            process_faults=process_faults,
            seed=self.seed,
        )

    def _environment(self, number: int) -> Mapping[str, str]:
        public, api, inside = _ports(number)
        return {
            **new_keys(random.Random(f"keys-{self.seed}").randbytes),  # noqa: S311
            "WAKEUP_NODE__NAME": f"node{number}",
            "WAKEUP_HTTP__PUBLIC_PORT": str(public),
            "WAKEUP_HTTP__API_PORT": str(api),
            "WAKEUP_HTTP__INSIDE_PORT": str(inside),
            "WAKEUP_PUBLIC_BASE_URL": f"http://127.0.0.1:{PUBLIC_PORT}",
            "WAKEUP_DATABASE_URL": f"sqlite:///{self.folder / 'wakeup.db'}",
            "WAKEUP_TWILIO__ACCOUNT_SID": ACCOUNT,
            "WAKEUP_TWILIO__AUTH_TOKEN": TOKEN,
            "WAKEUP_TWILIO__BASE_URL": f"http://127.0.0.1:{PHONE_PORT}",
            "WAKEUP_TWILIO__FROM_NUMBERS": ",".join(FROM_NUMBERS),
            "WAKEUP_TWILIO__CALLS_PER_SECOND": str(CALLS_PER_SECOND),
            "WAKEUP_TWILIO__MAX_CONCURRENT_CALLS": str(LINES),
            "WAKEUP_CLIENTS__BANK__SECRETS": CLIENT_SECRET,
            "WAKEUP_CLIENTS__BANK__BEARER_KEYS": BEARER,
            "WAKEUP_PAYMENT_CORE__URL": f"http://127.0.0.1:{CORE_PORT}/decisions",
            "WAKEUP_PAYMENT_CORE__SECRETS": CORE_SECRET,
            "WAKEUP_BANK__NAME_ZH": "星河银行",
            "WAKEUP_BANK__NAME_EN": "Star River Bank",
            "WAKEUP_AUDIT__ANCHORS_FILE": str(self.folder / f"anchors{number}.jsonl"),
        }

    # Log

    def note(self, line: dict[str, Any]) -> None:
        """Record one line of the log, unmasked, with its node and time."""
        life = LIFE.get()
        if life is None or not life.dead:
            node = "" if life is None else life.name
            # The line may have fields of these names, such as the date of an anchor.
            ours = {"at": round(self.loop.time(), 6), "node": node}
            self.log.append(ours | line | ours)

    def _keep(self, _logger: Any, method: str, line: MutableMapping[str, Any]) -> Mapping[str, Any]:
        error = line.pop("exc_info", None)
        if isinstance(error, BaseException):
            line["traceback"] = "".join(traceback.format_exception(error))
        elif error:
            line["traceback"] = traceback.format_exc()
        self.note({**line, "level": "error" if method == "exception" else method})
        raise structlog.DropEvent


class _LibraryLog(logging.Handler):
    """Records every complaint of a library as an error of ours."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(logging.WARNING)
        self._stage = stage

    def emit(self, record: logging.LogRecord) -> None:
        self._stage.note({"event": f"library:{record.name}", "level": "error", "text": self.format(record)})


def _ports(node: int) -> tuple[int, int, int]:
    first = FIRST_NODE_PORT + 10 * node
    return first, first + 1, first + 2
