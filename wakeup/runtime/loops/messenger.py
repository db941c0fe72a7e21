"""Send SMS, look up those whose status never arrived, and expire prompts that were not replied to."""

from __future__ import annotations

import asyncio
from datetime import datetime

from wakeup.domain.errors import RemoteError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import ConfirmationId, CustomerId, GuardianId, SmsId
from wakeup.domain.rest import NO_REST, Rest
from wakeup.runtime.loops.loop import Loop, LoopParts
from wakeup.runtime.loops.per_item import PerItem
from wakeup.usecases.due import Due
from wakeup.usecases.guardians.enrol_guardians import apply_change
from wakeup.usecases.ports import Placement, PostResult, SmsOrder, Texting
from wakeup.usecases.ringing.pacing import newest_refusal
from wakeup.usecases.store import Lane
from wakeup.usecases.texts.post_due import PostDue, post_due
from wakeup.usecases.texts.send_texts import THE_ONE_SENDER, Sender, TextStarted, record_sending, start_text
from wakeup.usecases.texts.text_receipts import TextQuestion, check_text, record_text_fetch, record_text_search
from wakeup.usecases.texts.wait_for_replies import wait_for_reply

A_CHUNK = 50


class Messenger(Loop):
    name = "message"

    def __init__(self, engine: LoopParts, phone: Texting, sender: Sender) -> None:
        super().__init__(engine)
        self._phone, self._sender = phone, sender
        self._prompts: PerItem[ConfirmationId] = PerItem(engine, "prompt_not_looked_after", "confirmation_id")
        self._changes: PerItem[tuple[CustomerId, GuardianId]] = PerItem(engine, "change_not_made", "guardian")
        self._texts: PerItem[SmsId] = PerItem(engine, "text_not_started", "sms_id")
        self._checks: PerItem[SmsId] = PerItem(engine, "text_not_checked", "sms_id")
        self._paced = NO_REST
        """Until the account may send again: asked earlier, at another wake-up, the answer would be the same."""

    async def round(self) -> datetime | None:
        """Do all that is due. SMS go out one by one, the most urgent first, as fast as the account may send.

        A more urgent SMS may have become due since the last one.
        """
        store, clock = self.engine.store, self.engine.clock
        while True:
            now = clock.now()
            due = await store.look(post_due, now, A_CHUNK + self._resting())
            acted = [
                await self._prompts.some(due.prompts, self._prompt, now),
                await self._changes.some(due.changes, self._change, now),
                await self._checks.some(due.checks, self._check, now),
                await self._send(due.texts, now),
            ]
            if not any(acted):
                return self._again(due, now)

    def _resting(self) -> int:
        return max(len(self._prompts), len(self._changes), len(self._texts), len(self._checks))

    def _again(self, due: PostDue, now: datetime) -> datetime | None:
        again = (
            self._prompts.again(now, due.prompts.next_due),
            self._changes.again(now, due.changes.next_due),
            self._checks.again(now, due.checks.next_due),
            # While the account is paced, those that were found are still due, though none was tried.
            self._texts.again(now, due.texts.next_due, untried=due.texts.found),
        )
        paced = self._paced.until if due.texts.found else None
        # A due SMS that waits for the account must not wake the loop sooner.
        return min((at for at in (*again, paced) if at is not None and at > now), default=None)

    async def _prompt(self, confirmation_id: ConfirmationId, now: datetime) -> None:
        await self.engine.store.run(wait_for_reply, confirmation_id, now, lane=Lane.DISPATCH)

    async def _change(self, whose: tuple[CustomerId, GuardianId], now: datetime) -> None:
        await self.engine.store.run(apply_change, *whose, now, lane=Lane.DISPATCH)

    async def _check(self, sms_id: SmsId, now: datetime) -> None:
        question = await self.engine.store.run(check_text, sms_id, now, lane=Lane.DISPATCH)
        if question is not None:
            self.spawn(self._ask(question))

    async def _send(self, due: Due[SmsId], now: datetime) -> bool:
        """Send the first of them. Return True if the next one may follow."""
        awake = self._texts.awake(due.found, now)
        if not awake or self._paced.holds(now):
            return False
        # A task of its own, which `drain` waits for: a stop must not come between an intent and its POST.
        starting = self.keep(asyncio.create_task(self._start(awake[0])))
        started = await self._texts.one(awake[0], asyncio.shield(starting), now)
        if started is None or started.more_due:
            return True
        self._paced = NO_REST if started.again_at is None else Rest(now, started.again_at)
        return False

    async def _start(self, sms_id: SmsId) -> TextStarted:
        began, clock = self.engine.clock.monotonic(), self.engine.clock
        started = await self.engine.store.run(start_text, self._sender, sms_id, clock.now(), lane=Lane.DISPATCH)
        if started.order is not None:
            self.spawn(self._post(started.order, began, started.valid_for.total_seconds()))
        return started

    async def _post(self, order: SmsOrder, began: float, valid_for: float) -> None:
        """POST one SMS, once. `began` is a monotonic time just before the intent was committed."""
        if self.engine.clock.monotonic() - began > valid_for:
            # Nothing was sent, so it may be tried again.
            placement = Placement(proof=PostResult.NOT_SENT, reason="intent_too_old")
        else:
            placement = await self._phone.send(order)
        self.engine.log.info(
            "text_posted", sms_id=order.sms_id, message_sid=placement.call_sid, proof=placement.proof,
            code=placement.code, ms=round((self.engine.clock.monotonic() - began) * 1000, 1),
        )  # fmt: skip
        refused_at = newest_refusal(placement, THE_ONE_SENDER, self._sender.refused_at, self.engine.clock.now())
        self._sender = replace(self._sender, refused_at=refused_at)
        await self.engine.store.run(
            record_sending, self._sender, order.sms_id, placement, self.engine.clock.now(), lane=Lane.DISPATCH
        )

    async def _ask(self, question: TextQuestion) -> None:
        try:
            await self._asked(question.sms_id, question)
        except RemoteError as error:
            # It stays due and is looked up again.
            self.engine.log.warning("text_unanswered", sms_id=question.sms_id, reason=str(error))
        self.engine.hub.publish((self.name,))

    async def _asked(self, sms_id: SmsId, question: TextQuestion) -> None:
        store, clock = self.engine.store, self.engine.clock
        if question.message_sid is None:
            found = await self._phone.find_texts(question.to, question.body, question.since)
            await store.run(record_text_search, sms_id, found, clock.now(), lane=Lane.DISPATCH)
        else:
            text = await self._phone.fetch_text(question.message_sid)
            await store.run(record_text_fetch, sms_id, text, clock.now(), lane=Lane.DISPATCH)
