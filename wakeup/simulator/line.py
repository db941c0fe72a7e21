"""The wire between one callee and the phone company: what is heard one way, keys and words the other way."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from wakeup.simulator.clock import Clock

if TYPE_CHECKING:
    from wakeup.simulator.twiml_verbs import Gather


class Pulse:
    """Wakes everybody who waits; waiters look again at what they wait for."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting: list[asyncio.Future[None]] = []

    def beat(self) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)

    async def wait(self, seconds: float | None = None) -> None:
        """Until the next beat, or so many virtual seconds."""
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
    """What answering-machine detection says and how long it needs after the answer."""

    answered_by: str
    seconds: float


class Person(Protocol):
    """Whoever has the number: a scripted callee or the handset of a test."""

    def network(self) -> str:
        """`rings`, `busy` or `failed`: what the carrier does with the call."""
        ...

    def detected(self, mode: str) -> Verdict: ...

    async def at_phone(self, line: Line) -> None:
        """Runs from the first ring on; uses the line's acts below."""
        ...


class People(Protocol):
    """Who lives behind the numbers."""

    def refusal(self, number: str) -> int:
        """Twilio's error code for a number it will not dial, else 0."""
        ...

    def person(self, number: str, earlier_calls: int) -> Person: ...

    def no_text(self, number: str) -> int:
        """Twilio's error code with which a text stays undelivered, else 0."""
        ...

    def text_reply(self, number: str, body: str) -> str:
        """What this person writes back to a text; empty for nothing."""
        ...

    def seconds_to_reply(self, number: str) -> float: ...


class Line:
    """One call as the callee has it in the hand. `phase` is ringing, open or over."""

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
        """Over, or hung up by the callee a moment ago."""
        return self.phase == "over" or self.hung_up

    @property
    def listened(self) -> bool:
        """Whether the service now waits for keys or words, its question spoken to the end."""
        return self.gather is not None and not self.prompting

    async def wait_changed(self, seconds: float | None = None) -> None:
        """Until something is heard, the service begins or stops to listen, or the call ends."""
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
