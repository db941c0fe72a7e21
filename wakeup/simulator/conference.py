"""Conferences: callers who dialled into the same room name wait, enter and leave, and a conference may end for all."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from wakeup.simulator.call import Call
from wakeup.simulator.call_request import Hook
from wakeup.simulator.clock import Clock
from wakeup.simulator.ledger import Ledger
from wakeup.simulator.line import Line
from wakeup.simulator.twiml_player import speech_seconds
from wakeup.simulator.twiml_reader import TwimlFault, read
from wakeup.simulator.twiml_verbs import Enter, Gather, Pause, Say, Verb
from wakeup.simulator.webhooks import Answer, Params

MET = "[in the room]"
"""What the participants hear when another one enters, or when they find one there."""
_LET_IN, _FULL = "answered", "failed"
"""Values of DialCallStatus: the caller was let in, or the conference was full."""
MAX_HOLD_ROUNDS = 200
REST_WITHOUT_WORDS = 5.0


class House(Protocol):
    """What a conference needs of the phone company."""

    account_sid: str
    clock: Clock
    ledger: Ledger

    def new_sid(self, prefix: str) -> str: ...
    async def webhook(self, hook: Hook, params: Params, kind: str, sid: str) -> Answer: ...
    def callback(self, hook: Hook, params: Params, kind: str, sid: str) -> None: ...


@dataclass(slots=True, eq=False)
class Room:
    """One conference. `begun` is True once there were two participants, one of whom may start it."""

    sid: str
    inside: dict[str, Line] = field(default_factory=dict)
    may_begin: bool = False
    begun: bool = False
    over: bool = False
    events_url: str = ""
    events: frozenset[str] = frozenset()
    told: int = 0
    """Number of events sent so far."""

    @property
    def waits(self) -> bool:
        """True if the conference has not begun yet."""
        return not (self.begun or self.over)

    def tell(self) -> None:
        for line in self.inside.values():
            line.acted.beat()


class Rooms:
    """All conferences of one account. A name is free again when its conference is over."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._rooms: dict[str, Room] = {}

    async def enter(self, call: Call, line: Line, enter: Enter) -> Params:
        """Stay in the room until it is over, the star key is pressed, or the time is up. Returns the fields for
        the action."""
        room = self._rooms.get(enter.room)
        if room is None:
            room = self._rooms[enter.room] = Room(sid=self._house.new_sid("CF"))
        if len(room.inside) >= enter.most:
            return {"DialCallStatus": _FULL}
        self._come_in(room, call, line, enter)
        waiting = asyncio.create_task(self._hold(room, call, line, enter))
        try:
            await self._stay(room, line, enter)
        finally:
            # Leave first: a participant who hangs up while waiting may end the conference, too.
            self._go_out(room, call, line, enter)
            waiting.cancel()
            await asyncio.wait({waiting})
        if not waiting.cancelled():
            waiting.result()
        return {"DialCallStatus": _LET_IN}

    def _come_in(self, room: Room, call: Call, line: Line, enter: Enter) -> None:
        room.inside[call.sid] = line
        if not room.events_url:
            # The first participant whose Conference verb asks for events gets all of them.
            room.events_url, room.events = enter.events_url, enter.events
        if enter.coach and enter.coach not in room.inside:
            self._house.ledger.add("problem", call=call.sid, kind="room", code=13235, text="nobody there to coach")
        self._house.ledger.add(
            "room_entered", call=call.sid, room=enter.room, inside=len(room.inside), muted=enter.muted,
            coach=enter.coach,
        )  # fmt: skip
        self._news(room, enter.room, "join", "participant-join", call.sid)
        room.may_begin = room.may_begin or enter.starts
        before, room.begun = room.begun, room.begun or (room.may_begin and len(room.inside) > 1)
        if room.begun:
            # A participant who joins a running conference without starting it is not announced to the others.
            for each in room.inside.values() if enter.starts or not before else (line,):
                each.hear(MET)
        if room.begun and not before:
            self._news(room, enter.room, "start", "conference-start")
            room.tell()

    async def _hold(self, room: Room, call: Call, line: Line, enter: Enter) -> None:
        """Play the hold documents until the conference begins."""
        hook = Hook(url=enter.wait_url, method=enter.wait_method)
        for _ in range(MAX_HOLD_ROUNDS if enter.wait_url else 0):
            if not room.waits:
                return
            fields = {"CallSid": call.sid, "AccountSid": self._house.account_sid, "ConferenceSid": room.sid}
            answer = await self._house.webhook(hook, fields, "voice", call.sid)
            try:
                verbs = read(answer.body, answer.content_type).verbs if answer.good else ()
            except TwimlFault as fault:
                self._house.ledger.add("problem", call=call.sid, kind="hold", code=fault.code, text=str(fault))
                return
            if not verbs:
                await self._house.clock.sleep(REST_WITHOUT_WORDS)
            for verb in verbs:
                await self._house.clock.sleep(_lasts(verb))
                if isinstance(verb, Say) and room.waits:
                    self._house.ledger.add("heard", call=call.sid, text=verb.text)
                    line.hear(verb.text)

    async def _stay(self, room: Room, line: Line, enter: Enter) -> None:
        loop, scale = asyncio.get_running_loop(), self._house.clock.loop_seconds(1.0)
        over = loop.time() + enter.longest * scale
        line.inputs.clear()
        line.listen(Gather(inputs=frozenset({"dtmf"})))
        try:
            while not (room.over or line.hung_up) and (left := over - loop.time()) > 0:
                if enter.star_leaves and any(given.digit == "*" for given in line.inputs):
                    return
                line.inputs.clear()
                await line.acted.wait(left / scale)
        finally:
            line.listen(None)

    def _go_out(self, room: Room, call: Call, line: Line, enter: Enter) -> None:
        del room.inside[call.sid]
        self._house.ledger.add("room_left", call=call.sid, room=enter.room, hung_up=line.hung_up)
        self._news(room, enter.room, "leave", "participant-leave", call.sid)
        before, room.over = room.over, room.over or enter.ends or not room.inside
        if room.over and not before:
            self._news(room, enter.room, "end", "conference-end")
        if room.over and self._rooms.get(enter.room) is room:
            del self._rooms[enter.room]
        room.tell()

    def _news(self, room: Room, name: str, wish: str, event: str, call_sid: str = "") -> None:
        if not room.events_url or wish not in room.events:
            return
        room.told += 1
        params = {
            "AccountSid": self._house.account_sid, "ConferenceSid": room.sid, "FriendlyName": name,
            "StatusCallbackEvent": event, "SequenceNumber": str(room.told),
            **({"CallSid": call_sid} if call_sid else {}),
        }  # fmt: skip
        self._house.callback(Hook(url=room.events_url), params, "room", call_sid or room.sid)


def _lasts(verb: Verb) -> float:
    match verb:
        case Say():
            return speech_seconds(verb.text)
        case Pause():
            return verb.seconds
        case _:
            return 2.0
