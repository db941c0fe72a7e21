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

from wakeup.ivr.turn import Utterance
from wakeup.telephony.urls import CallbackUrls
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptFacts:
    """A published script, for a list."""

    id: str
    version: str
    title: str
    languages: tuple[str, ...]
    nodes: int
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOn:
    """The identity provider of single sign-on, and our registration with it."""

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    back_url: str
    """The URL to which it sends the browser back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """How far the running verification is, and what the last one that ended found."""

    running_since: datetime | None = None
    done: int = 0
    """Cases verified so far."""
    cases: int = 0
    """About how many there are; 0 until that is known."""
    ended_at: datetime | None = None
    failed: str | None = None
    """Why the last one came to no end."""
    count: int = 0
    """Of all faults."""
    faults: tuple[str, ...] = ()
    """The first of them, in words."""


class Verification(Protocol):
    """Verifies every chain and the anchors, besides the work of the node."""

    def begin(self) -> None:
        """Begin one, unless one is running."""

    def state(self) -> Verified: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleParts:
    """What the supervisors' console needs in addition."""

    session_key: bytes = field(repr=False)
    lasting_key: bytes = field(repr=False)
    """It marks whose page a form was on, also after the session key was replaced."""
    random_bytes: Callable[[int], bytes] = field(repr=False)
    session_limits: SessionLimits
    """Limits of sessions and tries, in `Parts.now` time."""
    sign_on: SignOn | None
    """Single sign-on; None if there is none."""
    unix_s: Callable[[], float]
    """The wall clock, in seconds since 1970. People's own devices go by it, even where `Parts.now` is simulated."""
    speed: float
    """How much faster `Parts.now` runs than real time, for the clock in the page."""
    credit_bureau: Mapping[str, str]
    """Where customers read their credit record, by language. Agents say it in place of the script's variable."""
    lines: int
    """The number of calls the account may have at a time."""
    calls_per_second: float
    base_currency: str
    settings: Callable[[], list[tuple[str, str, str]]]
    """Variable, value with secrets masked, origin."""
    secrets: Callable[[], list[tuple[str, str]]]
    """Variable and keyed hash of every secret in use, to show their ages."""
    scripts: Callable[[], list[ScriptFacts]]
    picture: Callable[[str, str, str, Callable[[str], Awaitable[PathCounts]]], Awaitable[str | None]]
    """Returns a script's flow as a page of its own, with what happened in its calls, by script, language of its words,
    language of the reader, and what counts the calls of a version by its content hash. None when there is no such
    script."""
    difference: Callable[[tuple[str, str], tuple[str, str]], list[str]]
    """Returns the lines of a unified diff between two versions, each given as a name and its content."""
    recording: Callable[[str], Awaitable[bytes | None]]
    """Returns the audio of a recording, by its id, as a WAV file; None when it is gone. Raises RemoteError."""
    breathe: Callable[[], Awaitable[None]]
    """Awaited between two parts of a long counting, so that events and callers get the interpreter meanwhile."""
    verification: Verification
    """Verifies the chains in the database."""


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
    wake_source: WakeSource
    log: Log
    metrics: Metrics
    not_ready: Callable[[], Awaitable[list[str]]]
    """Returns what is wrong with this node, in words for operators. Empty when it may be given work."""
    anchored_at: Callable[[], datetime | None]
    """Returns when this node wrote its newest anchor. Blocks. May raise OSError or ValueError."""
    before_event: Callable[[], Awaitable[None]]
    """Awaited before a risk event is processed, so that more urgent work can go first."""
    proxies: tuple[IPv4Network | IPv6Network, ...]
    """Networks of the proxies whose forwarded headers are trusted."""
    colleagues: tuple[str, ...] = field(repr=False)
    """Numbers of colleagues who can be brought to a call."""
    words: Callable[[str, str], tuple[Utterance, ...]]
    """Returns a sentence spoken outside the scripts, by its name and language."""
    typologies: frozenset[str]
    """Kinds of scam for which there is a script. Any other is treated as `generic`."""
    hold_basis: str | None
    """The legal basis of a hold, in the policy's words."""
    recordings: Mapping[str, Path]
    """Recorded prompts by the name under which they are fetched."""

    console: ConsoleParts | None
    """None for a node that serves no console."""

    def recording_url(self, name: str) -> str | None:
        return self.urls.audio(name) if name in self.recordings else None


PARTS = web.AppKey("parts", Parts)
