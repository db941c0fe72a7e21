"""Play one TwiML document to a callee and listen: Say, Play, Pause, Gather, Record, Dial, Redirect, Hangup."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urljoin

from wakeup.simulator.call_request import Hook
from wakeup.simulator.clock import Clock
from wakeup.simulator.ledger import Ledger
from wakeup.simulator.line import Input, Line
from wakeup.simulator.twiml_verbs import (
    Dial,
    Document,
    Enter,
    Gather,
    Hangup,
    Pause,
    Play,
    Prompt,
    Record,
    Redirect,
    Say,
    Verb,
)

WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
WORD = re.compile(r"[A-Za-z0-9']+")
SECONDS_PER_CHARACTER = 0.22
SECONDS_PER_WORD = 0.38
MAX_TIMES = 1000
"""How often words or audio without an end are heard."""
AFTER_SPEECH = 1.0
"""Silence in seconds after which the recogniser takes the caller's speech as finished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """How the call goes on: with a given document, or one to fetch with these extra fields."""

    hook: Hook | None = None
    document: Document | None = None
    params: dict[str, str] = field(default_factory=dict)


class _End:
    """The document ended the call by a verb."""


END = _End()
_Outcome = Next | _End | None


def speech_seconds(text: str) -> float:
    """Return how many seconds the voice needs for a text."""
    return max(0.4, SECONDS_PER_CHARACTER * len(WIDE.findall(text)) + SECONDS_PER_WORD * len(WORD.findall(text)))


def _spoken(prompt: Prompt) -> tuple[str, float]:
    """Return what is said and how long it takes. A recording has no text that a simulated callee could read."""
    match prompt:
        case Say():
            return prompt.text, speech_seconds(prompt.text)
        case Play():
            return "", 2.0
        case Pause():
            return "", prompt.seconds


class Switch(Protocol):
    """What a document needs of the phone company beyond its own line."""

    clock: Clock
    ledger: Ledger

    def new_sid(self, prefix: str) -> str: ...

    async def fetch_audio(self, sid: str, url: str) -> bool:
        """Fetch what call `sid` is to hear. Returns False if it cannot be played; the call goes on without it."""
        ...

    async def connect(self, sid: str, dial: Dial) -> dict[str, str]:
        """Call another number and join the two. Returns the fields for the action. Ends with the call `sid`."""
        ...

    async def enter(self, sid: str, enter: Enter) -> dict[str, str]:
        """Stay in a conference as long as it lasts. Returns the fields for the action."""
        ...


