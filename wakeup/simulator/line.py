"""The line between one callee and the phone company: speech in one direction, keys and words in the other."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from wakeup.simulator.clock import Clock

if TYPE_CHECKING:
    from wakeup.simulator.twiml_verbs import Gather


class Pulse:
    """Wakes all waiters, which then check again what they wait for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[asyncio.Future[None]] = []

    def beat(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self, seconds: float | None = None) -> None:
        """Wait for the next beat, or for this many virtual seconds."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._waiting.append(future)
        if seconds is None:
            await future
            return
        timer = loop.call_later(max(0.0, self._clock.loop_seconds(seconds)), _release, future)
        try:
            await future
        finally:
            timer.cancel()


def _release(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One act of the callee: a key or some words."""

    digit: str = ""
    speech: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result of answering-machine detection, and the seconds it takes after the answer."""

    answered_by: str
    seconds: float


class Person(Protocol):
    """The callee at a number: a simulated callee or the handset of a test."""

    def network(self) -> str:
        """Return `rings`, `busy` or `failed`: what the carrier does with the call."""
        ...

    def detected(self, mode: str) -> Verdict: ...

    async def at_phone(self, line: Line) -> None:
        """Run from the first ring on, using the line's acts below."""
        ...


class People(Protocol):
    """The callees behind all numbers."""

    def refusal(self, number: str) -> int:
        """Return Twilio's error code for a number that it does not dial, otherwise 0."""
        ...

    def person(self, number: str, earlier_calls: int) -> Person: ...

    def no_text(self, number: str) -> int:
        """Return Twilio's error code with which an SMS stays undelivered, otherwise 0."""
        ...

    def text_reply(self, number: str, body: str) -> str:
        """Return what this person writes back to an SMS; empty for no reply."""
        ...

    def seconds_to_reply(self, number: str) -> float: ...


class Line:
    """One call as seen by the callee. `phase` is ringing, open or over."""

    def __init__(self, clock: Clock, *, to: str, from_: str, sid: str) -> None:
        self.clock = clock
        self.to = to
        self.from_ = from_
        self.sid = sid
        self.phase = "ringing"
        self.status = "ringing"
        self.transcript: list[str] = []
        self.gather: Gather | None = None
        self.prompting = False
        self.gathers = 0
        self.inputs: deque[Input] = deque()
        self.changed = Pulse(clock)
        self.acted = Pulse(clock)
        self.picked_up = False
        self.refused_as = ""
        self.hung_up = False
        self.notes: list[tuple[str, str]] = []

    # What the callee may do.

    def answer(self) -> None:
        self.picked_up = True
        self.acted.beat()

    def refuse(self, status: str) -> None:
        """`busy` (engaged), `rejected` (declined) or `failed`."""
        self.refused_as = status
        self.acted.beat()

    def press(self, digits: str) -> None:
        for digit in digits:
            self.inputs.append(Input(digit=digit))
            self.notes.append(("pressed", digit))
        self.acted.beat()

    def say(self, words: str) -> None:
        self.inputs.append(Input(speech=words))
        self.notes.append(("said", words))
        self.acted.beat()

    def hang_up(self) -> None:
        self.hung_up = True
        self.acted.beat()

    # What the callee notices.

    @property
    def over(self) -> bool:
        return self.phase == "over"

    @property
    def finished(self) -> bool:
        """True if the call is over, or the callee has just hung up."""
        return self.phase == "over" or self.hung_up

    @property
    def listened(self) -> bool:
        """True if the service waits for keys or words, and its question was spoken to the end."""
        return self.gather is not None and not self.prompting

    async def wait_changed(self, seconds: float | None = None) -> None:
        """Wait until something is heard, the service starts or stops listening, or the call ends."""
        await self.changed.wait(seconds)

    # What the phone company does.

    def open(self) -> None:
        self.phase, self.status = "open", "in-progress"
        self.changed.beat()

    def close(self, status: str) -> None:
        self.phase, self.status, self.gather = "over", status, None
        self.changed.beat()

    def hear(self, text: str) -> None:
        self.transcript.append(text)
        self.changed.beat()

    def listen(self, gather: Gather | None, *, prompting: bool = False) -> None:
        if gather is not None and gather is not self.gather:
            self.gathers += 1
        self.gather, self.prompting = gather, prompting
        self.changed.beat()
