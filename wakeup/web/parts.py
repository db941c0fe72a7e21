"""Everything the handlers need, as protocols and values. The composition root fills it; nothing here reads a clock."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Protocol

from aiohttp import web

from wakeup.bank.typologies import TYPOLOGIES
from wakeup.ivr.turn import Utterance
from wakeup.telephony.urls import CallbackUrls
from wakeup.telephony.voices import DEFAULT_VOICES, Voices
from wakeup.usecases.console.sign_in import SessionLimits
from wakeup.usecases.conversation.transcripts import PathCounts
from wakeup.usecases.ports import Telephony
from wakeup.usecases.store import Store
from wakeup.usecases.unit import Ids, Unit
from wakeup.web.clients import Clients
from wakeup.web.metrics import Metrics


class WakeSource(Protocol):
    """Wakes whoever waits for something to be committed. Names are such as `transfer:<id>`."""

    def listening(self, name: str) -> AbstractContextManager[asyncio.Event]:
        """An event that the next publication sets. Taken before reading, it misses none; clear it before reading on."""


class Log(Protocol):
    """A structured logger: an event's name and its facts."""

    def info(self, event: str, **facts: Any) -> Any: ...
    def warning(self, event: str, **facts: Any) -> Any: ...
    def error(self, event: str, **facts: Any) -> Any: ...


async def nothing_to_verify() -> list[str]:
    """There are no books."""
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptFacts:
    """A script in force, for a list."""

    id: str
    version: str
    title: str
    languages: tuple[str, ...]
    nodes: int
    content_hash: str


async def no_picture(script_id: str, language: str) -> str | None:  # noqa: ARG001 - the name is the protocol's
    """There are no scripts."""
    return None


async def no_trips(script_id: str, content_hash: str) -> PathCounts | None:  # noqa: ARG001 - as above
    """Nobody has talked."""
    return None


def no_difference(before: tuple[str, str], after: tuple[str, str]) -> list[str]:  # noqa: ARG001 - as above
    """There are no scripts."""
    return []


async def no_recording(sid: str) -> bytes | None:  # noqa: ARG001 - the name is the protocol's
    """There are no recordings."""
    return None


def no_words(what: str, language: str) -> tuple[Utterance, ...]:  # noqa: ARG001 - the names are the protocol's
    """Silence."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOn:
    """The other house, and what it calls us."""

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    back_url: str
    """Where it sends people back to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleParts:
    """What the supervisors' console needs besides."""

    session_key: bytes = field(repr=False)
    random_bytes: Callable[[int], bytes] = field(repr=False)
    patience: SessionLimits = field(default_factory=SessionLimits)
    """In people's time."""
    sign_on: SignOn | None = None
    """Another house that knows our people."""
    unix_s: Callable[[], float] = float
    """The wall clock, in seconds since 1970: people's own devices go by it, whatever time it is here."""
    speed: float = 1.0
    """How much faster people's time runs: the page's own clock must know."""
    lines: int = 0
    """Calls the account may have at a time."""
    calls_per_second: float = 0.0
    base_currency: str = "SGD"
    settings: Callable[[], list[tuple[str, str, str]]] = list
    """Variable, value with secrets masked, origin."""
    secrets: Callable[[], list[tuple[str, str]]] = list
    """Variable and keyed hash of every secret in use, for their ages."""
    scripts: Callable[[], list[ScriptFacts]] = list
    picture: Callable[[str, str], Awaitable[str | None]] = no_picture
    """A script's flow as a page of its own, with what happened in its calls; None when there is no such script."""
    trips: Callable[[str, str], Awaitable[PathCounts | None]] = no_trips
    """How the conversations of one version of a script went: its id and its content hash."""
    difference: Callable[[tuple[str, str], tuple[str, str]], list[str]] = no_difference
    """Lines of a unified diff between two versions, each a name and its content."""
    recording: Callable[[str], Awaitable[bytes | None]] = no_recording
    """The audio of a recording by its id, as a WAV file; None when it is gone. Raises RemoteError."""
    verify: Callable[[], Awaitable[list[str]]] = nothing_to_verify
    """Checks the chains of the books; answers the faults in words."""


async def at_once() -> None:
    """Nothing is more urgent."""


def never() -> datetime | None:
    """A node that writes no anchors."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the three applications are made of."""

    store: Store[Unit]
    now: Callable[[], datetime]
    """Aware UTC, people's time: it may run faster in a simulation."""
    monotonic: Callable[[], float]
    """Real seconds, for measuring."""
    ids: Ids
    """For request ids."""
    clients: Clients
    urls: CallbackUrls
    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    """What the phone company signs with; two while they rotate."""
    phone: Telephony
    bell: WakeSource
    log: Log
    metrics: Metrics
    ready: Callable[[], Awaitable[list[str]]]
    """What is wrong with this node, in words for operators; empty when it may be given work."""
    anchored_at: Callable[[], datetime | None] = never
    """When this node wrote its newest anchor. Blocks. May raise OSError, ValueError, KeyError."""
    before_event: Callable[[], Awaitable[None]] = at_once
    """Awaited before anything is done for an event: what is more urgent may go first."""
    voices: Voices = DEFAULT_VOICES
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Whose forwarded headers count."""
    people: tuple[str, ...] = field(default=(), repr=False)
    """Numbers of colleagues who can be brought to a call."""
    words: Callable[[str, str], tuple[Utterance, ...]] = no_words
    """What is said beside the scripts: which sentence, and in which language."""
    typologies: frozenset[str] = TYPOLOGIES
    """Kinds of scam there is a script for; any other is talked about as `generic`."""
    hold_basis: str | None = None
    """Why a hold is lawful: the policy's words."""
    recordings: Mapping[str, Path] = field(default_factory=dict)
    """Recorded prompts by the name they are fetched under."""

    console: ConsoleParts | None = None
    """None for a node that shows none."""

    def recording_url(self, name: str) -> str | None:
        return self.urls.audio(name) if name in self.recordings else None


PARTS = web.AppKey("parts", Parts)
