"""Rooms in which callers meet who dialled into the same name: who enters and leaves, how that ends for the others."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from wakeup.simulator.call import Call
from wakeup.simulator.clock import Clock
from wakeup.simulator.ledger import Ledger
from wakeup.simulator.line import Line
from wakeup.simulator.twiml_verbs import Enter, Gather
from wakeup.simulator.webhooks import Params

MET = "[in the room]"
"""What everybody in a room hears when another one enters, or when they find somebody there."""
_LET_IN, _FULL = "answered", "failed"
"""What the action is told: they were let in, or there was no place left."""


class House(Protocol):
    """What a room needs of the phone company."""

    clock: Clock
    ledger: Ledger


@dataclass(slots=True, eq=False)
class Room:
    """One conference. `begun` once two were there and one of them may begin it."""

    inside: dict[str, Line] = field(default_factory=dict)
    begun: bool = False
    over: bool = False

    def tell(self) -> None:
        for line in self.inside.values():
            line.acted.beat()


class Rooms:
    """All conferences of one account. A name is free again when its conference is over."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._rooms: dict[str, Room] = {}

    async def enter(self, call: Call, line: Line, enter: Enter) -> Params:
        """Stay in the room until it is over, the star key is pressed, or the time is up; what the action is told."""
        room = self._rooms.setdefault(enter.room, Room())
        if len(room.inside) >= enter.most:
            return {"DialCallStatus": _FULL}
        self._come_in(room, call, line, enter)
        try:
            await self._stay(room, line, enter)
        finally:
            self._go_out(room, call, line, enter)
        return {"DialCallStatus": _LET_IN}

    def _come_in(self, room: Room, call: Call, line: Line, enter: Enter) -> None:
        room.inside[call.sid] = line
        self._house.ledger.add("room_entered", call=call.sid, room=enter.room, inside=len(room.inside))
        room.begun = room.begun or (enter.starts and len(room.inside) > 1)
        if room.begun:
            for each in room.inside.values():
                each.hear(MET)

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
        room.over = room.over or enter.ends or not room.inside
        if room.over and self._rooms.get(enter.room) is room:
            del self._rooms[enter.room]
        room.tell()
