"""The retention loop: a customer who cannot be erased now delays no other, and is not checked all the time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.testing import CapturingLogger

from tests.unit.builders import T0
from tests.unit.desk import POLICY, Desk
from tests.unit.test_forget import an_entry, flagged, settle
from wakeup.domain.errors import StoreDownError
from wakeup.domain.ids import CustomerId
from wakeup.domain.policy import Retention
from wakeup.runtime.loops.loop import LoopParts
from wakeup.runtime.loops.retention import A_CHUNK, LEFTOVERS_EVERY, RetentionLoop
from wakeup.storage.erasures import Erasure
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.guardians.enrol_guardians import put_guardians
from wakeup.usecases.personal_data.forget import LOOK_AGAIN, erase_overdue

MONTH, YEARS = timedelta(days=30), timedelta(days=1000)


class DeskStore:
    """A desk that serves as the loop's store."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.down_after = 1_000_000
        """The database goes away after this many erasures."""
        self.erasing: Callable[[], object] = lambda: None
        """Called when an erasure has begun, before it is committed."""

    async def run(self, use_case: Any, *args: Any, lane: Any = None) -> Any:
        if use_case is erase_overdue:
            if self.down_after == 0:
                raise StoreDownError
            self.down_after -= 1
            self.erasing()
            await asyncio.sleep(0)
        return self._desk.run(use_case, *args)

    read = run


class Story:
    def __init__(self) -> None:
        self.desk = Desk(replace(POLICY, retention=Retention(speech=MONTH, records=YEARS)))
        self.now, self.log = T0 + 2 * YEARS, CapturingLogger()
        clock = SimpleNamespace(now=lambda: self.now)
        self.store = DeskStore(self.desk)
        engine = SimpleNamespace(store=self.store, clock=clock, hub=None, timers=None, log=self.log)
        self.erased: list[str] = []
        self.loop = RetentionLoop(cast("LoopParts", engine), cast("Any", None), self.hears)

    def round(self) -> datetime | None:
        return asyncio.run(self.loop.round())

    def hears(self, erased: Sequence[Erasure]) -> None:
        self.erased += [one.customer_id for one in erased]

    def complaints(self) -> int:
        told, self.log.calls = len(self.log.calls), []
        return told

    def customers(self) -> list[str]:
        return self.desk.run(lambda unit: [*unit.connection.exec_driver_sql("SELECT id FROM customers").scalars()])


def old(story: Story, count: int) -> None:
    for n in range(count):
        case_id = flagged(story.desk, n, customer=f"u_{n}")
        settle(story.desk, case_id, T0 + timedelta(seconds=n))


@pytest.fixture
def story() -> Story:
    return Story()


def undelivered(unit: SqlUnit, count: int) -> None:
    for n in range(count):
        unit.connection.exec_driver_sql(
            "INSERT INTO outbox (id, transfer_id, case_id, customer_id, decision_id, sequence, kind, state, tries,"
            f" due_at, late_at, sealed) VALUES ('msg_{n}', 't_{n}', 'c', 'u_{n}', 'd', 1, 'decision.made', 'dead', 0,"
            " '2026-01-01 00:00:00', '2026-01-01 00:00:00', x'')"
        )


def test_customers_who_cannot_be_erased_keep_no_others_and_are_left_alone_for_hours(story: Story) -> None:
    old(story, A_CHUNK + 2)
    story.desk.run(undelivered, A_CHUNK + 1)
    story.round()
    assert len(story.customers()) == A_CHUNK + 1, "the last one can be erased"
    assert story.erased == [f"u_{A_CHUNK + 1}"], "and it is written down for a restore"
    assert story.complaints() == A_CHUNK + 1
    story.now += timedelta(seconds=5)
    assert story.round() == story.now - timedelta(seconds=5) + LEFTOVERS_EVERY and story.complaints() == 0
    story.now += LOOK_AGAIN - timedelta(seconds=6)
    story.round()
    assert story.complaints() == 0
    story.now -= LOOK_AGAIN - timedelta(seconds=6)
    story.now += LOOK_AGAIN
    story.round()
    assert story.complaints() == A_CHUNK + 1


def test_after_a_clock_was_set_back_all_is_looked_for_and_tried_again(story: Story) -> None:
    old(story, 1)
    story.desk.run(undelivered, 1)
    story.round()
    assert story.complaints() == 1
    story.now -= timedelta(days=1)
    assert story.round() == story.now + LEFTOVERS_EVERY
    assert story.complaints() == 1


def test_a_customer_whose_erasure_fails_keeps_no_other_customer(story: Story) -> None:
    old(story, 3)
    story.desk.run(
        lambda unit: unit.connection.exec_driver_sql(
            "CREATE TRIGGER spoilt BEFORE DELETE ON customers WHEN old.id = 'u_0' BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    )
    story.round()
    assert story.customers() == ["u_0"] and story.complaints() == 1


def test_customers_erased_before_the_database_went_away_are_written_down(story: Story) -> None:
    old(story, 4)
    story.store.down_after = 2
    with pytest.raises(StoreDownError):
        story.round()
    assert story.erased == ["u_0", "u_1"] and story.customers() == ["u_2", "u_3"]


def test_a_customer_erased_while_the_service_stops_is_written_down(story: Story) -> None:
    old(story, 3)

    async def stopped() -> None:
        task = asyncio.create_task(story.loop.round())
        story.store.erasing = task.cancel
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(stopped())
    assert story.erased == ["u_0"] and story.customers() == ["u_1", "u_2"]


def test_a_case_whose_words_cannot_be_deleted_keeps_no_other_case(story: Story) -> None:
    old(story, 3)
    story.desk.run(
        lambda unit: unit.connection.exec_driver_sql(
            "CREATE TRIGGER spoilt BEFORE DELETE ON talks WHEN old.attempt_id ="
            " (SELECT id FROM attempts WHERE case_id = (SELECT case_id FROM transfers WHERE id = 't_0') LIMIT 1)"
            " BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    )
    story.round()
    assert story.customers() == ["u_0"]


def test_leftovers_without_a_case_are_looked_for_once_an_hour(story: Story) -> None:
    def name(unit: SqlUnit) -> None:
        for n in range(A_CHUNK + 1):
            put_guardians(unit, CustomerId(f"u_{n}"), [an_entry()], T0)

    story.now = T0 + timedelta(hours=1)
    assert story.round() == story.now + LEFTOVERS_EVERY
    story.desk.run(name)
    story.now = T0 + timedelta(days=1)
    story.desk.run(put_guardians, CustomerId("u_0"), [], story.now)
    assert story.round() == story.now + LEFTOVERS_EVERY
    [removed] = story.desk.run(lambda unit: unit.guardians.of_customer(CustomerId("u_0")))
    assert removed.phone == ""
    story.now = T0 + YEARS + timedelta(minutes=59)
    story.round()
    assert story.customers() == [] and len(story.erased) == A_CHUNK + 1
