"""The composition root: one process of Wakeup, built from its settings, started and stopped in the right order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from errno import EADDRNOTAVAIL
from functools import partial
from pathlib import Path
from socket import gaierror

import structlog
from aiohttp import ClientSession, DummyCookieJar

from wakeup.bank.core_client import HttpPaymentCore
from wakeup.domain.errors import ConfigError, StoreDownError
from wakeup.runtime.clock import pause
from wakeup.runtime.console_parts import console_parts
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.dependencies import announcements, unit_dependencies
from wakeup.runtime.hub import Hub
from wakeup.runtime.infrastructure import Infrastructure
from wakeup.runtime.ingest_throttle import IngestThrottle
from wakeup.runtime.logs.setup import lines_lost
from wakeup.runtime.loops.anchorer import Anchorer
from wakeup.runtime.loops.climber import Climber
from wakeup.runtime.loops.deliverer import Deliverer
from wakeup.runtime.loops.dispatcher import Dispatcher
from wakeup.runtime.loops.loop import Loop, LoopParts
from wakeup.runtime.loops.messenger import Messenger
from wakeup.runtime.loops.planner import Planner
from wakeup.runtime.loops.reconciler import Reconciler
from wakeup.runtime.loops.retention import RetentionLoop
from wakeup.runtime.loops.settler import Newcomers, Numberer, Settler
from wakeup.runtime.loops.switchboard import Switchboard
from wakeup.runtime.node_sync import NodeSync
from wakeup.runtime.open_files import public_connections
from wakeup.runtime.record_erasure import keep_erasures
from wakeup.runtime.roles import Role
from wakeup.runtime.scripts.recordings import all_recordings
from wakeup.runtime.settings.settings import Settings
from wakeup.runtime.startup import keep_words, note_keys, resume_work
from wakeup.runtime.store_watch import StoreWatch
from wakeup.runtime.words.speaker import typologies_of
from wakeup.storage.anchors import last_anchor
from wakeup.storage.revision_check import RevisionCheck
from wakeup.storage.unit_of_work import SqlUnit, unit_maker
from wakeup.telephony.client import TwilioPhone
from wakeup.telephony.credentials import TwilioAccess
from wakeup.telephony.recordings import TwilioRecordings
from wakeup.telephony.texting import TwilioTexts
from wakeup.telephony.urls import CallbackUrls
from wakeup.usecases.dispatch.dialling import Dialling
from wakeup.usecases.ringing.pacing import AccountLimits
from wakeup.usecases.store import Store
from wakeup.usecases.texts.send_texts import Sender
from wakeup.usecases.wakes import ALARM, GHOST, OVER
from wakeup.web.apps import HttpListener, api_app, inside_app, public_app
from wakeup.web.clients import Client, Clients, Scope
from wakeup.web.metrics import CountedElsewhere, Metrics
from wakeup.web.parts import ConsoleParts, Parts

DRAIN_S = 25.0
"""Seconds to wait at a stop for work under way: longer than one POST to Twilio can take."""


class Service:
    """One process. `start` opens the listeners before the loops begin to call; `stop` does the same in reverse."""

    def __init__(self, settings: Settings, infra: Infrastructure, roles: frozenset[Role] = frozenset(Role)) -> None:
        self.settings, self.infra, self.roles = settings, infra, roles
        self.hub, self.metrics = Hub(), Metrics()
        self.metrics.registry.register(
            CountedElsewhere("log_lines_lost", "Log lines that could not be written", lines_lost)
        )
        self.log = structlog.get_logger()
        self.addresses: dict[str, str] = {}
        url = settings.database_url.get_secret_value()
        self._node_sync = NodeSync(url, self.hub, infra.clock, self.log, infra.timers.clock_was_set)
        self._dependencies = unit_dependencies(settings, infra)
        self.store: Store[SqlUnit] = infra.open_store(url, unit_maker(self._dependencies), self._publish)
        self._revision = RevisionCheck(url, lambda: data_folder("migrations"), self.store)
        self._throttle = IngestThrottle()
        self._overload = self._dependencies.policy.overload
        self._loops: list[Loop] = []
        self._running: list[asyncio.Task[None]] = []
        self._started = self._stopping = False
        self._runners: list[HttpListener] = []
        self._closers: list[Callable[[], Awaitable[None]]] = []

    async def start(self) -> None:
        """Resume what was under way, listen, then start the loops. Raises ConfigError if it cannot listen."""
        settings, infra = self.settings, self.infra
        if settings.database_url.get_secret_value().startswith("postgresql"):
            watch = StoreWatch(lambda: self.store.stands_still, self.log)
            self._running.append(asyncio.create_task(watch.run(), name="store-watch"))
        access = access_of(settings)
        urls = CallbackUrls(settings.public_base_url, settings.keys.tag.get_secret_value())
        phone = TwilioPhone(access, urls, connector=infra.wires(each_once=True))
        texts = TwilioTexts(access, urls, connector=infra.wires(each_once=True))
        session = ClientSession(connector=infra.wires(each_once=False), cookie_jar=DummyCookieJar())
        recordings = TwilioRecordings(access, connector=infra.wires(each_once=False))
        self._closers += [session.close, recordings.close, texts.close, phone.close]
        core = HttpPaymentCore(session, settings.payment_core.url, settings.payment_core.secrets.get_secret_value())
        engine = LoopParts(
            store=self.store, clock=infra.clock, hub=self.hub, timers=infra.timers, log=self.log, alarm=self._alarm,
            failed=lambda name: self.metrics.loop_failures.labels(name).inc(),
            item_failed=lambda event: self.metrics.items_failed.labels(event).inc(),
        )  # fmt: skip
        if Role.DISPATCH in self.roles:
            dialling = dialling_of(settings)
            anchors, audit_key = Path(settings.audit.anchors_file), settings.keys.audit.get_secret_value()
            self._loops = [
                Dispatcher(engine, phone, dialling),
                Planner(engine, dialling.account, dialling.node, self._overload),
                Settler(engine, self._throttle),
                Newcomers(engine),
                Climber(engine),
                Numberer(engine, self.metrics.decided),
                Deliverer(engine, core, self.metrics.arrived),
                Reconciler(engine, phone),
                Switchboard(engine, phone),
                Messenger(engine, texts, sender_of(settings)),
                RetentionLoop(engine, recordings, partial(keep_erasures, settings)),
                Anchorer(engine, self.store, anchors, audit_key, settings.node.name),
            ]
            await resume_work(self.store, settings.node.name, infra.clock.now(), self.log)
        await keep_words(self.store, infra.clock.now(), self.log)
        if Role.CONSOLE in self.roles:
            await note_keys(self.store, settings, infra.clock.now(), self.log)
        self._node_sync.start()
        await self._listen(self._parts(access, urls, phone, recordings))
        infra.timers.start(lambda name: self.hub.publish((name,)), [loop.name for loop in self._loops])
        self._running += [asyncio.create_task(loop.run(), name=loop.name) for loop in self._loops]
        self._started = True
        self.log.info("started", node=settings.node.name, addresses=list(self.addresses.values()))

    async def stop(self) -> None:
        """Begin nothing more, finish what is on the wire, then close the listeners and the database.

        The node is not ready from now on. The listeners stay open until a load balancer has noticed.
        """
        self._stopping = True
        self.infra.timers.stop()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        leaving = pause(self.settings.http.leave_s if self._started else 0)
        await asyncio.gather(leaving, *(loop.drain(DRAIN_S) for loop in self._loops))
        for runner in reversed(self._runners):
            await runner.cleanup()
        for close in reversed(self._closers):
            await close()
        await self.store.close()
        if self.store.left_hanging:
            # What was not committed will be resumed from the stored rows, as after SIGKILL.
            self.log.error("store_left_hanging", node=self.settings.node.name)
            return
        await self._node_sync.stop()
        self.log.info("stopped", node=self.settings.node.name)

    async def _listen(self, parts: Parts) -> None:
        http = self.settings.http
        listeners = [
            (Role.VOICE, "public", public_app(parts), http.host, http.public_port),
            (Role.API, "api", api_app(parts), http.api_host, http.api_port),
            (None, "inside", inside_app(parts), http.inside_host, http.inside_port),
        ]
        for role, name, app, host, port in listeners:
            if role is not None and role not in self.roles:
                continue
            runner = HttpListener(app, leave_early=name == "api", most=public_connections())
            self._runners.append(runner)
            await runner.setup()
            try:
                await runner.listen(host, port)
            except OSError as error:
                raise ConfigError([_why_not_listening(name, host, port, error)]) from None
            bound = runner.addresses[0][1]
            self.addresses[name] = f"http://{host}:{bound}"

    def _parts(
        self, access: TwilioAccess, urls: CallbackUrls, phone: TwilioPhone, recordings: TwilioRecordings
    ) -> Parts:
        return Parts(
            store=self.store,
            now=self.infra.clock.now,
            monotonic=self.infra.clock.monotonic,
            ids=self.infra.ids,
            clients=clients_of(self.settings),
            urls=urls,
            account_sid=access.account_sid,
            auth_tokens=access.auth_tokens,
            phone=phone,
            wake_source=self.hub,
            log=self.log,
            metrics=self.metrics,
            not_ready=self.not_ready,
            anchored_at=self._anchored_at,
            before_event=self._throttle.wait,
            proxies=self.settings.http.trusted_proxies,
            colleagues=self.settings.people.numbers,
            words=announcements().say,
            hold_basis=self._dependencies.policy.hold_basis,
            recordings=all_recordings(data_folder("scripts_ivr")),
            typologies=typologies_of(self._dependencies.speaker.carried()),
            console=self._console(recordings) if Role.CONSOLE in self.roles else None,
        )

    def _console(self, recordings: TwilioRecordings) -> ConsoleParts:
        base, carried = self._dependencies.policy.base_currency, self._dependencies.speaker.carried()
        return console_parts(self.settings, self.infra, base, carried, recordings.fetch, self.log, self._closers)

    async def not_ready(self) -> list[str]:
        """Return why this node should get no work now; empty if it may."""
        if self._stopping:
            return ["this node is stopping"]
        try:
            await self.store.ping()
            behind = await self.behind()
        except StoreDownError as down:
            return [f"the database is not available or not writable ({down})"]
        return [fault for fault in (self._node_sync.fault, behind) if fault is not None]

    async def behind(self) -> str | None:
        """Return which migration the database lacks, or why it cannot tell; None if it lacks none."""
        return await self._revision.fault()

    def _anchored_at(self) -> datetime | None:
        newest = last_anchor(Path(self.settings.audit.anchors_file)) if Role.DISPATCH in self.roles else None
        return None if newest is None else newest.at

    def _publish(self, names: frozenset[str]) -> None:
        if GHOST in names:
            self.metrics.ghost_rings.inc()
        for cause in sorted(name.removeprefix(ALARM) for name in names if name.startswith(ALARM)):
            self._alarm(cause)
        for disposition in (name.split(":")[1] for name in names if name.startswith(OVER)):
            self.metrics.calls.labels(disposition).inc()
        self.hub.publish(names)
        self._node_sync.wake(names)

    def _alarm(self, cause: str) -> None:
        self.metrics.alarms.labels(cause).inc()
        self.log.error("alarm", cause=cause)


def access_of(settings: Settings) -> TwilioAccess:
    """Return the access to the Twilio account."""
    twilio = settings.twilio
    return TwilioAccess(
        account_sid=twilio.account_sid,
        auth_tokens=tuple(twilio.auth_token.get_secret_value()),
        api_key=twilio.api_key,
        api_secret=None if twilio.api_secret is None else twilio.api_secret.get_secret_value(),
        base_url=twilio.base_url,
    )


def _why_not_listening(name: str, host: str, port: int, error: OSError) -> str:
    """Return the error text, naming the setting at fault: an address this machine does not have, or else the port."""
    if isinstance(error, gaierror) or error.errno == EADDRNOTAVAIL:
        setting = "WAKEUP_HTTP__HOST" if name == "public" else f"WAKEUP_HTTP__{name.upper()}_HOST"
        return f"{setting} {host}: cannot listen there: {error.strerror}"
    return f"WAKEUP_HTTP__{name.upper()}_PORT {port}: cannot listen on {host}: {error.strerror}"


def dialling_of(settings: Settings) -> Dialling:
    """Return the account's limits, the numbers to call from and the name of the node."""
    twilio = settings.twilio
    account = AccountLimits(
        name=twilio.account_sid,
        calls_per_second=twilio.calls_per_second,
        max_concurrent=twilio.max_concurrent_calls,
    )
    return Dialling(account=account, from_numbers=tuple(twilio.from_numbers), node=settings.node.name)


def sender_of(settings: Settings) -> Sender:
    """Return the account and the number or service that SMS are sent from."""
    twilio = settings.twilio
    return Sender(account=twilio.account_sid, from_=twilio.messaging_from or twilio.from_numbers[0])


def clients_of(settings: Settings) -> Clients:
    """Return the bank's machines that may use the API."""
    return Clients(
        Client(
            name=name,
            secrets=tuple(client.secrets.get_secret_value()),
            scopes=frozenset(Scope(scope) for scope in client.scopes),
            bearer_hashes=tuple(client.bearer_keys.get_secret_value()),
        )
        for name, client in settings.clients.items()
    )
