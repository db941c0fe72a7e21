"""A phone in the hands of a test: story steps over an in-process phone company, with failures that explain
themselves.

Times are virtual seconds. A step that cannot be done raises AssertionError with the transcript so far.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from wakeup.simulator.call import Call
from wakeup.simulator.clock import Clock
from wakeup.simulator.colleague import takes_call
from wakeup.simulator.ledger import Ledger
from wakeup.simulator.line import Line, Pulse, Verdict
from wakeup.simulator.messages import Messages

REACTION_S = 1.0


class Company(Protocol):
    """What a phone needs of the phone company."""

    calls: dict[str, Call]
    clock: Clock
    ledger: Ledger
    messages: Messages

    def call_in(self, from_: str, to: str, url: str = "") -> Line: ...
    def receive(self, from_: str, to: str, body: str, url: str = "") -> asyncio.Task[list[str]]: ...


class Handset:
    """One number. It answers nothing by itself; calls that no `expect_call` took are `missed`."""

    def __init__(self, number: str, company: Company) -> None:
        self.number = number
        self._company = company
        self._clock: Clock = company.clock
        self._arrived = Pulse(company.clock)
        self._unclaimed: list[Line] = []
        self.calls: list[HandsetCall] = []
        self.answered_by = "human"
        """Result of answering-machine detection, to be set before the call is answered."""
        self.carrier = "rings"
        """With `busy` or `failed` the carrier ends the next calls before they ring."""
        self.takes_calls = False
        """Pick up automatically and press the key that takes the call, where virtual time runs too fast for a
        human."""

    # Steps

    async def expect_call(self, within: float = 60.0) -> HandsetCall:
        """Return the next call that rings here and was not taken yet."""
        loop, scale = asyncio.get_running_loop(), self._clock.loop_seconds(1.0)
        deadline = loop.time() + within * scale
        while not self._unclaimed:
            left = (deadline - loop.time()) / scale
            if left <= 0:
                raise AssertionError(f"no call within {within:g} s; {self._what_happened()}")
            await self._arrived.wait(left)
        call = HandsetCall(self._unclaimed.pop(0), self._clock)
        self.calls.append(call)
        return call

    async def expect_no_call(self, during: float) -> None:
        """Assert that nothing rings here for `during` seconds."""
        await self._clock.sleep(during)
        if self._unclaimed:
            raise AssertionError(f"the phone rang, though no call was expected; {self._what_happened()}")

    @property
    def missed(self) -> list[Line]:
        return list(self._unclaimed)

    @property
    def texts(self) -> list[str]:
        """The SMS sent to this number."""
        return self._company.messages.to(self.number)

    async def expect_text(self, containing: str = "", within: float = 60.0) -> str:
        """Wait for an SMS that contains these words; those received earlier count too."""
        waited = 0.0
        while waited <= within:
            for text in self.texts:
                if containing in text:
                    return text
            await self._clock.sleep(0.5)
            waited += 0.5
        raise AssertionError(f"no text with {containing!r} within {within:g} s; texts: {self.texts}")

    def calls_in(self, to: str, url: str = "") -> HandsetCall:
        """Call one of the service's numbers. `url` is where the company fetches its TwiML."""
        call = HandsetCall(self._company.call_in(self.number, to, url), self._clock)
        self.calls.append(call)
        return call

    async def texts_back(self, body: str, to: str, url: str = "") -> list[str]:
        """Send an SMS to one of the service's numbers. Returns the TwiML replies."""
        return await self._company.receive(self.number, to, body, url)

    # What the phone company asks of a person

    def network(self) -> str:
        return self.carrier

    def detected(self, mode: str) -> Verdict:
        if self.answered_by == "human":
            return Verdict(answered_by="human", seconds=3.5)
        if mode == "Enable" and self.answered_by.startswith("machine"):
            return Verdict(answered_by="machine_start", seconds=4.0)
        return Verdict(answered_by=self.answered_by, seconds=9.0)

    async def at_phone(self, line: Line) -> None:
        self._unclaimed.append(line)
        self._arrived.beat()
        if self.takes_calls:
            line.answer()
            await takes_call(line, REACTION_S)

    def _what_happened(self) -> str:
        mine = [one for one in self._company.calls.values() if one.request.to == self.number]
        states = ", ".join(f"{one.status} at {one.created:%H:%M:%S}" for one in mine) or "none at all"
        posted = len(self._company.ledger.of("post_received"))
        return f"calls to this number: {states}; calls posted in all: {posted}"


