"""Due items are processed each in its own transaction: an item that fails, or is locked, does not delay the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest
import structlog

from tests.runtime.test_planner import StoppedClock
from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk
from tests.unit.test_one_bad_row import spoils_the_rows
from wakeup.domain.errors import LockedError, StoreDownError
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.transfer import TransferState
from wakeup.runtime.ingest_throttle import IngestThrottle
from wakeup.runtime.loops.loop import AFTER_TROUBLE, LoopParts
from wakeup.runtime.loops.per_item import WHILE_LOCKED, PerItem
from wakeup.runtime.loops.settler import Settler
from wakeup.usecases.intake.settle_case import settle_case

LATE = T0 + 40 * MINUTE
SECOND = timedelta(seconds=1)


class LoopDesk:
    """A desk with an engine for loops, while time stands still."""

    def __init__(self) -> None:
        self.desk, self.clock = Desk(), StoppedClock()
        self.locked: set[str] = set()
        self.alarms: list[str] = []
        self.failures: list[str] = []
        self.engine = cast(
            "LoopParts",
            SimpleNamespace(
                store=self, clock=self.clock, hub=self, log=structlog.get_logger(), alarm=self.alarms.append,
                item_failed=self.failures.append,
            ),
        )  # fmt: skip

    async def run(self, use_case: Callable[..., Any], /, *args: Any, lane: object = None) -> Any:
        if use_case is settle_case and args[0] in self.locked:
            raise LockedError
        return self.desk.run(use_case, *args)

    read = look = run

    def publish(self, _names: object) -> None:
        """No loop waits for a wake-up here."""


class Settling(LoopDesk):
    """The settler, and whether an event has to wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.throttle = IngestThrottle(at_most_s=20)
        self.settler = Settler(self.engine, self.throttle)

    def looks(self, now: Any = LATE) -> timedelta | None:
        """Run one round of the settler. Return the delay until it wants to look again."""
        self.clock.at = now
        with structlog.testing.capture_logs() as self.lines:
            again = asyncio.run(self.settler.round())
        return None if again is None else again - now

    def an_event_waits(self) -> bool:
        return not self.throttle._in_time.is_set()

    def states(self) -> dict[str, TransferState]:
        cases = self.desk.run(lambda unit: unit.connection.exec_driver_sql("SELECT id FROM transfers").fetchall())
        return {name: self.desk.transfer(TransferId(name)).state for (name,) in cases}


def a_bad_case(loops: Settling, transfers: int) -> CaseId:
    """A case of many transfers that cannot be settled: nothing can be told to its customer."""
    flagged = [loops.desk.flag(100 + n, customer_id="u_bad", phone="+6590000001") for n in range(transfers)]
    spoils_the_rows(loops.desk, "u_bad")
    return flagged[0].case_id


def test_a_case_of_many_transfers_that_cannot_be_settled_keeps_no_others_waiting() -> None:
    loops = Settling()
    a_bad_case(loops, 25)
    for n in range(1, 11):
        loops.desk.flag(n, T0 + MINUTE)
    assert loops.looks() == AFTER_TROUBLE
    assert [line["event"] for line in loops.lines] == ["case_not_settled"], "tried once a round"
    states = loops.states()
    assert {states[f"t_{n}"] for n in range(1, 11)} == {TransferState.HELD}
    assert states["t_100"] is TransferState.PENDING


def test_events_do_not_wait_while_a_case_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    loops = Settling()
    a_bad_case(loops, 1)
    for seconds in range(3):
        loops.looks(LATE + timedelta(seconds=seconds))
        assert not loops.an_event_waits()
    waits = []
    due = loops.settler.due

    async def watched(*args: Any) -> Any:
        found = await due(*args)
        waits.append(loops.an_event_waits())
        return found

    monkeypatch.setattr(loops.settler, "due", watched)
    loops.looks(LATE + MINUTE)
    assert waits and not any(waits), "nor while it is tried again"


def test_a_transfer_due_while_a_failing_case_rests_is_decided_at_its_time() -> None:
    loops = Settling()
    a_bad_case(loops, 1)
    loops.desk.flag(1, minutes=41)
    settles = loops.desk.transfer(TransferId("t_1")).act_at
    assert settles is not None
    soon = timedelta(milliseconds=300)
    assert loops.looks(settles - soon) == soon


