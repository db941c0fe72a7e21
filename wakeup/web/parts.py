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
    """Wakes listeners when something is committed. Names look like `transfer:<id>`."""

    def listening(self, name: str) -> AbstractContextManager[asyncio.Event]:
        """Return an event that the next publication of this name sets.

        Enter before reading, so that no publication is missed, and clear the event before reading again.
        """


class Log(Protocol):
    """A structured logger: takes an event's name and its facts."""

    def info(self, event: str, **facts: Any) -> Any: ...
    def warning(self, event: str, **facts: Any) -> Any: ...
    def error(self, event: str, **facts: Any) -> Any: ...


async def nothing_to_verify() -> list[str]:
    """There is no database to verify."""
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptFacts:
    """A published script, for a list."""

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
    """There are no conversations."""
    return None


def no_difference(before: tuple[str, str], after: tuple[str, str]) -> list[str]:  # noqa: ARG001 - as above
    """There are no scripts."""
    return []


async def no_recording(sid: str) -> bytes | None:  # noqa: ARG001 - the name is the protocol's
    """There are no recordings."""
    return None


def no_words(what: str, language: str) -> tuple[Utterance, ...]:  # noqa: ARG001 - the names are the protocol's
    """There are no words."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOn:
    """The identity provider of single sign-on, and our registration with it."""

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    back_url: str
    """The URL to which it sends the browser back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleParts:
    """What the supervisors' console needs in addition."""

    session_key: bytes = field(repr=False)
    random_bytes: Callable[[int], bytes] = field(repr=False)
    session_limits: SessionLimits = field(default_factory=SessionLimits)
    """Limits of sessions and tries, in `Parts.now` time."""
    sign_on: SignOn | None = None
    """Single sign-on; None if there is none."""
    unix_s: Callable[[], float] = float
    """The wall clock, in seconds since 1970. People's own devices go by it, even where `Parts.now` is simulated."""
    speed: float = 1.0
    """How much faster `Parts.now` runs than real time, for the clock in the page."""
    lines: int = 0
    """The number of calls the account may have at a time."""
    calls_per_second: float = 0.0
    base_currency: str = "SGD"
    settings: Callable[[], list[tuple[str, str, str]]] = list
    """Variable, value with secrets masked, origin."""
    secrets: Callable[[], list[tuple[str, str]]] = list
    """Variable and keyed hash of every secret in use, to show their ages."""
    scripts: Callable[[], list[ScriptFacts]] = list
    picture: Callable[[str, str], Awaitable[str | None]] = no_picture
    """Returns a script's flow as a page of its own, with what happened in its calls. None when there is no such
    script."""
    trips: Callable[[str, str], Awaitable[PathCounts | None]] = no_trips
    """Returns how the conversations of one version of a script went, by script id and content hash."""
    difference: Callable[[tuple[str, str], tuple[str, str]], list[str]] = no_difference
    """Returns the lines of a unified diff between two versions, each given as a name and its content."""
    recording: Callable[[str], Awaitable[bytes | None]] = no_recording
    """Returns the audio of a recording, by its id, as a WAV file; None when it is gone. Raises RemoteError."""
    verify: Callable[[], Awaitable[list[str]]] = nothing_to_verify
    """Verifies the chains in the database and returns the faults in words."""


async def at_once() -> None:
    """Return at once, because nothing is more urgent."""


def never() -> datetime | None:
    """Stands for a node that writes no anchors."""
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the three applications are made of."""

    store: Store[Unit]
    now: Callable[[], datetime]
    """Aware UTC. It may run faster than real time in a simulation."""
    monotonic: Callable[[], float]
    """Real seconds, for measuring."""
    ids: Ids
    """Used for request ids."""
    clients: Clients
    urls: CallbackUrls
    account_sid: str
    auth_tokens: tuple[str, ...] = field(repr=False)
    """The phone provider's signing tokens; two during a rotation."""
    phone: Telephony
    bell: WakeSource
    log: Log
    metrics: Metrics
    ready: Callable[[], Awaitable[list[str]]]
    """Returns what is wrong with this node, in words for operators. Empty when it may be given work."""
    anchored_at: Callable[[], datetime | None] = never
    """Returns when this node wrote its newest anchor. Blocks. May raise OSError, ValueError, KeyError."""
    before_event: Callable[[], Awaitable[None]] = at_once
    """Awaited before a risk event is processed, so that more urgent work can go first."""
    voices: Voices = DEFAULT_VOICES
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks of the proxies whose forwarded headers are trusted."""
    people: tuple[str, ...] = field(default=(), repr=False)
    """Numbers of colleagues who can be brought to a call."""
    words: Callable[[str, str], tuple[Utterance, ...]] = no_words
    """Returns a sentence spoken outside the scripts, by its name and language."""
    typologies: frozenset[str] = TYPOLOGIES
    """Kinds of scam for which there is a script. Any other is treated as `generic`."""
    hold_basis: str | None = None
    """The legal basis of a hold, in the policy's words."""
    recordings: Mapping[str, Path] = field(default_factory=dict)
    """Recorded prompts by the name under which they are fetched."""

    console: ConsoleParts | None = None
    """None for a node that serves no console."""

    def recording_url(self, name: str) -> str | None:
        return self.urls.audio(name) if name in self.recordings else None


PARTS = web.AppKey("parts", Parts)
