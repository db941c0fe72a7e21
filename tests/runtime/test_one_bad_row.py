"""Loops on a real database while time stands still: a row that cannot be read does not delay the others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog

from tests.runtime.test_per_item import LoopDesk
from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.guardian_steps import DAUGHTER, SON, asked, asks, guardian
from tests.unit.sms_desk import SENDER, SmsDesk
from tests.unit.test_last_checks import rings
from tests.unit.test_one_bad_row import loses_the_key
from wakeup.domain.attempt import Attempt, AttemptState
from wakeup.domain.confirmation import Step
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import AttemptId, CaseId, CustomerId, GuardianId
from wakeup.domain.rest import NO_REST, Rest
from wakeup.domain.sms import SmsState
from wakeup.runtime.loops.dispatcher import Dispatcher
from wakeup.runtime.loops.loop import AFTER_TROUBLE, Loop
from wakeup.runtime.loops.messenger import Messenger
from wakeup.runtime.loops.planner import Planner
from wakeup.runtime.loops.reconciler import Reconciler
from wakeup.runtime.loops.switchboard import Switchboard
from wakeup.usecases.dispatch.dialling import Dialling
from wakeup.usecases.guardian_answers.guardian_talk import is_guardian
from wakeup.usecases.ladder.plan_calls import suppress
from wakeup.usecases.ports import CallOrder, Placement, PostResult, RemoteCall, SmsOrder
from wakeup.usecases.repositories.guardians import Change
from wakeup.usecases.ringing.pacing import AccountLimits

LATER = T0 + 15 * MINUTE
DIALLING = Dialling(
    account=AccountLimits(name="AC", calls_per_second=100, max_concurrent=100), from_numbers=("+6531580001",), node="n"
)


class Company:
    """A phone company that accepts every SMS, and knows of no call."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.rung: list[str] = []
        self.asked_about: list[str] = []

    async def send(self, order: SmsOrder) -> Placement:
        self.sent.append(order.to)
        return Placement(proof=PostResult.ACCEPTED, call_sid=f"SM{len(self.sent):032}")

    async def place(self, order: CallOrder) -> Placement:
        self.rung.append(order.to)
        return Placement(proof=PostResult.ACCEPTED, call_sid=f"CA{len(self.rung):032}")

    async def find_texts(self, to: str, *_: Any) -> list[Any]:
        self.asked_about.append(to)
        return []

    async def find(self, to: str, *_: Any) -> Sequence[RemoteCall]:
        self.asked_about.append(to)
        return []


class TwoCustomers(LoopDesk):
    """Two customers, each with a guardian, and a phone company."""

    def __init__(self) -> None:
        super().__init__()
        self.desk: SmsDesk = SmsDesk()
        self.company = Company()
        guardians = [(guardian(DAUGHTER),), (guardian(SON),)]
        opened = [self.desk.flag(n, minutes=120, guardians=they) for n, they in enumerate(guardians, start=1)]
        self.cases = [CaseId(one.case_id) for one in opened]
        self.messenger = Messenger(self.engine, self.company, SENDER)  # type: ignore[arg-type]
        self.reconciler = Reconciler(self.engine, self.company)  # type: ignore[arg-type]
        self.switchboard = Switchboard(self.engine, self.company)  # type: ignore[arg-type]
        self.dispatcher = Dispatcher(self.engine, self.company, DIALLING)  # type: ignore[arg-type]
        self.planner = Planner(self.engine, DIALLING.account, "n", self.desk.run(lambda unit: unit.policy.overload))

    def all_are_asked(self) -> None:
        for case_id in self.cases:
            assert asks(self.desk, case_id) is None

    def attempt(self, n: int) -> Attempt:
        """The first attempt in customer n's case."""
        return self.desk.run(lambda unit: unit.attempts.of_case(self.cases[n - 1])[0])

    def turns(self, loop: Loop, now: datetime) -> timedelta | None:
        """Run one round of the loop and all that follows from it. Return the delay until it wants to look again."""
        self.clock.at = now

        async def turn() -> datetime | None:
            again = await loop.round()
            await loop.drain(5)
            return again

        with structlog.testing.capture_logs() as lines:
            again = asyncio.run(turn())
        self.complaints = [line["event"] for line in lines if line["log_level"] == "error"]
        return None if again is None else again - now


@pytest.fixture
def loops() -> TwoCustomers:
    return TwoCustomers()


