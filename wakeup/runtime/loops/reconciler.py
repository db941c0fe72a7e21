"""Ask Twilio about calls whose status or recording is overdue. Asking never places a call."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import RemoteError
from wakeup.domain.ids import AttemptId
from wakeup.runtime.clock import pause
from wakeup.runtime.loops.loop import Loop, LoopParts
from wakeup.runtime.loops.per_item import PerItem
from wakeup.usecases.conversation.missed_recordings import take_recordings
from wakeup.usecases.dispatch.reconcile import Lookup, check, checks_due, record_fetch, record_search
from wakeup.usecases.ports import Telephony
from wakeup.usecases.store import Lane

CHECKS_A_CHUNK = 50
GATHER_S = 0.05
"""Seconds to wait before a round. Every new call wakes the loop, only to set a timer seconds ahead, just when the
call is to be posted; the POST comes first."""


class Reconciler(Loop):
    name = "reconcile"

    def __init__(self, engine: LoopParts, phone: Telephony) -> None:
        super().__init__(engine)
        self._phone = phone
        self._checks: PerItem[AttemptId] = PerItem(engine, "call_not_checked", "attempt_id")

    async def round(self) -> datetime | None:
        await pause(GATHER_S)
        return await self._checks.all(checks_due, self._check, CHECKS_A_CHUNK)

    async def _check(self, attempt_id: AttemptId, now: datetime) -> None:
        question = await self.engine.store.run(check, attempt_id, now, lane=Lane.DISPATCH)
        if question is not None:
            self.spawn(self._ask(question))

    async def _ask(self, question: Lookup) -> None:
        try:
            cut = await self._answer(question)
            for call_sid in cut:
                await self._phone.hang_up(call_sid)
        except RemoteError as error:
            # It stays due and is asked again.
            self.engine.log.warning("question_unanswered", attempt_id=question.attempt_id, reason=str(error))
        self.engine.hub.publish((self.name,))

    async def _answer(self, question: Lookup) -> list[str]:
        """Ask, and record the answer. Returns the SIDs of the calls to cut."""
        if question.call_sid is None:
            return await self._search(question)
        if question.over:
            found = await self._phone.recordings(question.call_sid)
            await self.engine.store.run(take_recordings, question.attempt_id, found, self.engine.clock.now())
            return []
        return await self._fetch(question.call_sid, question)

    async def _search(self, question: Lookup) -> list[str]:
        now = self.engine.clock.now()
        found = await self._phone.find(question.to, question.from_, question.since, now)
        return await self.engine.store.run(record_search, question.attempt_id, found, self.engine.clock.now())

    async def _fetch(self, call_sid: str, question: Lookup) -> list[str]:
        call = await self._phone.fetch(call_sid)
        now, again = self.engine.clock.now(), question.asked_again_at
        cut = await self.engine.store.run(record_fetch, question.attempt_id, call, now, again)
        return [] if cut is None else [cut]