class HandsetCall:
    """A ringing or answered call in the hands of the test."""

    def __init__(self, line: Line, clock: Clock) -> None:
        self.line = line
        self._clock = clock
        self._heard_from = 0

    @property
    def sid(self) -> str:
        return self.line.sid

    @property
    def transcript(self) -> list[str]:
        """What was spoken to the callee, piece by piece."""
        return list(self.line.transcript)

    @property
    def status(self) -> str:
        return self.line.status

    # Before the answer

    async def answers(self) -> None:
        self._must_ring("answer")
        self.line.answer()
        await self._until(lambda: self.line.phase != "ringing", 5.0, "the call was not put through")

    async def rejects(self) -> None:
        await self._refuse("rejected")

    async def is_busy(self) -> None:
        await self._refuse("busy")

    async def ignores(self) -> None:
        """Let it ring until the caller gives up."""
        self._must_ring("ignore")
        await self._until(lambda: self.line.over, 700.0, "it rings for ever")

    # During the call

    async def hears(self, text: str, within: float = 60.0) -> str:
        """Wait until the words spoken since our last act contain this text. Returns those words."""
        await self._until(lambda: text in self._since(), within, f"never heard {text!r}")
        return self._since()

    async def hears_nothing_of(self, text: str) -> None:
        """Assert that nothing spoken so far contained this text."""
        if any(text in piece for piece in self.line.transcript):
            raise AssertionError(self._told(f"heard {text!r}"))

    async def presses(self, keys: str, within: float = 60.0) -> None:
        """Wait until the question is spoken to its end, then press."""
        await self._until_asked(f"press {keys!r}", within)
        self._begin_anew()
        gathers = self.line.gathers
        self.line.press(keys)
        await self._taken(gathers)

    async def interrupts_with(self, keys: str, within: float = 60.0) -> None:
        """Press as soon as the service listens, in the middle of its question."""
        await self._until(lambda: self.line.gather is not None, within, f"cannot press {keys!r}: nobody listens")
        self._begin_anew()
        gathers = self.line.gathers
        self.line.press(keys)
        await self._taken(gathers)

    async def speaks_over(self, words: str, within: float = 60.0) -> None:
        """Speak as soon as the service listens, in the middle of its question."""
        await self._until(lambda: self.line.gather is not None, within, f"cannot say {words!r}: nobody listens")
        self._begin_anew()
        gathers = self.line.gathers
        self.line.say(words)
        await self._taken(gathers)

    async def says(self, words: str, within: float = 60.0) -> None:
        await self._until_asked(f"say {words!r}", within)
        self._begin_anew()
        gathers = self.line.gathers
        self.line.say(words)
        await self._taken(gathers)

    async def stays_silent(self, within: float = 60.0) -> None:
        """Let the present question time out."""
        await self._until_asked("stay silent", within)
        self._begin_anew()
        await self._taken(self.line.gathers)

    async def hangs_up(self) -> None:
        if self.line.over:
            raise AssertionError(self._told("cannot hang up: the call is over"))
        self.line.hang_up()
        await self.ended(within=5.0)

    async def ended(self, within: float = 60.0) -> str:
        """Wait for the end of the call. Returns its final status."""
        await self._until(lambda: self.line.over, within, "the call did not end")
        return self.line.status

    # Waiting

    def _must_ring(self, wish: str) -> None:
        if self.line.phase != "ringing":
            raise AssertionError(self._told(f"cannot {wish}: the phone does not ring any more"))

    async def _refuse(self, status: str) -> None:
        self._must_ring("refuse")
        self.line.refuse(status)
        await self._until(lambda: self.line.over, 5.0, "the call was not refused")

    async def _until_asked(self, wish: str, within: float) -> None:
        await self._until(lambda: self.line.listened, within, f"cannot {wish}: nobody listens")

    async def _taken(self, gathers: int) -> None:
        line = self.line
        await self._until(
            lambda: line.over or line.gather is None or line.gathers != gathers, 120.0, "the input was not taken"
        )

    def _begin_anew(self) -> None:
        self._heard_from = len(self.line.transcript)

    def _since(self) -> str:
        return " ".join(self.line.transcript[self._heard_from :])

    async def _until(self, holds: Callable[[], bool], within: float, complaint: str) -> None:
        loop, scale = asyncio.get_running_loop(), self._clock.loop_seconds(1.0)
        deadline = loop.time() + within * scale
        while not holds():
            left = (deadline - loop.time()) / scale
            if left <= 0:
                raise AssertionError(self._told(f"{complaint} within {within:g} s"))
            if self.line.over:
                raise AssertionError(self._told(complaint))
            await self.line.wait_changed(left)

    def _told(self, complaint: str) -> str:
        heard = "\n".join(f"    {piece}" for piece in self.line.transcript) or "    (nothing)"
        return f"{complaint}; the call is {self.line.status}; heard so far:\n{heard}"
