"""Between the committed intent and the POST: an intent that waited too long is not posted."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
import structlog

from tests.unit.builders import T0
from wakeup.domain.errors import ConstraintError, StoreBusyError, StoreDownError
from wakeup.domain.ids import AttemptId
from wakeup.domain.pacing import LEAD
from wakeup.runtime.clock import SystemClock
from wakeup.runtime.loops.dispatcher import MAX_AT_ONCE, Dispatcher
from wakeup.runtime.loops.loop import LoopParts
from wakeup.simulation.virtual_time import LoopClock
from wakeup.simulator.virtual_loop import run
from wakeup.storage.keyring import SealError
from wakeup.usecases.dispatch.claim_attempts import Claim, attempts_to_claim, claim_one
from wakeup.usecases.dispatch.dialling import Dialling
from wakeup.usecases.dispatch.record_placement import record_placement
from wakeup.usecases.dispatch.start_calls import Started, start_due
from wakeup.usecases.dispatch.write_intent import Intent
from wakeup.usecases.ports import CallOrder, Placement, PostResult, Telephony
from wakeup.usecases.ringing.pacing import AccountLimits
from wakeup.usecases.store import Lane

ORDER = CallOrder(
    attempt_id=AttemptId("att_1"), to="+6591234567", from_="+6531580001", ring_timeout_s=30, time_limit_s=600
)
DIALLING = Dialling(
    account=AccountLimits(name="AC", calls_per_second=100, max_concurrent=1), from_numbers=("+6531580001",), node="n"
)


class Phone:
    """Accepts every order."""

    def __init__(self) -> None:
        self.posted: list[str] = []

    async def place(self, order: CallOrder) -> Placement:
        self.posted.append(order.attempt_id)
        return Placement(proof=PostResult.ACCEPTED, call_sid="CA1234567")


def posted_after(seconds: float) -> tuple[Placement, list[str]]:
    """Return what becomes of an intent whose commit took this long, and what was posted."""
    phone = Phone()
    dispatcher = dispatcher_over(Claims([seconds], 0.0), phone)
    intent = Intent(order=ORDER, valid_for=timedelta(seconds=5))
    return asyncio.run(dispatcher._place(intent, 0.0)), phone.posted


def test_an_intent_that_took_too_long_is_not_posted() -> None:
    placement, posted = posted_after(5.1)
    assert (placement.proof, posted) == (PostResult.NOT_SENT, []), "it may be tried again: certainly nothing was sent"


def test_a_fresh_intent_is_posted_once() -> None:
    placement, posted = posted_after(0)
    assert (placement.proof, posted) == (PostResult.ACCEPTED, ["att_1"])


class LosesOnce:
    """A Store in which another node got the number first, or a worse error occurs; a claim of a single call succeeds."""

    def __init__(self, trouble: Exception | None = None) -> None:
        self.asked: list[str] = []
        self.limit = 0
        """How many attempts to claim one by one were asked for."""
        self.trouble = trouble or ConstraintError("one_live_attempt_per_number")

    async def run(self, use_case: Callable[..., Any], /, *args: Any, lane: Lane) -> Any:
        assert lane is Lane.DISPATCH
        self.asked.append(use_case.__name__)
        if use_case is start_due:
            raise self.trouble
        if use_case is attempts_to_claim:
            _, self.limit, _, _ = args
            return [AttemptId("att_1")]
        assert use_case is claim_one
        return [Claim(attempt_id=AttemptId("att_1"), token="clm_1", starts_at=T0)]


def test_a_start_that_lost_its_race_is_claimed_without_an_intent() -> None:
    store = LosesOnce()
    engine = SimpleNamespace(store=store, clock=SystemClock(), log=structlog.get_logger())
    dispatcher = Dispatcher(cast("LoopParts", engine), cast("Telephony", Phone()), DIALLING)
    with structlog.testing.capture_logs() as lines:
        started = asyncio.run(dispatcher._claim())
    assert (store.asked, store.limit) == (["start_due", "attempts_to_claim", "claim_one"], 1)
    assert [claim.attempt_id for claim in started.claims] == ["att_1"]
    assert [line["event"] for line in lines] == ["start_lost_race"]


def test_a_start_that_fails_is_claimed_alone_so_that_it_keeps_no_other_phone_from_ringing() -> None:
    store = LosesOnce(SealError())
    engine = SimpleNamespace(store=store, clock=SystemClock(), log=structlog.get_logger())
    dispatcher = Dispatcher(cast("LoopParts", engine), cast("Telephony", Phone()), DIALLING)
    with structlog.testing.capture_logs() as lines:
        started = asyncio.run(dispatcher._claim())
    assert (store.asked, store.limit) == (["start_due", "attempts_to_claim", "claim_one"], MAX_AT_ONCE)
    assert started.more_due
    assert [line["event"] for line in lines] == ["start_failed"]


@pytest.mark.parametrize("away", [StoreDownError(), StoreBusyError(1.0)])
def test_without_a_database_nothing_is_claimed(away: Exception) -> None:
    store = LosesOnce(away)
    engine = SimpleNamespace(store=store, clock=SystemClock(), log=structlog.get_logger())
    dispatcher = Dispatcher(cast("LoopParts", engine), cast("Telephony", Phone()), DIALLING)
    with pytest.raises(type(away)):
        asyncio.run(dispatcher._claim())
    assert store.asked == ["start_due"]


class Claims:
    """A Store with one due attempt. Each transaction takes as long as it is told, on the given clock."""

    def __init__(self, clock: list[float], takes_s: float) -> None:
        self.clock, self.takes_s = clock, takes_s
        self.asked: list[str] = []
        self.starts_at: datetime | None = None
        self.recorded: tuple[Any, ...] = ()
        """Given to the newest `record_placement`."""
        self.committing = asyncio.Event()
        self.go_on = asyncio.Event()
        self.go_on.set()

    async def run(self, use_case: Callable[..., Any], /, *args: Any, lane: Lane) -> Any:
        assert lane is Lane.DISPATCH
        self.asked.append(use_case.__name__)
        self.recorded = args if use_case is record_placement else self.recorded
        self.clock[0] += self.takes_s
        if use_case is not start_due:
            return None
        self.committing.set()
        await self.go_on.wait()
        first = self.asked.count("start_due") == 1
        intent = Intent(order=ORDER, valid_for=timedelta(seconds=5))
        return Started(intent=intent, starts_at=self.starts_at, more_due=True) if first else Started()


class WatchedClock(SystemClock):
    """A clock that takes monotonic time from the given list."""

    def __init__(self, seconds: list[float]) -> None:
        super().__init__()
        self.seconds = seconds

    def monotonic(self) -> float:
        return self.seconds[0]


def dispatcher_over(store: Claims, phone: Phone) -> Dispatcher:
    engine = SimpleNamespace(store=store, clock=WatchedClock(store.clock), log=structlog.get_logger())
    return Dispatcher(cast("LoopParts", engine), cast("Telephony", phone), DIALLING)


def waited_for(start: timedelta, clock_set_back: timedelta = timedelta()) -> float:
    """Return after how many seconds a call is posted whose start is as far ahead, and was so before the clock was
    set."""

    async def story() -> float:
        store, phone = Claims([0.0], 0.0), Phone()
        store.starts_at = T0 + start
        engine = SimpleNamespace(store=store, clock=LoopClock(T0 - clock_set_back), log=structlog.get_logger())
        dispatcher = Dispatcher(cast("LoopParts", engine), cast("Telephony", phone), DIALLING)
        await dispatcher.round()
        await dispatcher.drain(5)
        assert phone.posted == ["att_1"]
        assert store.recorded[-1] == store.starts_at, "by its start it is told which burst the call belonged to"
        return round(asyncio.get_running_loop().time(), 3)

    with structlog.testing.capture_logs():
        return run(story())


def test_a_call_is_posted_at_its_start() -> None:
    assert waited_for(timedelta(milliseconds=150)) == 0.15
    assert waited_for(timedelta(milliseconds=-50)) == 0, "one that is late does not wait"


def test_a_clock_that_was_set_back_keeps_no_phone_silent() -> None:
    assert waited_for(timedelta(), clock_set_back=timedelta(hours=1)) <= LEAD.total_seconds()


@pytest.mark.parametrize(("takes_s", "posted"), [(1.0, ["att_1"]), (6.0, [])])
def test_the_time_an_intent_took_to_be_committed_counts(takes_s: float, posted: list[str]) -> None:
    clock, phone = [0.0], Phone()

    async def story() -> None:
        dispatcher = dispatcher_over(Claims(clock, takes_s), phone)
        assert await dispatcher.round() is None
        await dispatcher.drain(5)

    with structlog.testing.capture_logs():
        asyncio.run(story())
    assert phone.posted == posted


def test_stopping_the_dispatcher_does_not_part_an_intent_from_its_post() -> None:
    phone = Phone()

    async def story() -> Claims:
        store = Claims([0.0], 0.0)
        store.go_on.clear()
        dispatcher = dispatcher_over(store, phone)
        turning = asyncio.create_task(dispatcher.round())
        await store.committing.wait()
        turning.cancel()
        await asyncio.gather(turning, return_exceptions=True)
        store.go_on.set()
        await dispatcher.drain(5)
        return store

    with structlog.testing.capture_logs():
        store = asyncio.run(story())
    assert phone.posted == ["att_1"]
    assert store.asked[-1] == "record_placement"


def test_a_dispatcher_stopped_while_claiming_leaves_no_unheard_error_behind() -> None:
    unheard: list[str] = []

    async def story() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: unheard.append(context["message"]))
        store = Claims([0.0], 0.0)
        store.go_on.clear()
        dispatcher = dispatcher_over(store, Phone())
        turning = asyncio.create_task(dispatcher.round())
        await store.committing.wait()
        under_way = [task for task in asyncio.all_tasks() if task not in {turning, asyncio.current_task()}]
        for task in (turning, *under_way):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())
    gc.collect()
    assert unheard == []
