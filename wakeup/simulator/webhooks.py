"""Post signed webhooks to the application, with Twilio's time limits and connection overrides. Independent of
calls.

The limits are real seconds of the event loop: a virtual clock never shortens the time an application has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote, quote_plus, urldefrag, urlencode

import aiohttp
from yarl import URL

from wakeup.simulator.call_request import Hook
from wakeup.simulator.ledger import Ledger
from wakeup.simulator.signing import twilio_signature
from wakeup.simulator.twiml_reader import MAX_BODY

Params = dict[str, str]
Connector = Callable[[], aiohttp.BaseConnector]
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
PLAIN = "%/:?#[]@!$&'()*+,;=-._~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The application's answer. `error` is ct (no connection), rt (no answer in time) or empty."""

    status: int
    body: bytes = b""
    content_type: str = ""
    error: str = ""

    @property
    def good(self) -> bool:
        return 200 <= self.status < 300

    def outcome(self) -> str:
        """Return the class of failure as the retry policy `rp` names it, or an empty string."""
        if self.error:
            return self.error
        match self.status // 100:
            case 2:
                return ""
            case 5:
                return "5xx"
            case _:
                return "4xx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """Connection overrides from the URL's fragment, in milliseconds.

    Twilio describes them at https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
    """

    connect: int = 5000
    read: int = 15000
    total: int = 15000
    retries: int = 1
    policy: frozenset[str] = frozenset({"ct"})

    def retry(self, outcome: str) -> bool:
        return bool(outcome) and (outcome in self.policy or "all" in self.policy)


def overrides(url: str) -> Overrides:
    """Return the overrides in the URL's fragment. Raises ValueError for a fragment that Twilio would refuse (error
    11243)."""
    return _overrides(urldefrag(url).fragment)


@lru_cache(maxsize=64)
def _overrides(fragment: str) -> Overrides:
    given = dict(parse_qsl(fragment))
    policy = frozenset(given.get("rp", "ct").split(","))
    found = Overrides(
        connect=int(given.get("ct", "5000")),
        read=int(given.get("rt", "15000")),
        total=int(given.get("tt", "15000")),
        retries=int(given.get("rc", "1")),
        policy=policy,
    )
    limits = 100 <= found.connect <= 10000 and 100 <= found.read <= 15000 and 100 <= found.total <= 15000
    if not limits or not 0 <= found.retries <= 5 or not policy <= {"4xx", "5xx", "ct", "rt", "all"}:
        message = "connection overrides out of range"
        raise ValueError(message)
    return found


@lru_cache(maxsize=4096)
def _quoted(value: str) -> str:
    return quote_plus(value)


def _encoded(params: Params) -> bytes:
    # Most fields of a call's webhooks repeat, so quoting each once is the larger part of the work saved.
    return "&".join(f"{name}={_quoted(value)}" for name, value in params.items()).encode()


def sockets() -> aiohttp.BaseConnector:
    """Return a connector with real sockets."""
    return aiohttp.TCPConnector(limit=0, keepalive_timeout=15)


class Postman:
    """Sends every webhook of the phone company over one keep-alive session."""

    def __init__(self, auth_token: Callable[[], str], ledger: Ledger, connector: Connector) -> None:
        self._auth_token = auth_token
        self._connector = connector
        self._ledger = ledger
        self._session: aiohttp.ClientSession | None = None
        self.sent = 0

    async def send(self, hook: Hook, params: Params, *, kind: str, sid: str) -> Answer:
        """Send and retry as the URL's fragment asks. Returns the last answer."""
        try:
            rules = overrides(hook.url)
        except ValueError:
            self._ledger.add("problem", call=sid, kind=kind, code=11243)
            rules = Overrides()
        token = f"{sid}-{self.sent:08x}"
        loop = asyncio.get_running_loop()
        give_up = loop.time() + rules.total / 1000
        attempt = 0
        while True:
            left = give_up - loop.time()
            answer = await self._once(hook, params, rules, {"I-Twilio-Idempotency-Token": token}, left)
            facts = {"kind": kind, "url": hook.url, "status": answer.status, "attempt": attempt}
            self._ledger.add("webhook", call=sid, **facts, **_trouble(answer))
            attempt += 1
            if attempt > rules.retries or not rules.retry(answer.outcome()) or give_up <= loop.time():
                return answer

    async def _once(self, hook: Hook, params: Params, rules: Overrides, headers: dict[str, str], left: float) -> Answer:
        self.sent += 1
        # Escape first what a URL may not contain: the signature covers the URL that is really requested.
        url = quote(urldefrag(hook.url).url, safe=PLAIN)
        post = hook.method == "POST"
        if not post and params:
            url += ("&" if "?" in url else "?") + urlencode(params)
        signature = twilio_signature(self._auth_token(), url, params.items() if post else ())
        limits = aiohttp.ClientTimeout(
            total=max(0.05, left), sock_connect=rules.connect / 1000, sock_read=rules.read / 1000
        )
        try:
            async with self._open().request(
                hook.method,
                URL(url, encoded=True),
                data=_encoded(params) if post else None,
                headers={"X-Twilio-Signature": signature, **(FORM if post else {}), **headers},
                timeout=limits,
            ) as response:
                body = await response.content.read(MAX_BODY + 1)
                while len(body) <= MAX_BODY and (more := await response.content.read(MAX_BODY + 1)):
                    body += more
                return Answer(status=response.status, body=body, content_type=response.headers.get("Content-Type", ""))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Answer(status=0, error="ct")
        except (TimeoutError, aiohttp.ClientError):
            return Answer(status=0, error="rt")

    async def fetch(self, url: str) -> Answer:
        """Fetch an audio file, which is not signed. Its sound is thrown away."""
        try:
            limits = aiohttp.ClientTimeout(total=15, sock_connect=5)
            async with self._open().get(url, timeout=limits) as response:
                while await response.content.read(MAX_BODY):
                    pass
                return Answer(status=response.status, content_type=response.headers.get("Content-Type", ""))
        except (TimeoutError, aiohttp.ClientError):
            return Answer(status=0, error="rt")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=self._connector(),
                headers={"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def _trouble(answer: Answer) -> dict[str, str]:
    return {"error": answer.error} if answer.error else {}
