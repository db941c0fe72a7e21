"""Loops are not woken, and send no query, for what they know already."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.runtime.test_one_bad_row import TwoCustomers
from tests.runtime.test_per_item import LoopDesk
from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk, driver
from tests.unit.guardian_steps import DAUGHTER, SON, asks, guardian
from tests.unit.sms_desk import SENDER, SmsDesk
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId
from wakeup.runtime.loops.deliverer import MAX_AT_ONCE, Deliverer
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.conversation.recording_retention import due_recordings
from wakeup.usecases.deciding.deliver import Batch, take_messages
from wakeup.usecases.dispatch.reconcile import checks_due
from wakeup.usecases.due import Due
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ports import Delivery, Envelope, Receipt
from wakeup.usecases.texts.post_due import post_due
from wakeup.usecases.texts.send_texts import start_text

A_MOMENT = timedelta(milliseconds=200)
DECIDED = T0 + 40 * MINUTE


class CountingTwoCustomers(TwoCustomers):
    """Counts how often a text was tried."""

    def __init__(self) -> None:
        super().__init__()
        self.tries = 0

    async def run(self, use_case: Callable[..., Any], /, *args: Any, lane: object = None) -> Any:
        self.tries += use_case is start_text
        return await super().run(use_case, *args, lane=lane)

    look = run


def test_an_account_that_may_not_send_yet_is_not_asked_at_each_wake_up() -> None:
    """One SMS a second is allowed: whatever wakes the messenger in between, the second SMS waits without being
    tried.
    """
    loops = CountingTwoCustomers()
    loops.all_are_asked()
    second = timedelta(seconds=1)
    assert loops.turns(loops.messenger, T0) == second
    assert (loops.company.sent, loops.tries) == ([DAUGHTER], 2)
    assert loops.turns(loops.messenger, T0 + A_MOMENT) == second - A_MOMENT
    assert loops.turns(loops.messenger, T0 + 2 * A_MOMENT) == second - 2 * A_MOMENT
    assert loops.tries == 2
    loops.turns(loops.messenger, T0 + second)
    assert (loops.company.sent, loops.tries) == ([DAUGHTER, SON], 3)


def test_an_account_that_is_stopped_is_not_asked_while_the_stop_lasts() -> None:
    loops = CountingTwoCustomers()
    loops.all_are_asked()
    stop = MINUTE

    def stopped(unit: SqlUnit) -> None:
        lines = unit.lines.lock(f"sms:{SENDER.account}")
        unit.lines.save(replace(lines, stopped_until=T0 + stop, stopped_because="account"))

    loops.desk.run(stopped)
    assert loops.turns(loops.messenger, T0) == stop
    assert loops.turns(loops.messenger, T0 + MINUTE / 2) == stop / 2
    assert (loops.company.sent, loops.tries) == ([], 1)


@pytest.mark.parametrize(("look", "kinds"), [(post_due, 4), (checks_due, 1), (due_recordings, 1), (take_messages, 1)])
def test_a_look_that_comes_too_early_asks_for_dates_alone(look: Callable[..., Any], kinds: int) -> None:
    desk, said = Desk(), list[str]()
    driver(desk._connection).set_trace_callback(said.append)
    desk.run(look, T0, 50)
    asked = [sql for sql in said if sql.startswith("SELECT")]
    assert len(asked) == kinds and all(sql.startswith("SELECT min(") for sql in asked)


def test_a_text_and_a_message_are_found_at_the_very_moment_they_are_due() -> None:
    desk, just_before = SmsDesk(), timedelta(microseconds=1)
    case_id = CaseId(desk.flag(minutes=30, guardians=(guardian(),)).case_id)
    asks(desk, case_id)
    assert desk.run(post_due, T0 - just_before, 50).texts == Due(found=[], next_due=T0)
    assert desk.run(post_due, T0, 50).texts.found
    desk.run(settle_case, case_id, DECIDED)
    assert desk.run(take_messages, DECIDED - just_before, 50) == Batch(messages=(), next_due=DECIDED)
    assert desk.run(take_messages, DECIDED, 50).messages


class Core:
    """A payment core that takes every decision, but only once it is opened."""

    def __init__(self, receipt: Receipt) -> None:
        self.receipt = receipt
        self.told = 0
        self.open = asyncio.Event()

    async def deliver(self, _envelope: Envelope, _now: datetime) -> Delivery:
        self.told += 1
        await self.open.wait()
        return Delivery(receipt=self.receipt)


class Delivering(LoopDesk):
    """Decided cases; counts how often the deliverer was woken."""

    def __init__(self, cases: int) -> None:
        super().__init__()
        self.clock.at = DECIDED
        self.wakes = 0
        for n in range(1, cases + 1):
            self.desk.run(settle_case, CaseId(self.desk.flag(n, minutes=30).case_id), DECIDED)

    def publish(self, names: object) -> None:
        assert isinstance(names, Iterable)
        self.wakes += "deliver" in names

    async def delivers(self, receipt: Receipt = Receipt.DELIVERED) -> tuple[int, int]:
        """Run a round, then let the core respond to all messages. Return how many messages it received, and the
        wake-ups.
        """
        core = Core(receipt)
        loop = Deliverer(self.engine, core)
        await loop.round()
        core.open.set()
        await loop.drain(5)
        return core.told, self.wakes


def test_a_delivery_that_no_loop_waits_for_wakes_no_loop() -> None:
    loops = Delivering(3)
    assert asyncio.run(loops.delivers()) == (3, 0)
    assert "deliver" not in loops.desk.wakes


def test_a_delivery_that_must_be_tried_again_wakes_the_deliverer() -> None:
    loops = Delivering(1)
    asyncio.run(loops.delivers(Receipt.RETRY))
    assert "deliver" in loops.desk.wakes


def test_while_the_wire_is_full_each_end_makes_way_for_another() -> None:
    loops = Delivering(MAX_AT_ONCE + 2)
    assert asyncio.run(loops.delivers()) == (MAX_AT_ONCE, MAX_AT_ONCE)
