"""The life of one call: initiated, ringing, in progress, its end, and all its webhooks. It sees callees as Persons."""

from __future__ import annotations

import asyncio
from email.utils import format_datetime
from typing import Protocol
from urllib.parse import urljoin

from wakeup.simulator.call import Call
from wakeup.simulator.call_request import Hook
from wakeup.simulator.clock import Clock
from wakeup.simulator.line import Line, Person
from wakeup.simulator.twiml_player import Next, Player, Switch
from wakeup.simulator.twiml_reader import TwimlFault, read, read_inline
from wakeup.simulator.twiml_verbs import Document
from wakeup.simulator.webhooks import Answer, Params

SIP = {"busy": "486", "no-answer": "487", "rejected": "603", "failed": "404", "completed": "200", "canceled": "487"}
MAX_DOCUMENTS = 300
"""A call that fetches more TwiML than this is looping and is cut."""


class Exchange(Switch, Protocol):
    """What a call needs of the phone company."""

    account_sid: str
    post_dial_delay: float

    async def webhook(self, hook: Hook, params: Params, kind: str, sid: str) -> Answer: ...

    def callback(self, hook: Hook, params: Params, kind: str, sid: str) -> None: ...

    def verdict(self, person: Person, mode: str, longest: float) -> tuple[str, float]: ...

    def start(self, work: asyncio.Task[None]) -> None: ...

    def record(self, call: Call, hook: Hook | None, channels: int = 1) -> str: ...


