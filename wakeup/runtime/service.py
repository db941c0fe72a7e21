"""The composition root: one process of Wakeup, built from settings, started and stopped in the right order."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from aiohttp import ClientSession, DummyCookieJar, web

from wakeup.bank.core_client import HttpPaymentCore
from wakeup.domain.policy import Policy
from wakeup.runtime.alarms import Alarms, LoopAlarms, ScheduledAlarms
from wakeup.runtime.clock import Clock, LoopClock, SystemClock
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.hub import Hub
from wakeup.runtime.ids import TimedIds
from wakeup.runtime.loops.anchorer import Anchorer
from wakeup.runtime.loops.deliverer import Deliverer
from wakeup.runtime.loops.dispatcher import Dialling, Dispatcher
from wakeup.runtime.loops.loop import Engine, Loop
from wakeup.runtime.loops.reconciler import Reconciler
from wakeup.runtime.loops.settler import Numberer, Settler
from wakeup.runtime.policy_file import for_speed, load_policy
from wakeup.runtime.prompts import load_library
from wakeup.runtime.settings import Settings
from wakeup.runtime.speaker import BankWords, LibrarySpeaker
from wakeup.storage.keyring import KeyRing
from wakeup.storage.migrate import current_revision, newest_revision
from wakeup.storage.open import open_store
from wakeup.storage.store import Store
from wakeup.storage.unit_of_work import Fittings, SqlUnit, unit_maker
from wakeup.storage.vault import Vault
from wakeup.telephony.access import TwilioAccess
from wakeup.telephony.client import TwilioPhone
from wakeup.telephony.urls import CallbackUrls
from wakeup.usecases.claim_attempts import Account
from wakeup.usecases.unit import Ids

DRAIN_S = 25.0
"""Longer than one POST to the phone company can take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a test or a simulation replaces: time, ids, randomness, and whether the Store has threads."""

    clock: Clock
    alarms: Alarms
    ids: Ids
    random_bytes: Callable[[int], bytes] = os.urandom
    inline_store: bool = False


def real_surroundings(settings: Settings) -> Surroundings:
    """Those of a deployment."""
    clock = SystemClock(settings.clock.speed, settings.clock.epoch, settings.clock.epoch_real)
    return Surroundings(clock=clock, alarms=ScheduledAlarms(clock), ids=TimedIds(clock.now))


def virtual_surroundings(epoch: datetime, ids: Ids, random_bytes: Callable[[int], bytes]) -> Surroundings:
    """Those of a virtual event loop: no wall clock, no threads."""
    clock = LoopClock(epoch)
    return Surroundings(
        clock=clock, alarms=LoopAlarms(clock), ids=ids, random_bytes=random_bytes, inline_store=True
    )


def policy_of(settings: Settings) -> Policy:
    """The policy in force, its machinery stretched when people's time runs faster."""
    path = settings.policy.file or data_folder("config") / "policy.toml"
    return for_speed(load_policy(Path(path)), settings.clock.speed)


def fittings_of(settings: Settings, around: Surroundings) -> Fittings:
    """What every unit of work shares. Raises ConfigError or ScriptError."""
    keys, bank = settings.keys, settings.bank
    vault = Vault(
        KeyRing(keys.data.get_secret_value(), around.random_bytes), keys.index.get_secret_value(), around.random_bytes
    )
    words = BankWords(names={"zh": bank.name_zh, "en": bank.name_en}, crisis={"zh": bank.crisis_zh, "en": bank.crisis_en})
    return Fittings(
        vault=vault,
        policy=policy_of(settings),
        speaker=LibrarySpeaker(load_library(data_folder("scripts_ivr")), words),
        ids=around.ids,
        audit_key=keys.audit.get_secret_value(),
    )


class Service:
    """One process. `start` opens the ears before the loops begin to talk; `stop` is the same backwards."""

    def __init__(self, settings: Settings, around: Surroundings) -> None:
        self.settings, self.around = settings, around
        self.hub = Hub()
        self.log = structlog.get_logger()
        self.store: Store[SqlUnit] = open_store(
            settings.database_url,
            unit_maker(fittings_of(settings, around)),
            self.hub.publish,
            inline=around.inline_store,
        )
        self.phone: TwilioPhone
        self.loops: Sequence[Loop] = ()
        self._running: list[asyncio.Task[None]] = []
        self._runners: list[web.AppRunner] = []
        self.addresses: dict[str, str] = {}
        self._session: ClientSession
