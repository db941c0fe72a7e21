"""What the log and the metrics report about a delivery."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import structlog

from tests.runtime.test_spurious_wakeups import DECIDED, Core, Delivering
from tests.unit.builders import MINUTE, T0
from wakeup.runtime.loops.deliverer import Deliverer
from wakeup.usecases.ports import Receipt

DEADLINE = T0 + 30 * MINUTE


def delivers(receipt: Receipt) -> tuple[dict[str, object], list[timedelta]]:
    """Deliver one decision. Return the log line, and how late the decision was if it arrived."""
    office, core, late = Delivering(1), Core(receipt), list[timedelta]()

    async def story() -> None:
        loop = Deliverer(office.engine, core, late.append)
        await loop.round()
        core.open.set()
        await loop.drain(5)

    with structlog.testing.capture_logs() as lines:
        asyncio.run(story())
    [line] = lines
    return dict(line), late


def test_a_late_decision_that_arrives_is_logged_and_its_lateness_is_counted() -> None:
    line, late = delivers(Receipt.DELIVERED)
    assert (line["event"], line["log_level"]) == ("decision_delivered", "info")
    assert late == [DECIDED - DEADLINE]


@pytest.mark.parametrize("receipt", [Receipt.RETRY, Receipt.GONE])
def test_a_late_decision_that_does_not_arrive_is_a_warning_under_a_name_of_its_own(receipt: Receipt) -> None:
    line, late = delivers(receipt)
    assert (line["event"], line["log_level"], line["receipt"]) == ("delivery_failed", "warning", receipt)
    assert late == []
