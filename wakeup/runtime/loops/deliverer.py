"""Posts signed decisions to the payment core until each is acknowledged, dead, or overtaken by a newer one."""

from __future__ import annotations

from datetime import datetime

from wakeup.runtime.loops.loop import Engine, Loop
from wakeup.usecases.deliver import Dispatch, record_delivery, take_messages
from wakeup.usecases.ports import PaymentCore

MOST_AT_ONCE = 32


class Deliverer(Loop):
    name = "deliver"

    def __init__(self, engine: Engine, core: PaymentCore) -> None:
        super().__init__(engine)
        self._core = core

    async def round(self) -> datetime | None:
        while True:
            free = MOST_AT_ONCE - len(self._tasks)
            if free <= 0:
                # The end of a delivery wakes us.
                return None
            batch = await self.engine.store.run(take_messages, self.engine.clock.now(), free)
            for dispatch in batch.dispatches:
                self.spawn(self._deliver(dispatch))
            if len(batch.dispatches) < free:
                return batch.next_due

    async def _deliver(self, dispatch: Dispatch) -> None:
        clock, message = self.engine.clock, dispatch.envelope.message_id
        delivery = await self._core.deliver(dispatch.envelope, clock.now())
        state = await self.engine.store.run(record_delivery, message, dispatch.token, delivery, clock.now())
        self.engine.log.info(
            "decision_delivered", message_id=message, receipt=delivery.receipt, status=delivery.status, state=state
        )
        self.engine.hub.publish((self.name,))
