"""One account at the phone company: its calls, the dialling queue and the in-process interface for tests."""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, deque
from pathlib import Path

from wakeup.simulator.call import Call
from wakeup.simulator.call_life import CallLifecycle
from wakeup.simulator.call_request import CallRequest, Hook, RequestFault
from wakeup.simulator.callbacks import Callbacks
from wakeup.simulator.callee import Population
from wakeup.simulator.clock import Clock, rest
from wakeup.simulator.conference import Rooms
from wakeup.simulator.dialled import dialled, request_of
from wakeup.simulator.faults import Faults
from wakeup.simulator.handset import Handset
from wakeup.simulator.ledger import Ledger
from wakeup.simulator.line import Line, People, Person
from wakeup.simulator.messages import Messages
from wakeup.simulator.restore import restore_calls, sids_used
from wakeup.simulator.twiml_verbs import Dial, Enter
from wakeup.simulator.webhooks import Answer, Connector, Params, Postman, sockets

LONGEST_QUEUED_S = 24 * 3600.0


class Account:
    """An account. `calls_per_second` may be changed while it runs."""

    def __init__(  # noqa: PLR0913
        self,
        account_sid: str,
        auth_token: str,
        clock: Clock,
        seed: int = 0,
        calls_per_second: float = 1.0,
        *,
        max_concurrent: int = 0,
        owned_numbers: frozenset[str] = frozenset(),
        people: People | None = None,
        ledger_file: Path | None = None,
        post_dial_delay: float = 1.0,
        connector: Connector = sockets,
    ) -> None:
        """`max_concurrent` 0 means no limit; with empty `owned_numbers` any From number is accepted.

        `connector` makes the aiohttp connector that carries the webhooks.
        """
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.api_keys: dict[str, str] = {}
        """SIDs of API keys and their secrets. Webhooks are signed with the auth token all the same."""
        self.clock = clock
        self.seed = seed
        self.calls_per_second = calls_per_second
        self.max_concurrent = max_concurrent
        self.owned_numbers = owned_numbers
        self.post_dial_delay = post_dial_delay
        self.people: People = people or Population(seed)
        self.suspended = False
        self.ledger = Ledger(clock.now, ledger_file)
        self.faults = Faults(seed)
        self.postman = Postman(lambda: self.auth_token, self.ledger, connector)
        self.messages = Messages(self)
        self.rooms = Rooms(self)
        self.inbound_message_url = ""
        self.inbound_voice_url = ""
        self.calls: dict[str, Call] = restore_calls(self.ledger)
        self.handsets: dict[str, Handset] = {}
        self._dialled: Counter[str] = Counter(call.request.to for call in self.calls.values())
        self._live: set[Call] = set()
        self._queue: deque[Call] = deque()
        self._dialler: asyncio.Task[None] | None = None
        self._next_slot = 0.0
        self._sids = sids_used(self.ledger.facts)
        self._tasks: set[asyncio.Task[None]] = set()
        self._callbacks = Callbacks(self)
        self._broken: list[BaseException] = []

    # Calls

    def create(self, request: CallRequest) -> Call:
        """Accept a call into the queue. Raises RequestFault with Twilio's code."""
        if self.owned_numbers and request.from_ not in self.owned_numbers:
            raise RequestFault(21210, "'From' phone number not verified")
        refused = 0 if request.to in self.handsets else self.people.refusal(request.to)
        if refused:
            raise RequestFault(refused, "The 'To' number cannot be called")
        if self.max_concurrent and self.live_calls >= self.max_concurrent:
            raise RequestFault(10004, "Call concurrency limit exceeded")
        call = Call(sid=self.new_sid("CA"), request=request, created=self.clock.now(), queue_ms=self._queue_ms())
        self.calls[call.sid] = call
        self._live.add(call)
        url = request.url.url if request.url else ""
        self.ledger.add("created", call=call.sid, to=request.to, from_=request.from_, url=url)
        self._queue.append(call)
        if self._dialler is None or self._dialler.done():
            self._dialler = asyncio.create_task(self._dial())
            self.start(self._dialler)
        return call

    @property
    def live_calls(self) -> int:
        self._live = {call for call in self._live if not call.final}
        return len(self._live)

    def _queue_ms(self) -> int:
        """Return how long in milliseconds a call that is created now will wait, given the calls before it."""
        head = max(0.0, self._next_slot - asyncio.get_running_loop().time()) / self.clock.loop_seconds(1.0)
        return round(1000 * (head + len(self._queue) / self.calls_per_second))

    def cancel_queued(self, call: Call) -> None:
        call.sip = "487"
        CallLifecycle(call, self.people.person(call.request.to, 0), self).finish("canceled")

    async def _dial(self) -> None:
        """Let calls leave the queue in order, `calls_per_second` of them per second. One that has waited for a day is
        cancelled instead."""
        loop = asyncio.get_running_loop()
        self._next_slot = max(self._next_slot, loop.time())
        while self._queue:
            patience = self.clock.loop_seconds(self._may_wait_s(self._queue[0]))
            wait = min(self._next_slot - loop.time(), patience)
            if wait > 0:
                await rest(wait)
            call = self._queue.popleft()
            if call.final:
                continue
            if self._may_wait_s(call) <= 0:
                self.cancel_queued(call)
                continue
            # Late wake-ups are made up for while the queue lasts. An idle period does not add up to a burst.
            self._next_slot += self.clock.loop_seconds(1.0 / self.calls_per_second)
            self.ledger.add("initiated", call=call.sid)
            life = CallLifecycle(call, self._person(call.request.to), self)
            self.start(asyncio.create_task(life.run()))

    def _may_wait_s(self, call: Call) -> float:
        """Return how many virtual seconds a call may still wait in the queue."""
        return LONGEST_QUEUED_S - (self.clock.now() - call.created).total_seconds()

    def _person(self, number: str) -> Person:
        earlier, self._dialled[number] = self._dialled[number], self._dialled[number] + 1
        return self.handsets.get(number) or self.people.person(number, earlier)

    def verdict(self, person: Person, mode: str, longest: float) -> tuple[str, float]:
        found = person.detected(mode)
        answered_by = self.faults.for_verdict(found.answered_by)
        if found.seconds > longest:
            return "unknown", longest
        return answered_by, found.seconds

    # Webhooks

    async def webhook(self, hook: Hook, params: Params, kind: str, sid: str) -> Answer:
        return await self.postman.send(hook, params, kind=kind, sid=sid)

    async def fetch_audio(self, sid: str, url: str) -> bool:
        answer = await self.postman.fetch(url)
        if answer.good and answer.content_type.startswith("audio/"):
            self.ledger.add("played", call=sid, url=url)
            return True
        code = 13420 if answer.good else 11200
        text = f"{answer.error or answer.status} {answer.content_type}, instead of audio"
        self.ledger.add("problem", call=sid, kind="play", code=code, text=text)
        return False

    def callback(self, hook: Hook, params: Params, kind: str, sid: str) -> None:
        self._callbacks.send(hook, params, kind, sid)

    def record(self, call: Call, hook: Hook | None, channels: int = 1) -> str:
        return self._callbacks.record(call, hook, channels)

    async def connect(self, sid: str, dial: Dial) -> Params:
        """Run the other leg of a Dial: a call of its own that nobody posted."""
        parent = self.calls[sid]
        call = Call(
            sid=self.new_sid("CA"), request=request_of(parent, dial), created=self.clock.now(),
            direction="outbound-dial", parent=parent.sid,
        )  # fmt: skip
        self.calls[call.sid] = call
        self.ledger.add("dialled", call=call.sid, parent=parent.sid, to=dial.number)
        return await dialled(call, self._person(dial.number), self, parent, dial)

    async def enter(self, sid: str, enter: Enter) -> Params:
        """Enter a conference, in which the caller meets the others who dialled into the same room."""
        call = self.calls[sid]
        assert call.line is not None
        return await self.rooms.enter(call, call.line, enter)

    def call_in(self, from_: str, to: str, url: str = "") -> Line:
        """Let a callee call one of the service's numbers. Returns the callee's line."""
        request = CallRequest(to=to, from_=from_, url=Hook(url=url or self.inbound_voice_url))
        call = Call(sid=self.new_sid("CA"), request=request, created=self.clock.now(), direction="inbound")
        self.calls[call.sid] = call
        self.ledger.add("inbound", call=call.sid, from_=from_)
        life = CallLifecycle(call, self.people.person(from_, 0), self)
        self.start(asyncio.create_task(life.run_inbound()))
        return life.line

    def receive(self, from_: str, to: str, body: str, url: str = "") -> asyncio.Task[list[str]]:
        """Send an SMS from a callee to one of the service's numbers. Awaiting the task gives the TwiML replies."""
        hook = Hook(url=url or self.inbound_message_url)
        return asyncio.get_running_loop().create_task(self.messages.receive(from_, to, body, hook))

    # For tests

    def handset(self, number: str) -> Handset:
        """Take over a number: from now on only the test answers there."""
        if number not in self.handsets:
            self.handsets[number] = Handset(number, self)
        return self.handsets[number]

    def suspend_account(self, *, suspended: bool = True) -> None:
        self.suspended = suspended

    def assert_nothing_unexpected(self) -> None:
        """Fail on calls that no test expected, webhooks not answered with 2xx and answers that are not valid TwiML."""
        faults = [
            f"call {one.sid} rang at a handset nobody expected" for h in self.handsets.values() for one in h.missed
        ]
        faults += [
            f"{row['kind']} of {row.get('call', '?')}: {row['code']} {row.get('text', '')}"
            for row in self.ledger.of("problem")
        ]
        assert not faults, "unexpected:\n  " + "\n  ".join(faults)

    # Plumbing

    def new_sid(self, prefix: str) -> str:
        self._sids += 1
        return prefix + hashlib.md5(f"{self.seed}/{self._sids}".encode(), usedforsecurity=False).hexdigest()

    def start(self, work: asyncio.Task[None]) -> None:
        self._tasks.add(work)
        work.add_done_callback(self._finished)

    def _finished(self, work: asyncio.Task[None]) -> None:
        self._tasks.discard(work)
        if not work.cancelled() and (error := work.exception()) is not None:
            self._broken.append(error)
            self.ledger.add("problem", call="", kind="simulator", code=0, text=repr(error))

    async def stop(self) -> None:
        """Stop everything where it is, as when the company's machine is switched off."""
        while self._tasks:
            # A task that is cancelled may still send something.
            for work in list(self._tasks):
                work.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """Stop and close everything. Raises the simulator's own errors."""
        await self.stop()
        await self.postman.close()
        self.ledger.close()
        if self._broken:
            raise self._broken[0]
