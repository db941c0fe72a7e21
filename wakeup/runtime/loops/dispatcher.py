"""Place calls: take free lines, claim due attempts, commit the intent, POST once at its time, and record the
result."""

from __future__ import annotations

import asyncio
from datetime import datetime

from wakeup.domain.errors import ConstraintError, RemoteError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.domain.pacing import LEAD
from wakeup.runtime.clock import pause
from wakeup.runtime.loops.loop import Loop, LoopParts
from wakeup.runtime.loops.per_item import PerItem
from wakeup.usecases.dispatch.claim_attempts import LOOK_AGAIN, Claim, attempts_to_claim, claim_one
from wakeup.usecases.dispatch.dialling import Dialling
from wakeup.usecases.dispatch.record_placement import record_placement
from wakeup.usecases.dispatch.start_calls import Started, return_claim, return_start, start_due
from wakeup.usecases.dispatch.write_intent import Intent, write_intent
from wakeup.usecases.ports import Placement, PostResult, Telephony
from wakeup.usecases.ringing.pacing import MAY_BE_ITS_OWN, newest_refusal
from wakeup.usecases.store import Lane

MAX_AT_ONCE = 32


class Dispatcher(Loop):
    name = "dispatch"

    def __init__(self, engine: LoopParts, phone: Telephony, dialling: Dialling) -> None:
        super().__init__(engine)
        self._phone = phone
        self._dialling = dialling
        self._items: PerItem[AttemptId] = PerItem(engine, "attempt_not_claimed", "attempt_id")
        self._intents: PerItem[AttemptId] = PerItem(engine, "intent_not_written", "attempt_id")
        """Attempts that can be claimed, but not called: a claim reads nothing that is encrypted."""

    async def round(self) -> datetime | None:
        while True:
            # A task of its own, which `drain` waits for: a stop must not come between an intent and its POST.
            begun: asyncio.Future[Started] = asyncio.get_running_loop().create_future()
            _ = self.keep(asyncio.create_task(self._start(begun)))
            started = await asyncio.shield(begun)
            if not started.more_due:
                return started.again_at

    async def _start(self, begun: asyncio.Future[Started]) -> None:
        began = self.engine.clock.monotonic()
        try:
            started = await self._claim()
        except asyncio.CancelledError:
            # The node is stopping, and the round was cancelled first: nothing waits for the result.
            begun.cancel()
            raise
        except BaseException as error:  # noqa: BLE001 - it is the round's
            begun.set_exception(error)
            return
        begun.set_result(started)
        for claim in started.claims:
            self.spawn(self._ring(claim))
        if started.intent is not None:
            # At once, in this very task: other work that waits for the same commit comes after the POST.
            await self._guarded(self._post(started.intent, started.starts_at, began))

    async def _claim(self) -> Started:
        store, own, now = self.engine.store, self._dialling, self.engine.clock.now()
        resting = self._items.resting(now) | self._intents.resting(now)
        try:
            return await store.run(start_due, own, MAX_AT_ONCE, now, resting, lane=Lane.DISPATCH)
        except ConstraintError as race:
            # Nothing was claimed. An attempt claimed below waits until its lease ends if its number is still taken
            # then. One is enough, since only an attempt that was chosen alone races: the next round takes the others.
            self.engine.log.warning("start_lost_race", rule=str(race))
            return await self._claim_each(1, now, resting)
        except RemoteError:
            raise
        except Exception:
            self.engine.log.exception("start_failed")
            return await self._claim_each(MAX_AT_ONCE, now, resting)

    async def _claim_each(self, limit: int, now: datetime, resting: frozenset[AttemptId]) -> Started:
        """Claim up to `limit` attempts without their intents, each in a transaction of its own, after starting them
        together failed or lost a race.

        The one at fault fails alone and is left out for a while; the other phones still ring.
        """
        store, own = self.engine.store, self._dialling
        chosen = await store.run(attempts_to_claim, own.account, limit, now, resting, lane=Lane.DISPATCH)
        claims: list[Claim] = []
        for attempt_id in chosen:
            claiming = store.run(claim_one, own, attempt_id, now, lane=Lane.DISPATCH)
            claims += await self._items.one(attempt_id, claiming, now) or ()
        again_at = self._items.again(now, now + LOOK_AGAIN)
        return Started(claims=tuple(claims), more_due=bool(claims), again_at=again_at)

    async def _ring(self, claim: Claim) -> None:
        store, account, began = self.engine.store, self._dialling.account, self.engine.clock.monotonic()
        intent = await self._intents.one(claim.attempt_id, self._intend(claim), self.engine.clock.now())
        if claim.attempt_id in self._intents:
            # It failed, and another node may be able to make this call.
            await store.run(return_claim, account, claim, self.engine.clock.now(), lane=Lane.DISPATCH)
        elif intent is None:
            await store.run(return_start, account, claim, lane=Lane.DISPATCH)
        else:
            await self._post(intent, claim.starts_at, began)

    async def _intend(self, claim: Claim) -> Intent | None:
        store, now = self.engine.store, self.engine.clock.now()
        try:
            return await store.run(write_intent, claim, self._dialling.from_numbers, now, lane=Lane.DISPATCH)
        except ConstraintError as race:
            # Another call to this number or person went live meanwhile: the attempt waits until its lease ends.
            self.engine.log.warning("intent_lost_race", attempt_id=claim.attempt_id, rule=str(race))
            return None

    async def _post(self, intent: Intent, starts_at: datetime | None, began: float) -> None:
        """POST one call, once, not before `starts_at`. `began` is a monotonic time just before the intent was
        committed."""
        attempt_id = intent.order.attempt_id
        await self._wait_until(starts_at)
        placement = await self._place(intent, began)
        self.engine.log.info(
            "call_posted",
            attempt_id=attempt_id,
            call_sid=placement.call_sid,
            proof=placement.proof,
            code=placement.code,
            ms=round((self.engine.clock.monotonic() - began) * 1000, 1),
        )
        refused_at = newest_refusal(placement, MAY_BE_ITS_OWN, self._dialling.refused_at, self.engine.clock.now())
        self._dialling = replace(self._dialling, refused_at=refused_at)
        cut = await self.engine.store.run(
            record_placement,
            self._dialling.account.name,
            attempt_id,
            placement,
            self.engine.clock.now(),
            starts_at,
            lane=Lane.DISPATCH,
        )
        if cut is not None:
            await self._cut(cut)

    async def _wait_until(self, starts_at: datetime | None) -> None:
        """Wait for the start of a call. A clock that was set back keeps it waiting no longer than the lead."""
        clock = self.engine.clock
        wait = 0.0 if starts_at is None else clock.wait_for(min(starts_at, clock.now() + LEAD))
        if wait > 0:
            # Not even for zero seconds otherwise: other work would come before the POST.
            await pause(wait)

    async def _place(self, intent: Intent, began: float) -> Placement:
        if self.engine.clock.monotonic() - began > intent.valid_for.total_seconds():
            # The intent is too old to act on. Nothing was sent, so the attempt may be tried again.
            return Placement(proof=PostResult.NOT_SENT, reason="intent_too_old")
        return await self._phone.place(intent.order)

    async def _cut(self, call_sid: str) -> None:
        try:
            await self._phone.hang_up(call_sid)
        except RemoteError as error:
            self.engine.log.error("stranger_not_cut", call_sid=call_sid, reason=str(error))