def test_a_text_that_cannot_be_read_stops_no_other_text(loops: TwoCustomers) -> None:
    loops.all_are_asked()
    loses_the_key(loops.desk, "u_1")
    assert loops.turns(loops.messenger, T0) == AFTER_TROUBLE
    assert loops.complaints == ["text_not_started"]
    assert loops.company.sent == [SON]
    loops.turns(loops.messenger, T0 + timedelta(milliseconds=500))
    assert loops.complaints == [], "it rests"


def test_a_text_that_cannot_be_read_rests_though_the_account_may_rarely_send(loops: TwoCustomers) -> None:
    loops.all_are_asked()
    loses_the_key(loops.desk, "u_1")
    tried = []
    for seconds in range(70):
        now = T0 + timedelta(seconds=seconds)
        loops.messenger._paced = NO_REST if seconds % 3 == 0 else Rest(now, now + timedelta(seconds=1))
        loops.turns(loops.messenger, now)
        tried += [seconds] * loops.complaints.count("text_not_started")
    assert tried == [0, 3, 6, 12, 21, 39]
    assert len(loops.failures) == len(tried)
    assert loops.alarms == ["item_failed"]


def test_urgent_texts_that_cannot_be_read_do_not_stop_the_others_either(loops: TwoCustomers) -> None:
    loops.all_are_asked()
    loses_the_key(loops.desk, "u_1")
    loops.desk.run(
        lambda unit: unit.connection.exec_driver_sql(
            "UPDATE sms SET kind = 'outcome' WHERE case_id = ?", (loops.cases[1],)
        )
    )
    loops.turns(loops.messenger, T0)
    [sms] = loops.desk.run(lambda unit: unit.texts.of_case(loops.cases[1]))
    assert sms.state is not SmsState.QUEUED


def test_a_prompt_that_cannot_be_looked_after_keeps_no_others_waiting(loops: TwoCustomers) -> None:
    loops.all_are_asked()
    for seconds in range(3):
        loops.turns(loops.messenger, T0 + timedelta(seconds=seconds))
    assert sorted(loops.company.sent) == sorted([DAUGHTER, SON])
    loses_the_key(loops.desk, "u_1")
    reminded = max(asked(loops.desk, case_id)[0].due_at or T0 for case_id in loops.cases)
    loops.turns(loops.messenger, reminded)
    assert "prompt_not_looked_after" in loops.complaints
    steps = [asked(loops.desk, case_id)[0].step for case_id in loops.cases]
    assert steps == [Step.REMIND, Step.NEXT_GUARDIAN]


def test_a_change_that_cannot_be_read_keeps_no_others_waiting(loops: TwoCustomers) -> None:
    for customer in ("u_1", "u_2"):
        change = Change(customer_id=CustomerId(customer), guardian_id=GuardianId("g_9"), due_at=T0, wanted=None)
        loops.desk.run(lambda unit, change: unit.guardians.wait(change), change)
    loses_the_key(loops.desk, "u_1")
    assert loops.turns(loops.messenger, T0) == AFTER_TROUBLE
    assert loops.complaints == ["change_not_made"]
    assert loops.desk.run(lambda unit: unit.guardians.changes_due(T0, 9)) == [("u_1", "g_9")]


def test_a_lost_text_that_cannot_be_read_keeps_no_others_from_being_asked_about(loops: TwoCustomers) -> None:
    loops.all_are_asked()
    loops.desk.send(T0, Placement(proof=PostResult.UNKNOWN))
    loses_the_key(loops.desk, "u_1")
    loops.turns(loops.messenger, T0 + MINUTE)
    assert "text_not_checked" in loops.complaints
    assert set(loops.company.asked_about) == {SON}


def test_a_lost_call_whose_number_cannot_be_read_keeps_no_others_from_being_asked_about(loops: TwoCustomers) -> None:
    for _ in loops.cases:
        rings(loops.desk)
    loops.turns(loops.reconciler, T0 + MINUTE)
    loses_the_key(loops.desk, "u_1")
    loops.company.asked_about.clear()
    loops.turns(loops.reconciler, T0 + 2 * MINUTE)
    loops.turns(loops.reconciler, T0 + 3 * MINUTE)
    assert loops.complaints == ["call_not_checked"]
    assert "+6590000002" in loops.company.asked_about
    assert "+6590000001" not in loops.company.asked_about


