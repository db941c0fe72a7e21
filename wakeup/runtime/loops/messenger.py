"""Sends texts, asks about those that were never heard of again, and lets time pass over unanswered prompts."""

from __future__ import annotations

import asyncio
from datetime import datetime

from wakeup.domain.errors import RemoteError
from wakeup.domain.ids import SmsId
from wakeup.runtime.loops.loop import Engine, Loop
from wakeup.usecases.enrol_guardians import apply_changes
from wakeup.usecases.ports import Placement, Proof, SmsOrder, Texting
from wakeup.usecases.send_texts import Sender, TextStarted, record_sending, start_text
from wakeup.usecases.store import Lane
from wakeup.usecases.text_receipts import TextQuestion, due_text_checks, take_text_fetch, take_text_search
from wakeup.usecases.unit import Unit
from wakeup.usecases.wait_for_replies import wait_for_replies

A_CHUNK = 50


class Messenger(Loop):
    name = "message"

    def __init__(self, engine: Engine, phone: Texting, sender: Sender) -> None:
        super().__init__(engine)
        self._phone, self._sender = phone, sender

    async def round(self) -> datetime | None:
        store, clock = self.engine.store, self.engine.clock
        while await store.run(wait_for_replies, clock.now(), A_CHUNK, lane=Lane.DISPATCH) == A_CHUNK:
            pass
        while await store.run(apply_changes, clock.now(), A_CHUNK, lane=Lane.DISPATCH) == A_CHUNK:
            pass
        again_at = await self._send()
        for question in await store.run(due_text_checks, clock.now(), A_CHUNK, lane=Lane.DISPATCH):
            self.spawn(self._ask(question))
        due = await store.read(_next_due)
        return min((at for at in (again_at, due) if at is not None), default=None)

    async def _send(self) -> datetime | None:
        while True:
            # A task of its own, which is waited for at the end: whoever stops us must not part an intent from its POST.
            started = await asyncio.shield(self.keep(asyncio.create_task(self._start())))
            if not started.worked:
                return started.again_at

    async def _start(self) -> TextStarted:
        began = self.engine.clock.monotonic()
        started = await self.engine.store.run(start_text, self._sender, self.engine.clock.now(), lane=Lane.DISPATCH)
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


def _next_due(unit: Unit) -> datetime | None:
    due = (unit.texts.next_check(), unit.confirmations.next_due(), unit.guardians.next_change())
    return min((at for at in due if at is not None), default=None)
