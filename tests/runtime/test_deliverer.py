"""A payment core that hangs keeps no fresh decision waiting, and receives each message once."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

from tests.runtime.test_per_item import LoopDesk
from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import Desk
from wakeup.bank.core_client import TIMEOUT
from wakeup.runtime.loops.deliverer import MAX_AGAIN, MAX_AT_ONCE, Deliverer
from wakeup.runtime.policy.rules import DELIVERY_PATIENCE
from wakeup.storage.repositories.outbox import FRESH_FOR
from wakeup.usecases.deciding.deliver import listed, record_delivery, replay, take_messages
from wakeup.usecases.ports import Delivery, Envelope, Receipt
from wakeup.usecases.records import MessageState

SECOND = timedelta(seconds=1)
RETRY = Delivery(receipt=Receipt.RETRY)


class Hanging:
    """A payment core that responds only when it is told to."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.lets_go = asyncio.Event()

    async def deliver(self, envelope: Envelope, _now: object) -> Delivery:
        self.told.append(json.loads(envelope.body)["transfer_id"])
        await self.lets_go.wait()
        return RETRY


async def some_steps() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def decided(desk: Desk, *numbers: int, now: timedelta = timedelta()) -> None:
    for n in numbers:
        desk.flag(n, T0 + now, minutes=-1)


def tried(desk: Desk, delivery: Delivery = RETRY) -> None:
    """Try to deliver every due message once, without success."""
    for dispatch in desk.run(take_messages, T0, 1000).messages:
        desk.run(record_delivery, dispatch, delivery, T0)


def test_a_core_that_hangs_keeps_no_fresh_decision_waiting() -> None:
    async def story() -> None:
        loops, core = LoopDesk(), Hanging()
        deliverer = Deliverer(loops.engine, core)
        decided(loops.desk, *range(1, 61))
        tried(loops.desk)
        loops.clock.at = T0 + MINUTE
        await deliverer.round()
        await some_steps()
        assert len(core.told) == MAX_AGAIN < MAX_AT_ONCE
        decided(loops.desk, 99, now=MINUTE)
        await deliverer.round()
        await some_steps()
        assert core.told[MAX_AGAIN:] == ["t_99"], "at once, though others have waited for longer"
        core.lets_go.set()
        await deliverer.drain(1)
        core.lets_go.clear()
        await deliverer.round()
        await some_steps()
        assert len(core.told) == 2 * MAX_AGAIN + 1, "and the places for further tries are free again"
        core.lets_go.set()
        await deliverer.drain(1)

    asyncio.run(story())


def test_dead_messages_that_are_all_replayed_keep_no_fresh_decision_waiting() -> None:
    async def story() -> None:
        loops, core = LoopDesk(), Hanging()
        deliverer = Deliverer(loops.engine, core)
        decided(loops.desk, *range(1, 61))
        tried(loops.desk, Delivery(receipt=Receipt.GONE, status=422))
        loops.clock.at = T0 + MINUTE
        for message in loops.desk.run(listed, MessageState.DEAD, 99):
            loops.desk.run(replay, message.id, loops.clock.at)
        await deliverer.round()
        await some_steps()
        assert len(core.told) == MAX_AGAIN < MAX_AT_ONCE
        decided(loops.desk, 99, now=MINUTE + SECOND)
        loops.clock.at += SECOND
        await deliverer.round()
        await some_steps()
        assert core.told[MAX_AGAIN:] == ["t_99"], "at once, though the core hangs again"
        core.lets_go.set()
        await deliverer.drain(1)

    asyncio.run(story())


def test_the_search_for_fresh_decisions_does_not_read_what_was_replayed() -> None:
    desk = Desk()
    decided(desk, *range(1, 4))
    tried(desk, Delivery(receipt=Receipt.GONE, status=422))
    later = T0 + HOUR
    for message in desk.run(listed, MessageState.DEAD, 9):
        desk.run(replay, message.id, later)
    assert all(one.due_at < later - FRESH_FOR for one in desk.run(listed, MessageState.DUE, 9))
    assert len(desk.run(take_messages, later, 9).messages) == 3, "they are due all the same"


def test_first_tries_come_first_and_in_their_order() -> None:
    desk = Desk()
    decided(desk, 1, 2, 3)
    tried(desk)
    decided(desk, 4, 5, now=MINUTE)
    now = T0 + 2 * MINUTE
    given = [json.loads(one.envelope.body)["transfer_id"] for one in desk.run(take_messages, now, 4, 9).messages]
    assert given == ["t_4", "t_5", "t_1", "t_2"]
    assert [one.again for one in desk.run(take_messages, now, 9, 9).messages] == [True]
    assert desk.run(take_messages, now, 9, 0).messages == ()


def test_a_decision_that_waited_long_for_its_first_try_is_no_retry() -> None:
    desk = Desk()
    decided(desk, 1)
    [late] = desk.run(take_messages, T0 + 10 * MINUTE, 9).messages
    assert not late.again


def test_a_lease_outlives_the_slowest_answer() -> None:
    assert TIMEOUT.total == DELIVERY_PATIENCE.total_seconds()
