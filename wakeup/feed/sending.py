"""Send batches of events to the running service, signed as the bank signs, and retry while it is busy."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout
from pydantic import ValidationError

from wakeup.bank.core_client import seconds_of, url_fault
from wakeup.bank.responses import BatchAnswer, BatchItem
from wakeup.bank.signing import check_secret, signed_headers
from wakeup.feed.errors import FeedError

TIMEOUT = ClientTimeout(total=60, sock_connect=5)
FIRST_WAIT_S, LONGEST_WAIT_S, TRIES = 0.5, 30.0, 8
_BUSY = frozenset({408, 425, 429})
_ADVICE = {
    401: "the signature was not accepted; check the secret and both clocks",
    403: "this client may not send events: check its scopes",
    404: "there is no risk API at this URL",
    413: "the batch is too large",
}


class Clock(Protocol):
    """The clock of a feed."""

    def now(self) -> datetime: ...
    async def sleep_until(self, at: datetime) -> None: ...


class FeedStoppedError(FeedError):
    """The service is not available or refuses the feed. The accepted rows are in the checkpoint; the same command
    resumes after them."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The service's answer to one event: 202 new, 200 known, any other refused, with pairs of field and reason."""

    status: int
    faults: tuple[tuple[str, str], ...] = ()


class Sender(Protocol):
    """Sends the events of a feed."""

    async def send(self, events: Sequence[bytes]) -> list[Verdict]:
        """Return one verdict per event, in order. Raises FeedStoppedError."""


class SignedSender:
    """Posts batches to `/v1/risk-events/batch`."""

    def __init__(
        self,
        session: ClientSession,
        base_url: str,
        secret: str,
        clock: Clock,
        *,
        tries: int = TRIES,
        say: Callable[[str], object] | None = None,
    ) -> None:
        """`say` is told, once, that the sender waits for the service."""
        faults = [fault for fault in (url_fault(base_url), check_secret(secret)) if fault is not None]
        if faults:
            raise FeedError("\n".join(faults))
        self._session, self._secret, self._clock, self._tries = session, secret, clock, tries
        self._say = say
        self._place = urlsplit(base_url).netloc.rpartition("@")[2]
        self._url = f"{base_url.rstrip('/')}/v1/risk-events/batch"

    async def send(self, events: Sequence[bytes]) -> list[Verdict]:
        settled: dict[int, Verdict] = {}
        tries = 0
        while left := [index for index in range(len(events)) if index not in settled]:
            before = len(settled)
            wait_s, why = await self._post([events[index] for index in left], left, settled)
            if len(settled) == len(events):
                break
            tries = tries + 1 if len(settled) == before else 1
            if tries >= self._tries:
                raise FeedStoppedError(f"gave up after {tries} tries: {why}")
            self._say_once(f"{why}; trying again for up to {_patience_s(self._tries):.0f} s")
            back_off = _back_off_s(tries)
            pause = timedelta(seconds=back_off if wait_s is None else wait_s)
            await self._clock.sleep_until(self._clock.now() + pause)
        return [settled[index] for index in range(len(events))]

    def _say_once(self, words: str) -> None:
        if self._say is not None:
            self._say(words)
            self._say = None

    async def _post(
        self, events: list[bytes], indexes: list[int], settled: dict[int, Verdict]
    ) -> tuple[float | None, str]:
        """POST once and enter the final verdicts in `settled`.

        Return how many seconds to wait for the rest, None to back off, and why the rest is not settled.
        """
        body = b'{"events":[' + b",".join(events) + b"]}"
        now = self._clock.now()
        message_id = f"feed_{hashlib.sha256(body).hexdigest()[:40]}"
        headers = {"Content-Type": "application/json", **signed_headers([self._secret], message_id, now, body)}
        try:
            async with self._session.post(
                self._url, data=body, headers=headers, allow_redirects=False, timeout=TIMEOUT
            ) as response:
                status, retry_after = response.status, seconds_of(response.headers.get("Retry-After"), now)
                answer = await response.read() if response.ok else b""
        except (ClientError, TimeoutError, OSError) as error:
            return None, f"no answer from {self._place} ({type(error).__name__})"
        if status in _BUSY or status >= 500:
            return retry_after, f"the service answers {status}"
        if not 200 <= status < 300:
            raise FeedStoppedError(
                f"the service answers {status}: {_ADVICE.get(status, 'which is not a batch response')}"
            )
        for item in _items(answer, len(events)):
            if item.status < 500 and item.status not in _BUSY:
                settled[indexes[item.index]] = Verdict(item.status, tuple(_faults(item)))
        return retry_after, "the service accepted only part of a batch"


def _back_off_s(tries: int) -> float:
    return min(FIRST_WAIT_S * 2.0 ** (tries - 1), LONGEST_WAIT_S)


def _patience_s(tries: int) -> float:
    """Return the seconds until the last try, if the service sets no time of its own."""
    return sum(map(_back_off_s, range(1, tries)))


def _items(answer: bytes, count: int) -> tuple[BatchItem, ...]:
    try:
        items = BatchAnswer.model_validate_json(answer).results
    except ValidationError:
        raise FeedStoppedError("the service's response is not a batch response") from None
    if any(not 0 <= item.index < count for item in items):
        raise FeedStoppedError("the service's response contains events that were not sent")
    return items


def _faults(item: BatchItem) -> Iterable[tuple[str, str]]:
    if item.problem is not None:
        yield from ((fault.field, fault.reason) for fault in item.problem.errors)
        if not item.problem.errors:
            yield "", item.problem.detail or item.problem.title
