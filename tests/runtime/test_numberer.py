"""The feed continues under every load, in the order of each transfer's sequence."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import cast

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire, order
from tests.unit.desk import Desk
from wakeup.domain.decision import Ruling
from wakeup.domain.errors import StoreBusyError
from wakeup.domain.ids import TransferId
from wakeup.domain.review import Reason
from wakeup.runtime.ids import TimedIds
from wakeup.runtime.loops.loop import LoopParts
from wakeup.runtime.loops.settler import Numberer
from wakeup.storage.lanes import INGEST_LIMIT, LaneQueue
from wakeup.usecases.deciding.deliver import number_decisions
from wakeup.usecases.deciding.overrule import DecisionRef, hold
from wakeup.usecases.intake.queries import decisions_after
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.store import Lane


class Flooded:
    """A store whose lane of events is full."""

    def __init__(self) -> None:
        self.queue: LaneQueue[str] = LaneQueue()
        self.published: list[object] = []
        for n in range(INGEST_LIMIT):
            self.queue.put(f"event {n}", Lane.INGEST)

    async def run(self, _use_case: object, _limit: int, *, lane: Lane) -> list[tuple[Ruling, str]]:
        self.queue.put("numbers", lane)
        return [(Ruling.HOLD, "standing")]

    def publish(self, names: object) -> None:
        self.published.append(names)


def test_a_flood_of_events_does_not_stop_the_feed() -> None:
    store = Flooded()
    with pytest.raises(StoreBusyError):
        store.queue.put("one more event", Lane.INGEST)
    made: list[tuple[Ruling, str]] = []
    numberer = Numberer(
        cast("LoopParts", SimpleNamespace(store=store, hub=store)), lambda *decision: made.append(decision)
    )
    asyncio.run(numberer.round())
    assert store.published == [("numbered",)]
    assert made == [(Ruling.HOLD, "standing")]
    assert store.queue.take_one() == "numbers", "before all events"


def test_decisions_of_one_moment_stand_in_the_order_of_their_sequence() -> None:
    """A transfer whose time was over when it arrived: held, decided and refused at once, with ids of the same
    millisecond.
    """
    desk = Desk()
    falling = iter(range(10**9, 0, -1))
    made = TimedIds(lambda: 1000.0, lambda size: next(falling).to_bytes(size, "big"))
    object.__setattr__(desk._dependencies, "ids", made)
    desk.flag(1, minutes=-60, hold_max=T0 - MINUTE)
    desk.run(number_decisions, 100)
    told = [(decision.sequence, decision.ruling) for _, decision in desk.run(decisions_after, 0, 100)]
    assert [sequence for sequence, _ in told] == [1, 2, 3]
    assert told[-1][1] is Ruling.REFUSE


def test_a_later_decision_of_a_node_that_read_its_clock_before_stands_behind_the_earlier_one() -> None:
    """On PostgreSQL an act may have waited for the case, and then records the time at which it began."""
    desk = Desk()
    hire(desk, a_staff("ann"))
    case_id = desk.flag(1).case_id
    desk.flag(2)
    desk.run(settle_case, case_id, T0 + 31 * MINUTE)
    aim = DecisionRef(transfer_id=TransferId("t_1"), sequence=2)
    desk.run(hold, order(desk, "ann", case_id, Reason.SCAM_LIKELY), aim, T0 + 30 * MINUTE)
    desk.run(number_decisions, 100)
    told = [(decision.transfer_id, decision.sequence) for _, decision in desk.run(decisions_after, 0, 100)]
    assert told == [("t_1", 1), ("t_2", 1), ("t_1", 2), ("t_1", 3)]


def test_a_chunk_that_ends_between_two_decisions_of_a_transfer_does_not_turn_them_round() -> None:
    desk = Desk()
    hire(desk, a_staff("ann"))
    case_id = desk.flag(1).case_id
    desk.run(settle_case, case_id, T0 + 31 * MINUTE)
    aim = DecisionRef(transfer_id=TransferId("t_1"), sequence=2)
    desk.run(hold, order(desk, "ann", case_id, Reason.SCAM_LIKELY), aim, T0 - MINUTE)
    desk.run(number_decisions, 1)
    desk.run(number_decisions, 1)
    told = [decision.sequence for _, decision in desk.run(decisions_after, 0, 100)]
    assert told == [1, 2]
    assert len(desk.run(number_decisions, 2)) == 1