def test_a_locked_case_keeps_no_others_waiting_and_is_decided_as_soon_as_it_is_free() -> None:
    loops = Settling()
    loops.locked = {loops.desk.flag(1).case_id}
    loops.desk.flag(2, T0 + MINUTE)
    assert loops.looks() == WHILE_LOCKED
    assert loops.lines == []
    assert loops.states() == {"t_1": TransferState.PENDING, "t_2": TransferState.HELD}
    loops.locked.clear()
    loops.looks(LATE + WHILE_LOCKED)
    assert loops.states()["t_1"] is TransferState.HELD
    assert len(loops.settler.items) == 0


def test_without_a_database_no_case_rests() -> None:
    loops = Settling()
    loops.desk.flag(1)

    async def away(*_: Any, **__: Any) -> None:
        raise StoreDownError

    loops.settler.act = away  # type: ignore[method-assign]
    with pytest.raises(StoreDownError):
        loops.looks()
    assert len(loops.settler.items) == 0


class Flawed(Settling):
    """Items that fail while `broken`."""

    def __init__(self) -> None:
        super().__init__()
        self.items: PerItem[str] = PerItem(self.engine, "rung_not_taken", "case_id")
        self.broken = True

    async def _work(self) -> bool:
        if self.broken:
            raise ValueError
        return True

    def tries(self, until: datetime) -> list[int]:
        """Seconds after LATE of every try of one item."""
        tried, now = [], LATE
        with structlog.testing.capture_logs() as self.lines:
            while now <= until:
                tried.append((now - LATE) // SECOND)
                if asyncio.run(self.items.one("case_1", self._work(), now)):
                    break
                now = self.items.again(now, now) or until + SECOND
        return tried


def test_an_item_that_fails_again_rests_longer_each_time_and_at_most_five_minutes() -> None:
    flawed = Flawed()
    tried = flawed.tries(LATE + 30 * MINUTE)
    assert tried[:10] == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511]
    assert {after - before for before, after in pairwise(tried[9:])} == {300}
    assert len(flawed.lines) == len(tried) == len(flawed.failures)
    assert flawed.alarms == ["item_failed"], "once, and not at each failure"


def test_an_item_that_succeeded_rests_a_second_after_its_next_failure() -> None:
    flawed = Flawed()
    flawed.tries(LATE + 10 * SECOND)
    flawed.broken = False
    flawed.tries(LATE)
    flawed.broken = True
    assert flawed.tries(LATE + 8 * SECOND) == [0, 1, 3, 7]
    assert flawed.alarms == []


def test_a_decision_is_tried_every_second_however_long_it_has_failed_but_its_lines_are_rare() -> None:
    loops = Settling()
    case_id = a_bad_case(loops, 1)
    lines = []
    for seconds in range(600):
        assert loops.looks(LATE + timedelta(seconds=seconds)) == AFTER_TROUBLE
        lines += [seconds for line in loops.lines if line["event"] == "case_not_settled"]
    assert lines == [0, 1, 3, 7, 15, 31, 63, 127, 255, 511]
    assert loops.failures == ["case_not_settled"] * 600
    assert loops.alarms == ["item_failed"]
    assert case_id in loops.settler.items


def test_a_passing_fault_delays_no_decision_past_its_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    loops = Settling()
    opened = [loops.desk.flag(n, minutes=minutes, customer_id="u_1") for n, minutes in ((1, 30), (2, 60))]
    assert opened[0].case_id == opened[1].case_id
    later = loops.desk.transfer(TransferId("t_2"))

    async def broken(*_: Any) -> None:
        raise ValueError

    monkeypatch.setattr(loops.settler, "act", broken)
    first = loops.desk.transfer(TransferId("t_1")).settle_at
    assert first < later.settle_at < later.decide_by
    # The fault of the first transfer lasts until just after the second is due.
    now = later.settle_at - 20 * MINUTE
    while now <= later.settle_at + timedelta(milliseconds=900):
        now += loops.looks(now) or MINUTE
    monkeypatch.undo()
    loops.looks(now)
    assert now <= later.decide_by
    assert loops.desk.transfer(TransferId("t_2")).state is TransferState.HELD