class Player:
    """Plays the verbs in order. The first verb that leads elsewhere ends the document."""

    def __init__(self, line: Line, switch: Switch, base: str = "") -> None:
        """`base` is the URL of the document."""
        self._line = line
        self._base = base
        self._clock = switch.clock
        self._ledger = switch.ledger
        self._switch = switch
        self.hung_up = False
        """True if the document ended by its own Hangup."""

    async def play(self, document: Document) -> Next | None:
        """Return the next step, or None if the call ends here."""
        for verb in document.verbs:
            outcome = await self._verb(verb)
            if isinstance(outcome, Next):
                return outcome
            if isinstance(outcome, _End):
                self.hung_up = True
                return None
        return None

    async def _verb(self, verb: Verb) -> _Outcome:
        match verb:
            case Say() | Play() | Pause():
                await self._prompt(verb, interruptible=False)
                return None
            case Gather():
                return await self._gather(verb)
            case Redirect():
                return Next(hook=Hook(url=verb.url, method=verb.method))
            case Record():
                return await self._record(verb)
            case Dial() | Enter():
                return await self._dial(verb)
            case Hangup():
                return END

    async def _prompt(self, prompt: Prompt, *, interruptible: bool) -> bool:
        """Speak to the end, or to the first input. Returns True if interrupted."""
        if isinstance(prompt, Play) and not prompt.digits:
            url = urljoin(self._base, prompt.url)
            if not await self._switch.fetch_audio(self._line.sid, url):
                return False
        for _ in range(1 if isinstance(prompt, Pause) else prompt.times or MAX_TIMES):
            if await self._once(prompt, interruptible=interruptible):
                return True
        return False

    async def _once(self, prompt: Prompt, *, interruptible: bool) -> bool:
        text, seconds = _spoken(prompt)
        if not interruptible:
            await self._clock.sleep(seconds)
            self._heard(text)
            return False
        left = await self._until_input(seconds)
        self._heard(text[: int(len(text) * (1 - left / seconds))] if text else "")
        return left > 0

    def _heard(self, text: str) -> None:
        if text:
            self._ledger.add("heard", call=self._line.sid, text=text)
            self._line.hear(text)

    async def _until_input(self, seconds: float) -> float:
        """Wait for an input. Returns the virtual seconds that were left, 0 if none came."""
        loop = asyncio.get_running_loop()
        scale = self._clock.loop_seconds(1.0)
        deadline = loop.time() + seconds * scale
        while not self._line.inputs:
            left = (deadline - loop.time()) / scale
            if left <= 1e-9:
                return 0.0
            await self._line.acted.wait(left)
        return max(1e-9, (deadline - loop.time()) / scale)

    async def _gather(self, gather: Gather) -> _Outcome:
        line = self._line
        line.inputs.clear()
        line.listen(gather, prompting=bool(gather.prompts))
        try:
            for prompt in gather.prompts:
                if await self._prompt(prompt, interruptible=gather.barge_in) or (line.inputs and not gather.barge_in):
                    break
            line.listen(gather)
            params = await self._collect(gather)
        finally:
            line.listen(None)
        if not params and not gather.on_empty:
            return None
        self._ledger.add("gathered", call=line.sid, kind=next(iter(params), "nothing"))
        return Next(hook=Hook(url=gather.action, method=gather.method), params={**params, "msg": "Gather End"})

    async def _collect(self, gather: Gather) -> dict[str, str]:
        digits = ""
        while True:
            given = await self._next_input(gather.timeout)
            if given is None:
                return {"Digits": digits} if digits else {}
            if given.speech and "speech" in gather.inputs and not digits:
                return await self._recognise(given.speech)
            if not given.digit or "dtmf" not in gather.inputs:
                continue
            if given.digit in gather.finish_on_key:
                return {"Digits": digits, "FinishedOnKey": given.digit} if digits else {}
            digits += given.digit
            if gather.num_digits and len(digits) >= gather.num_digits:
                return {"Digits": digits}

    async def _next_input(self, seconds: float) -> Input | None:
        if await self._until_input(seconds) <= 0:
            return None
        return self._line.inputs.popleft()

    async def _recognise(self, words: str) -> dict[str, str]:
        await self._clock.sleep(speech_seconds(words) + AFTER_SPEECH)
        confidence = 0.95 - 0.4 / (1 + len(words))
        return {"SpeechResult": words, "Confidence": f"{confidence:.4f}"}

    async def _record(self, record: Record) -> _Outcome:
        """Record a message: what is said before a finish key, a silence, or the maximum length. If nothing is
        said, there is no recording."""
        line = self._line
        line.inputs.clear()
        line.listen(Gather(inputs=frozenset({"dtmf", "speech"})))
        try:
            seconds, digit = await self._message(record)
        finally:
            line.listen(None)
        if seconds <= 0 or not record.action:
            return None
        sid = self._switch.new_sid("RE")
        self._ledger.add("recording", call=line.sid, recording=sid, seconds=max(1, round(seconds)))
        params = {
            "RecordingSid": sid,
            "RecordingUrl": f"https://recordings.invalid/{sid}",
            "RecordingDuration": str(max(1, round(seconds))),
            "Digits": digit or "hangup" * line.hung_up,
        }
        return Next(hook=Hook(url=record.action, method=record.method), params=params)

    async def _message(self, record: Record) -> tuple[float, str]:
        """Return how long the message is, and the key that ended it."""
        seconds = 0.0
        while seconds < record.max_length:
            given = await self._next_input(record.timeout)
            if given is None:
                break
            if given.digit:
                return seconds, given.digit
            spoken = min(speech_seconds(given.speech), record.max_length - seconds)
            await self._clock.sleep(spoken)
            seconds += spoken
        return seconds, ""

    async def _dial(self, dial: Dial | Enter) -> _Outcome:
        switch, sid = self._switch, self._line.sid
        params = await (switch.connect(sid, dial) if isinstance(dial, Dial) else switch.enter(sid, dial))
        return Next(hook=Hook(url=dial.action, method=dial.method), params=params) if dial.action else None
