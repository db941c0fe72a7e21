"""Every loop: a failed round is retried and counted, and a person is alerted when the failure persists."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from types import SimpleNamespace
from typing import cast

import structlog

from wakeup.domain.errors import StoreDownError
from wakeup.runtime.clock import SystemClock
from wakeup.runtime.hub import Hub
from wakeup.runtime.loops.loop import ALARM_AGAIN_EVERY, FAILED_TOO_OFTEN, Loop, LoopParts


class Failing(Loop):
    """Each round ends as prepared, and the loop is woken again at once."""

    name = "fails"

    def __init__(self, rounds: list[Exception | None]) -> None:
        hub = Hub()
        self.rounds = rounds
        self.timers: list[str] = []
        self.failures: list[str] = []
        again = SimpleNamespace(set=lambda name, _at: hub.publish((name,)))
        engine = SimpleNamespace(
            hub=hub, clock=SystemClock(), timers=again, log=structlog.get_logger(), alarm=self.timers.append,
            failed=self.failures.append,
        )  # fmt: skip
        super().__init__(cast("LoopParts", engine))

    async def round(self) -> datetime | None:
        if not self.rounds:
            raise asyncio.CancelledError
        if (trouble := self.rounds.pop(0)) is not None:
            raise trouble
        return self.engine.clock.now()

    def lives(self) -> tuple[int, list[str]]:
        """Return how many failures were counted, and the operator alerts."""
        with structlog.testing.capture_logs() as self.lines, suppress(asyncio.CancelledError):
            asyncio.run(self.run())
        return len(self.failures), self.timers


def test_a_round_that_fails_now_and_then_is_counted_and_raises_no_alarm() -> None:
    once: list[Exception | None] = [RuntimeError(), None]
    assert Failing(once * FAILED_TOO_OFTEN).lives() == (FAILED_TOO_OFTEN, [])


def test_a_loop_that_fails_again_and_again_is_told_a_person() -> None:
    assert Failing([RuntimeError()] * FAILED_TOO_OFTEN).lives() == (FAILED_TOO_OFTEN, ["loop_failed"])


def test_a_failing_loop_is_reported_again_but_not_at_every_round() -> None:
    assert Failing([RuntimeError()] * ALARM_AGAIN_EVERY).lives() == (ALARM_AGAIN_EVERY, ["loop_failed"] * 2)


def test_a_loop_without_a_database_is_not_reported_as_failing() -> None:
    assert Failing([StoreDownError()] * ALARM_AGAIN_EVERY).lives() == (0, [])


def test_an_outage_is_logged_at_once_and_then_ever_more_rarely() -> None:
    loop = Failing([StoreDownError()] * 130)
    loop.lives()
    assert [line["rounds"] for line in loop.lines] == [1, 2, 4, 8, 16, 32, 60, 64, 120, 128]
    recovered = Failing([StoreDownError(), StoreDownError(), None, StoreDownError()])
    recovered.lives()
    assert [line["rounds"] for line in recovered.lines] == [1, 2, 1], "a new outage is said at once"
