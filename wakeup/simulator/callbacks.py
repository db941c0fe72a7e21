"""Callbacks that are sent without waiting for the answer: in order, or as faults decide lost, late, doubled,
reordered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from wakeup.simulator.call import Call
from wakeup.simulator.call_request import Hook
from wakeup.simulator.clock import Clock
from wakeup.simulator.faults import Faults
from wakeup.simulator.ledger import Ledger
from wakeup.simulator.webhooks import Answer, Params

AFTER_THE_NEXT = 1.0
"""A reordered callback is sent this many virtual seconds after the one that overtook it."""


class Company(Protocol):
    """What callbacks need of the phone company."""

    account_sid: str
    calls: dict[str, Call]
    clock: Clock
    faults: Faults
    ledger: Ledger

    def new_sid(self, prefix: str) -> str: ...
    def start(self, work: asyncio.Task[None]) -> None: ...
    async def webhook(self, hook: Hook, params: Params, kind: str, sid: str) -> Answer: ...


class Callbacks:
    """Status, detection, recording and message callbacks of one phone company."""

    def __init__(self, company: Company) -> None:
        self._company = company
        self._held_back: dict[str, list[Callable[[], None]]] = {}

    def send(self, hook: Hook, params: Params, kind: str, sid: str) -> None:
        """Send without waiting for the answer."""
        company = self._company
        fault = company.faults.for_callback(kind)
        if fault == "lost":
            company.ledger.add("callback_lost", call=sid, kind=kind)
            return

        def post() -> None:
            company.start(asyncio.create_task(self._post(hook, params, kind, sid)))

        held = self._held_back.pop(sid, [])
        if fault == "reordered" and kind != "completed":
            self._held_back.setdefault(sid, []).append(post)
        elif fault == "late":
            company.start(asyncio.create_task(self._later(post, company.faults.late_seconds)))
        else:
            post()
            if fault == "doubled":
                post()
        for one in held:
            company.start(asyncio.create_task(self._later(one, AFTER_THE_NEXT)))

    async def _later(self, post: Callable[[], None], seconds: float) -> None:
        await self._company.clock.sleep(seconds)
        post()

    async def _post(self, hook: Hook, params: Params, kind: str, sid: str) -> None:
        company = self._company
        answer = await company.webhook(hook, params, kind, sid)
        if not answer.good:
            text = f"the application answered {answer.status or answer.error}"
            company.ledger.add("problem", call=sid, kind=kind, code=15003, text=text)
        call = company.calls.get(sid)
        if call is not None:
            call.callbacks_done.set()

    def record(self, call: Call, hook: Hook | None, channels: int = 1) -> str:
        """Start recording a live call. Returns the recording's SID. The callback follows the end of the call."""
        sid = self._company.new_sid("RE")
        call.recordings.append(sid)
        self._company.ledger.add("recording", call=call.sid, recording=sid, channels=channels)
        if hook is not None:
            self._company.start(asyncio.create_task(self._recorded(call, sid, hook, channels)))
        return sid

    async def _recorded(self, call: Call, sid: str, hook: Hook, channels: int) -> None:
        account = self._company.account_sid
        while not call.final and call.line is not None:
            await call.line.wait_changed()
        await self._company.clock.sleep(2.0)
        params = {
            "AccountSid": account,
            "CallSid": call.sid,
            "RecordingSid": sid,
            "RecordingUrl": f"https://api.twilio.com/2010-04-01/Accounts/{account}/Recordings/{sid}",
            "RecordingStatus": "completed",
            "RecordingDuration": str(call.seconds or 0),
            "RecordingChannels": str(channels),
            "RecordingSource": "StartCallRecordingAPI",
        }
        self.send(hook, params, "recording", call.sid)