def test_a_hand_over_that_cannot_be_tended_keeps_no_others_waiting(loops: TwoCustomers) -> None:
    attempts = [loops.desk.run(lambda unit, c: unit.attempts.of_case(c)[0].id, c) for c in loops.cases]
    cases = [CaseId("case_gone"), loops.cases[1]]
    for attempt_id, case_id in zip(attempts, cases, strict=True):
        wait = HandOver(
            attempt_id=AttemptId(attempt_id), n=3, case_id=case_id, customer_id=CustomerId("u_1"), language="zh",
            skills=(), asked_at=T0, give_up_at=T0 + MINUTE, due_at=T0 + MINUTE,
        )  # fmt: skip
        loops.desk.run(lambda unit, wait: unit.hand_overs.add(wait), wait)
    assert loops.turns(loops.switchboard, T0 + HOUR) == AFTER_TROUBLE
    assert loops.complaints == ["hand_over_not_tended"]
    [waits] = loops.desk.run(lambda unit: unit.hand_overs.of_case(loops.cases[1]))
    assert waits.due_at is None


def runs_out_of_time(loops: TwoCustomers, n: int) -> datetime:
    """The last moment to start customer n's call has passed, and the customer's sealed data can no longer be opened."""
    over = loops.attempt(n).latest_start + timedelta(seconds=1)
    loses_the_key(loops.desk, f"u_{n}")
    return over


def test_a_call_that_can_not_be_given_up_keeps_no_other_phone_from_ringing(loops: TwoCustomers) -> None:
    over = runs_out_of_time(loops, 1)
    for n in (3, 4):
        loops.desk.flag(n, over, minutes=120)
    second = loops.attempt(2)
    loops.desk.on(loops.cases[1], over, lambda file: suppress(file, second, "window_too_short"))
    loops.turns(loops.dispatcher, over)
    assert sorted(loops.company.rung) == ["+6590000003", "+6590000004"]
    assert loops.complaints == ["start_failed", "attempt_not_claimed"]
    assert loops.attempt(1).state is AttemptState.PLANNED


def test_other_calls_start_as_usual_while_a_failing_attempt_rests(loops: TwoCustomers) -> None:
    over = runs_out_of_time(loops, 1)
    loops.turns(loops.dispatcher, over)
    loops.desk.flag(3, over, minutes=120)
    loops.turns(loops.dispatcher, over + timedelta(milliseconds=500))
    assert loops.complaints == []
    assert "+6590000003" in loops.company.rung
    loops.turns(loops.dispatcher, over + AFTER_TROUBLE)
    assert loops.complaints == ["start_failed", "attempt_not_claimed"], "tried again, and not forgotten"


def test_a_call_that_can_not_be_given_up_does_not_stop_the_planner(loops: TwoCustomers) -> None:
    over = max(runs_out_of_time(loops, 1), loops.attempt(2).latest_start + timedelta(seconds=1))
    loops.turns(loops.planner, over)
    assert loops.complaints == ["attempt_not_given_up"]
    assert loops.attempt(2).state is AttemptState.SUPPRESSED


def seconds_of_tries(loops: TwoCustomers, event: str, until: int) -> list[int]:
    """The seconds after T0 at which the dispatcher, which looks every second, complained of the event."""
    tried = []
    for seconds in range(until):
        loops.turns(loops.dispatcher, T0 + timedelta(seconds=seconds))
        tried += [seconds] * loops.complaints.count(event)
    return tried


def test_a_call_whose_customer_cannot_be_read_rests_longer_each_time_and_alerts_the_operator(
    loops: TwoCustomers,
) -> None:
    loses_the_key(loops.desk, "u_1")
    assert seconds_of_tries(loops, "intent_not_written", 70) == [0, 1, 3, 7, 15, 31, 63]
    assert loops.failures == ["intent_not_written"] * 7
    assert loops.alarms == ["item_failed"]
    assert loops.company.rung == ["+6590000002"]


def test_a_call_that_cannot_be_read_is_given_back_to_the_other_nodes_with_its_start(loops: TwoCustomers) -> None:
    loses_the_key(loops.desk, "u_1")
    loops.turns(loops.dispatcher, T0)
    attempt = loops.attempt(1)
    assert (attempt.state, attempt.claim_token, attempt.due_at) == (AttemptState.PLANNED, None, T0)
    assert loops.desk.run(lambda unit: unit.lines.granted("AC")) == 1, "only customer 2's call has started"


def test_whether_a_guardian_was_rung_is_known_without_opening_anything(loops: TwoCustomers) -> None:
    first = loops.attempt(1)
    loses_the_key(loops.desk, "u_1")
    assert not loops.desk.on(loops.cases[0], T0, lambda file: is_guardian(file, first))
