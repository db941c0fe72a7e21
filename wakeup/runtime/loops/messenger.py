"""Sends texts, asks about those that were never heard of again, and lets time pass over unanswered prompts."""

from __future__ import annotations

import asyncio
from datetime import datetime

from wakeup.domain.errors import RemoteError
from wakeup.domain.ids import ConfirmationId, CustomerId, GuardianId, SmsId
from wakeup.runtime.loops.apart import Apart
from wakeup.runtime.loops.loop import Engine, Loop
from wakeup.usecases.enrol_guardians import apply_change, changes_due
from wakeup.usecases.ports import Placement, Proof, SmsOrder, Texting
from wakeup.usecases.send_texts import Sender, TextStarted, record_sending, start_text, texts_due
from wakeup.usecases.store import Lane
from wakeup.usecases.text_receipts import TextQuestion, check_text, take_text_fetch, take_text_search, text_checks_due
from wakeup.usecases.unit import Unit
from wakeup.usecases.wait_for_replies import prompts_due, wait_for_reply

A_CHUNK = 50


class Messenger(Loop):
    name = "message"

    def __init__(self, engine: Engine, phone: Texting, sender: Sender) -> None:
        super().__init__(engine)
        self._phone, self._sender = phone, sender
        self._prompts: Apart[ConfirmationId] = Apart(engine, "prompt_not_looked_after", "confirmation_id")
        self._changes: Apart[tuple[CustomerId, GuardianId]] = Apart(engine, "change_not_made", "guardian")
        self._texts: Apart[SmsId] = Apart(engine, "text_not_started", "sms_id")
        self._checks: Apart[SmsId] = Apart(engine, "text_not_checked", "sms_id")

    async def round(self) -> datetime | None:
        store, now = self.engine.store, self.engine.clock.now()
        await self._prompts.all(prompts_due, self._prompt, A_CHUNK)
        await self._changes.all(changes_due, self._change, A_CHUNK)
        again_at = await self._send()
        await self._checks.all(text_checks_due, self._check, A_CHUNK)
        prompt, change, check = await store.look(_next_due)
        again = (self._prompts.again(now, prompt), self._changes.again(now, change), self._checks.again(now, check))
        return min((at for at in (again_at, *again) if at is not None), default=None)

    async def _prompt(self, confirmation_id: ConfirmationId, now: datetime) -> None:
        await self.engine.store.run(wait_for_reply, confirmation_id, now, lane=Lane.DISPATCH)

    async def _change(self, whose: tuple[CustomerId, GuardianId], now: datetime) -> None:
        await self.engine.store.run(apply_change, *whose, now, lane=Lane.DISPATCH)

    async def _check(self, sms_id: SmsId, now: datetime) -> None:
        question = await self.engine.store.run(check_text, sms_id, now, lane=Lane.DISPATCH)
        if question is not None:
            self.spawn(self._ask(question))

    async def _send(self) -> datetime | None:
        """One after the other, the most urgent first, as fast as the account may."""
        store, clock = self.engine.store, self.engine.clock
        while True:
            now = clock.now()
            due = await store.look(texts_due, now, 1 + len(self._texts))
            awake = self._texts.awake(due.texts, now)
            if not awake:
                return self._texts.again(now, due.next_due)
            # A task of its own, which is waited for at the end: whoever stops us must not part an intent from its POST.
            starting = self.keep(asyncio.create_task(self._start(awake[0])))
            started = await self._texts.one(awake[0], asyncio.shield(starting), now)
            if started is not None and not started.worked:
                return started.again_at

    async def _start(self, sms_id: SmsId) -> TextStarted:
        began, clock = self.engine.clock.monotonic(), self.engine.clock
        started = await self.engine.store.run(start_text, self._sender, sms_id, clock.now(), lane=Lane.DISPATCH)
        if started.order is not None:
            self.spawn(self._post(started.order, began, started.valid_for.total_seconds()))
        return started

    async def _post(self, order: SmsOrder, began: float, valid_for: float) -> None:
        """Once. `began`: a moment before the intent was committed."""
        if self.engine.clock.monotonic() - began > valid_for:
            # Nothing was sent, so it may be tried again.
            placement = Placement(proof=Proof.NOT_SENT, reason="intent_too_old")
        else:
            placement = await self._phone.send(order)
        self.engine.log.info(
            "text_posted", sms_id=order.sms_id, message_sid=placement.call_sid, proof=placement.proof,
            code=placement.code, ms=round((self.engine.clock.monotonic() - began) * 1000, 1),
        )  # fmt: skip
        await self.engine.store.run(
            record_sending, self._sender, order.sms_id, placement, self.engine.clock.now(), lane=Lane.DISPATCH
        )

    async def _ask(self, question: TextQuestion) -> None:
        try:
            await self._asked(question.sms_id, question)
        except RemoteError as error:
            # It stays due: it is asked again.
            self.engine.log.warning("text_unanswered", sms_id=question.sms_id, reason=str(error))
        self.engine.hub.publish((self.name,))

    async def _asked(self, sms_id: SmsId, question: TextQuestion) -> None:
        store, clock = self.engine.store, self.engine.clock
        if question.message_sid is None:
            found = await self._phone.find_texts(question.to, question.body, question.since)
            await store.run(take_text_search, sms_id, found, clock.now(), lane=Lane.DISPATCH)
        else:
            text = await self._phone.fetch_text(question.message_sid)
            await store.run(take_text_fetch, sms_id, text, clock.now(), lane=Lane.DISPATCH)


def _next_due(unit: Unit) -> tuple[datetime | None, datetime | None, datetime | None]:
    """The next prompt, change and check."""
    return unit.confirmations.next_due(), unit.guardians.next_change(), unit.texts.next_check()
