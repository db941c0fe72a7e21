"""Serve customers who wait for an agent: offer the next agent, end waits that lasted too long, leave no customer
alone in a conference."""

from __future__ import annotations

from collections.abc import Coroutine
from datetime import datetime
from typing import Any

from wakeup.domain.errors import RemoteError
from wakeup.domain.ids import AttemptId
from wakeup.runtime.loops.loop import Loop, LoopParts
from wakeup.runtime.loops.per_item import PerItem
from wakeup.usecases.agents.tend_hand_overs import Tended, due_hand_overs, end_wrap_ups, tend
from wakeup.usecases.due import soonest
from wakeup.usecases.ports import Telephony
from wakeup.usecases.store import Lane

A_CHUNK = 20


class Switchboard(Loop):
    name = "people"

    def __init__(self, engine: LoopParts, phone: Telephony) -> None:
        super().__init__(engine)
        self._phone = phone
        self._items: PerItem[tuple[AttemptId, int]] = PerItem(engine, "hand_over_not_tended", "hand_over")

    async def round(self) -> datetime | None:
        store, clock = self.engine.store, self.engine.clock
        ready_at = await store.run(end_wrap_ups, clock.now(), lane=Lane.DISPATCH)
        seen: set[tuple[str, int, datetime | None]] = set()
        while True:
            now = clock.now()
            due = await store.look(due_hand_overs, now, A_CHUNK + len(seen) + len(self._items))
            awake = set(self._items.awake(((one.attempt_id, one.n) for one in due.found), now))
            # Nothing has changed for a hand-over that is found again: no agent can be called for it now.
            fresh = [
                one
                for one in due.found
                if (one.attempt_id, one.n) in awake and (one.attempt_id, one.n, one.due_at) not in seen
            ]
            if not fresh:
                return soonest(self._items.again(now, due.next_due), ready_at)
            seen |= {(one.attempt_id, one.n, one.due_at) for one in fresh}
            for one in fresh:
                tending = store.run(tend, one, clock.now(), lane=Lane.DECIDE)
                tended = await self._items.one((one.attempt_id, one.n), tending, now)
                if tended is not None:
                    self.spawn(self._do(tended))

    async def _do(self, tended: Tended) -> None:
        """Cut calls and take customers back from conferences. What fails is due again until it has succeeded."""
        for call_sid in tended.cut:
            await self._asked("ringing_not_cut", call_sid, self._phone.hang_up(call_sid))
        for back in tended.take_back:
            going_on = self._phone.go_on(back.call_sid, back.attempt_id, back.n)
            await self._asked("not_taken_back", back.call_sid, going_on)

    async def _asked(self, complaint: str, call_sid: str, question: Coroutine[Any, Any, None]) -> None:
        try:
            await question
        except RemoteError as error:
            self.engine.log.warning(complaint, call_sid=call_sid, reason=str(error))