class CallLifecycle:
    """Runs one call: initiated, ringing, in progress, its end, with all its webhooks."""

    def __init__(self, call: Call, person: Person, exchange: Exchange) -> None:
        self.call = call
        self.person = person
        self.exchange = exchange
        self.line = Line(exchange.clock, to=call.request.to, from_=call.request.from_, sid=call.sid)
        call.line = self.line
        self.cut = False
        """True if the last document ended by its own Hangup."""
        self._noted = 0
        self._documents = 0

    async def run(self) -> None:
        call, clock = self.call, self.exchange.clock
        call.status, call.started = "initiated", clock.now()
        call.queue_ms = round((call.started - call.created).total_seconds() * 1000)
        self._progress("initiated", "initiated")
        await self._pause(self.exchange.post_dial_delay)
        status = call.ending or await self._ring()
        if not status:
            status = await self._conversation()
        self.finish(status)

    async def run_inbound(self) -> None:
        """Run an inbound call: the caller is on the line from the start."""
        self.call.status = "ringing"
        self.call.started = self.call.answered = self.exchange.clock.now()
        self.exchange.ledger.add("answered", call=self.call.sid)
        self.line.open()
        await self._media(_deadline(self.exchange.clock, self.call.request.time_limit))
        self.finish("completed")

    async def _ring(self) -> str:
        """Return an empty string if the call was answered, otherwise its final status."""
        match self.person.network():
            case "busy":
                self.call.sip = SIP["busy"]
                return "busy"
            case "failed":
                self.call.sip = SIP["failed"]
                return "failed"
            case _:
                pass
        self.call.status = "ringing"
        self.exchange.ledger.add("ringing", call=self.call.sid)
        self._progress("ringing", "ringing")
        self.exchange.start(asyncio.create_task(self.person.at_phone(self.line)))
        return await self._until_answered()

    async def _until_answered(self) -> str:
        deadline = _deadline(self.exchange.clock, self.call.request.timeout)
        while not self.line.picked_up:
            if self.call.ending:
                return "canceled"
            if self.line.refused_as:
                self.call.sip = SIP.get(self.line.refused_as, "487")
                return "no-answer" if self.line.refused_as == "rejected" else self.line.refused_as
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                self.call.sip = SIP["no-answer"]
                return "no-answer"
            await self.line.acted.wait(_virtual(self.exchange.clock, left))
        return ""

    async def _conversation(self) -> str:
        call = self.call
        call.status, call.answered = "in-progress", self.exchange.clock.now()
        self.exchange.ledger.add("answered", call=call.sid)
        self.line.open()
        self._progress("answered", "in-progress")
        self.exchange.start(asyncio.create_task(self._detect()))
        if call.request.record:
            self.exchange.record(call, call.request.recording_callback)
        deadline = _deadline(self.exchange.clock, call.time_limit or call.request.time_limit)
        await self._media(deadline)
        return "completed"

    async def _media(self, deadline: float) -> None:
        call = self.call
        step: Next | None = Next(hook=call.request.url, document=self._inline())
        while step is not None:
            media = asyncio.create_task(self._play(step))
            media.add_done_callback(lambda _task: self.line.acted.beat())
            try:
                await self._while_playing(media, deadline)
            finally:
                await _stop(media)
            step, call.detour = call.detour, None
            if self._ending():
                return

    async def _while_playing(self, media: asyncio.Task[None], deadline: float) -> None:
        call, loop = self.call, asyncio.get_running_loop()
        while not (media.done() or call.detour or self._ending()):
            left = deadline - loop.time()
            if left <= 0:
                call.end("completed")
                return
            await self.line.acted.wait(_virtual(self.exchange.clock, left))
            self._note_inputs()

    def _ending(self) -> bool:
        return bool(self.call.ending) or self.line.hung_up

    def _inline(self) -> Document | None:
        return read_inline(self.call.request.twiml) if self.call.request.url is None else None

    async def _play(self, step: Next) -> None:
        """Play documents until one ends the call."""
        if self.call.request.machine_detection and not self.call.request.async_amd and self.call.answered_by is None:
            step = Next(hook=step.hook, document=step.document, params={"AnsweredBy": await self._silent_detection()})
        base = ""
        following: Next | None = step
        while following is not None:
            self._documents += 1
            if self._documents > MAX_DOCUMENTS:
                self.problem("twiml", 0, "the TwiML loops")
                return
            document = following.document
            if document is None:
                document, base = await self._fetch(following, base)
                self.call.status = "in-progress"
            player = Player(self.line, self.exchange, base)
            following = await player.play(document)
            self.cut = player.hung_up

    async def _fetch(self, step: Next, base: str) -> tuple[Document, str]:
        """Return the document and the base of its relative URLs; those of the fallback if the first fails."""
        if step.hook is None:
            return Document(), base
        hook = Hook(url=urljoin(base, step.hook.url), method=step.hook.method)
        try:
            return await self._read(hook, step.params, "voice"), hook.url
        except TwimlFault as fault:
            self.problem("voice", fault.code, str(fault))
            failed = {"ErrorCode": str(fault.code), "ErrorUrl": hook.url}
        fallback = self.call.request.fallback
        if fallback is not None:
            try:
                return await self._read(fallback, failed, "fallback"), fallback.url
            except TwimlFault as fault:
                self.problem("fallback", fault.code, str(fault))
        return read_inline("<Response><Say>An application error has occurred. Goodbye.</Say></Response>"), base

    async def _read(self, hook: Hook, params: Params, kind: str) -> Document:
        answer = await self.exchange.webhook(hook, {**self._fields(), **params}, kind, self.call.sid)
        if answer.error:
            raise TwimlFault(11205 if answer.error == "ct" else 11200, "no answer from the application")
        if not answer.good:
            raise TwimlFault(11200, f"the application answered {answer.status}")
        return read(answer.body, answer.content_type)

    async def _silent_detection(self) -> str:
        answered_by, seconds = self._verdict()
        await self._pause(seconds)
        self.call.answered_by = answered_by
        self.exchange.ledger.add("verdict", call=self.call.sid, answered_by=answered_by)
        return answered_by

    async def _detect(self) -> None:
        request = self.call.request
        if not request.machine_detection or not request.async_amd:
            return
        answered_by, seconds = self._verdict()
        await self._pause(seconds)
        if self.call.final:
            return
        self.call.answered_by = answered_by
        self.exchange.ledger.add("verdict", call=self.call.sid, answered_by=answered_by)
        if request.amd_callback is None:
            self.exchange.ledger.add("warning", call=self.call.sid, code=21262)
            return
        params = {
            "CallSid": self.call.sid,
            "AccountSid": self.exchange.account_sid,
            "AnsweredBy": answered_by,
            "MachineDetectionDuration": str(round(seconds * 1000)),
        }
        self.exchange.callback(request.amd_callback, params, "amd", self.call.sid)

    def _verdict(self) -> tuple[str, float]:
        request = self.call.request
        return self.exchange.verdict(self.person, request.machine_detection, request.amd_timeout)

    def finish(self, status: str) -> None:
        call = self.call
        self._note_inputs()
        call.status, call.ended = status, self.exchange.clock.now()
        self.line.close(status)
        self.exchange.ledger.add("ended", call=call.sid, status=status, seconds=call.seconds, sip=call.sip)
        self._progress("completed", status)

    def _progress(self, event: str, status: str) -> None:
        """Send one status callback, if it was asked for. SequenceNumber counts the callbacks sent."""
        hook = self.call.request.status_callback
        if hook is None or event not in self.call.request.events:
            return
        params = {
            **self._fields(status),
            "Timestamp": format_datetime(self.exchange.clock.now()),
            "CallbackSource": "call-progress-events",
            "SequenceNumber": str(self.call.sequence),
        }
        if event == "completed":
            params["SipResponseCode"] = self.call.sip
            seconds = self.call.seconds or 0
            params["CallDuration"], params["Duration"] = str(seconds), str(-(-seconds // 60))
        if self.call.answered_by is not None:
            params["AnsweredBy"] = self.call.answered_by
        self.call.sequence += 1
        self.exchange.callback(hook, params, event, self.call.sid)

    def _fields(self, status: str = "") -> Params:
        request = self.call.request
        return {
            "CallSid": self.call.sid,
            **({"ParentCallSid": self.call.parent} if self.call.parent else {}),
            "AccountSid": self.exchange.account_sid,
            "From": request.from_,
            "To": request.to,
            "Caller": request.from_,
            "Called": request.to,
            "CallStatus": status or self.call.status,
            "ApiVersion": "2010-04-01",
            "Direction": self.call.direction,
        }

    def _note_inputs(self) -> None:
        for fact, value in self.line.notes[self._noted :]:
            self.exchange.ledger.add(fact, call=self.call.sid, value=value)
        self._noted = len(self.line.notes)

    def problem(self, kind: str, code: int, text: str) -> None:
        self.exchange.ledger.add("problem", call=self.call.sid, kind=kind, code=code, text=text)

    async def _pause(self, seconds: float) -> None:
        """Let time pass, unless the call is asked to end meanwhile."""
        deadline = _deadline(self.exchange.clock, seconds)
        loop = asyncio.get_running_loop()
        while not self.call.ending and (left := deadline - loop.time()) > 0:
            await self.line.acted.wait(_virtual(self.exchange.clock, left))


def _deadline(clock: Clock, seconds: float) -> float:
    return asyncio.get_running_loop().time() + clock.loop_seconds(seconds)


def _virtual(clock: Clock, loop_seconds: float) -> float:
    return loop_seconds / clock.loop_seconds(1.0)


async def _stop(task: asyncio.Task[None]) -> None:
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.result()
