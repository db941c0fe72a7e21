"""Post signed decisions to the payment core until each is acknowledged, dead, or superseded by a newer one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from wakeup.runtime.loops.loop import Loop, LoopParts
from wakeup.usecases.deciding.deliver import LeasedMessage, record_delivery, take_messages
from wakeup.usecases.ports import PaymentCore, Receipt
from wakeup.usecases.records import MessageState

MAX_AT_ONCE = 32
MAX_AGAIN = 24
"""How many of `MAX_AT_ONCE` may be retries, so that a core that hangs does not keep a fresh decision waiting for
its time-out."""
LOOK_AGAIN = timedelta(seconds=1)


def nobody_counts(late: timedelta) -> None:
    """Ignore the delay, where there are no metrics."""


class Deliverer(Loop):
    name = "deliver"

    def __init__(
        self, engine: LoopParts, core: PaymentCore, arrived: Callable[[timedelta], None] = nobody_counts
    ) -> None:
        """`arrived` is called with the delay of each delivered decision, zero if it was in time."""
        super().__init__(engine)
        self._core, self._arrived = core, arrived
        self._awaited = True
        """True if messages may be waiting for the end of a delivery, as far as is known."""
        self._again = 0
        """Number of retries on the wire."""

    async def round(self) -> datetime | None:
        while True:
            self._awaited = True
            free = MAX_AT_ONCE - len(self._tasks)
            if free <= 0:
                return None
            again = min(free, MAX_AGAIN - self._again)
            batch = await self.engine.store.run(take_messages, self.engine.clock.now(), free, again)
            for leased in batch.messages:
                self._again += leased.again
                self.spawn(self._deliver(leased))
            if len(batch.messages) < free:
                now = self.engine.clock.now()
                # A due message that was not handed out waits for an older message of its transfer that is on the
                # wire, or for a retry to end.
                self._awaited = batch.next_due is not None and batch.next_due <= now
                return now + LOOK_AGAIN if self._awaited else batch.next_due

    def ended(self, task: asyncio.Task[None]) -> None:
        # Only now is its place free: a loop woken earlier would count the task as still running.
        super().ended(task)
        if self._awaited:
            self.engine.hub.publish((self.name,))

    async def _deliver(self, leased: LeasedMessage) -> None:
        try:
            await self._post(leased)
        finally:
            self._again -= leased.again

    async def _post(self, leased: LeasedMessage) -> None:
        clock, message = self.engine.clock, leased.envelope.message_id
        delivery = await self._core.deliver(leased.envelope, clock.now())
        state = await self.engine.store.run(record_delivery, leased, delivery, clock.now())
        facts = {"message_id": message, "receipt": delivery.receipt, "status": delivery.status, "state": state}
        if delivery.receipt is not Receipt.DELIVERED:
            self.engine.log.warning("delivery_failed", **facts)
            return
        self.engine.log.info("decision_delivered", **facts)
        if state is MessageState.DELIVERED:
            self._arrived(max(clock.now() - leased.late_at, timedelta()))
