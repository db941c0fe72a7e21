"""The other leg of a Dial: it calls a second phone, plays it the whisper, and joins the two until one leaves."""

from __future__ import annotations

import asyncio

from wakeup.simulator.call import Call
from wakeup.simulator.call_life import CallLifecycle, Exchange
from wakeup.simulator.call_request import CallRequest, Hook
from wakeup.simulator.line import Person
from wakeup.simulator.twiml_verbs import Dial
from wakeup.simulator.webhooks import Params

JOINED = "[connected]"
"""What both sides hear when they are joined; from then on they talk to each other."""


class Dialled(CallLifecycle):
    """The call to the second phone. `joined` is True once the two were connected."""

    def __init__(self, call: Call, person: Person, exchange: Exchange, parent: Call, dial: Dial) -> None:
        super().__init__(call, person, exchange)
        self._parent, self._dial = parent, dial
        self.joined = False

    async def _conversation(self) -> str:
        self.call.status, self.call.answered = "in-progress", self.exchange.clock.now()
        self.exchange.ledger.add("answered", call=self.call.sid)
        self.line.open()
        over = asyncio.get_running_loop().time() + self.exchange.clock.loop_seconds(self._dial.longest)
        if self.call.request.url is not None:
            await self._media(over)
        if not (self.cut or self._ending()):
            await self._talk(over)
        return "completed"

    async def _talk(self, over: float) -> None:
        """Wait until one of the two leaves. The caller's own call ends this one by `end`."""
        self.joined = True
        for call in (self._parent, self.call):
            if call.line is not None:
                call.line.hear(JOINED)
        loop, scale = asyncio.get_running_loop(), self.exchange.clock.loop_seconds(1.0)
        while not self._ending() and (left := over - loop.time()) > 0:
            await self.line.acted.wait(left / scale)


async def dialled(call: Call, person: Person, exchange: Exchange, parent: Call, dial: Dial) -> Params:
    """Run the second call. Returns the fields for the caller's action. Cancelling this coroutine means that the
    caller has hung up."""
    life = Dialled(call, person, exchange, parent, dial)
    leg = asyncio.create_task(life.run())
    try:
        await asyncio.shield(leg)
    except asyncio.CancelledError:
        call.end("completed")
        await asyncio.wait({leg})
        raise
    seconds = call.seconds or 0
    return {
        "DialCallStatus": call.status,
        "DialCallSid": call.sid,
        "DialBridged": str(life.joined).lower(),
        **({"DialCallDuration": str(seconds)} if call.answered else {}),
    }


def request_of(parent: Call, dial: Dial) -> CallRequest:
    """Return the request of the second call. The second phone shows the number that the caller gave, or the one
    the first call was made from."""
    caller = dial.caller_id or parent.request.from_
    whisper = Hook(url=dial.whisper, method=dial.whisper_method) if dial.whisper else None
    return CallRequest(to=dial.number, from_=caller, url=whisper, timeout=dial.timeout)
