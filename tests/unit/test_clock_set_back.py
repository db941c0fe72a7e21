"""After a clock was set back, no stop, rest or plan that was stored before keeps calls and SMS waiting until the clock
has caught up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.builders import HOUR, T0
from tests.unit.console_people import a_staff, hire
from tests.unit.desk import DIALLING, Desk
from tests.unit.guardian_steps import asks, guardian
from tests.unit.sms_desk import SENDER, SmsDesk, start_next
from tests.unit.test_board import ANN
from tests.unit.test_overload import ONE, a_desk, claims, ends, flag, plans, rung
from tests.unit.test_senders import POOL, REFUSED, intent_of
from wakeup.domain.pacing import PAUSED, STOPPED_FOR
from wakeup.domain.rest import NO_REST, Rest
from wakeup.usecases.console.board import pause_all, read_board
from wakeup.usecases.dispatch.plan_lines import make_plan
from wakeup.usecases.dispatch.record_placement import record_placement
from wakeup.usecases.ports import Placement, PostResult, RefusalCause
from wakeup.usecases.repositories.views import Wanted
from wakeup.usecases.ringing.pacing import stop_dialling, take_lines
from wakeup.usecases.ringing.senders import sender_for
from wakeup.usecases.texts.send_texts import record_sending

SET_BACK = T0 - HOUR
SECOND, HALF_A_SECOND = timedelta(seconds=1), timedelta(seconds=0.5)
ACCOUNT = DIALLING.account
seconds = st.integers(-100, 100).map(lambda n: timedelta(seconds=n))


@given(lasts=st.integers(0, 100).map(lambda n: timedelta(seconds=n)), passed=seconds)
def test_a_rest_holds_from_its_begin_to_its_end(lasts: timedelta, passed: timedelta) -> None:
    assert Rest(T0, T0 + lasts).holds(T0 + passed) is (timedelta() <= passed < lasts)
    assert not NO_REST.holds(T0 + passed)


def test_a_stop_of_calls_is_over_and_the_next_call_probes() -> None:
    desk = Desk()
    desk.run(stop_dialling, ACCOUNT.name, "account:20003", T0 + STOPPED_FOR, T0)
    slightly_behind = T0 - HALF_A_SECOND
    assert desk.run(take_lines, ACCOUNT, 5, slightly_behind).count == 0, "it may be another node's clock"
    assert desk.run(read_board, Wanted(), slightly_behind).totals.stopped_because is not None
    assert desk.run(lambda unit: unit.lines.no_calls_until(slightly_behind)) == T0 + STOPPED_FOR
    assert desk.run(read_board, Wanted(), SET_BACK).totals.stopped_because is None
    assert desk.run(lambda unit: unit.lines.no_calls_until(SET_BACK)) is None, "colleagues may be called"
    assert desk.run(take_lines, ACCOUNT, 5, SET_BACK).count == 1
    assert desk.run(take_lines, ACCOUNT, 5, SET_BACK + HALF_A_SECOND).count == 0, "the probe is waited for"


def test_a_pause_of_a_supervisor_stays(desk: Desk) -> None:
    desk.run(pause_all, ANN, ACCOUNT.name, T0)
    assert desk.run(take_lines, ACCOUNT, 5, SET_BACK).stopped_because == PAUSED
    assert desk.run(lambda unit: unit.lines.no_calls_until(SET_BACK)) is not None
    assert desk.run(read_board, Wanted(), SET_BACK).totals.stopped_because == PAUSED


@given(back=st.integers(0, 72).map(lambda n: timedelta(hours=n)))
def test_a_pause_outlasts_every_stop_of_before(back: timedelta) -> None:
    """A stop of before a step back of more than a day ends later than a pause, and was kept in its place. Then it was
    over at once."""
    desk, now = Desk(), T0 - back
    hire(desk, a_staff("ann"))
    desk.run(stop_dialling, ACCOUNT.name, "account:20003", T0 + STOPPED_FOR, T0)
    desk.run(pause_all, ANN, ACCOUNT.name, now)
    for passed in (SECOND, HOUR, 23 * HOUR):
        assert desk.run(take_lines, ACCOUNT, 5, now + passed).stopped_because == PAUSED


def test_a_stop_of_calls_after_the_step_is_a_new_one() -> None:
    desk = Desk()
    desk.run(stop_dialling, ACCOUNT.name, "account:20003", T0 + STOPPED_FOR, T0)
    desk.run(stop_dialling, ACCOUNT.name, "account:20005", SET_BACK + STOPPED_FOR, SET_BACK)
    taken = desk.run(take_lines, ACCOUNT, 5, SET_BACK + SECOND)
    assert (taken.count, taken.stopped_because) == (0, "account:20005")


def test_a_stop_of_texts_after_the_step_is_a_new_one() -> None:
    desk = SmsDesk()
    for n in range(1, 4):
        opened = desk.flag(n, SET_BACK, minutes=180, guardians=(guardian(f"+659888000{n}", f"g_{n}"),))
        assert asks(desk, opened.case_id, SET_BACK) is None
    posted = [desk.run(start_next, SENDER, now).order for now in (T0, T0 + SECOND)]
    broken = Placement(proof=PostResult.REFUSED, code=20003, fault=RefusalCause.ACCOUNT)
    for order, now in zip(posted, (T0 + SECOND, SET_BACK), strict=True):
        assert order is not None
        desk.run(record_sending, SENDER, order.sms_id, broken, now)
    assert desk.run(start_next, SENDER, SET_BACK + SECOND).order is None


def test_a_stop_of_texts_is_over_and_the_next_text_probes() -> None:
    desk = SmsDesk()
    for n in range(1, 4):
        opened = desk.flag(n, SET_BACK, minutes=180, guardians=(guardian(f"+659888000{n}", f"g_{n}"),))
        assert asks(desk, opened.case_id, SET_BACK) is None
    started = desk.run(start_next, SENDER, T0)
    assert started.order is not None
    broken = Placement(proof=PostResult.REFUSED, code=20003, fault=RefusalCause.ACCOUNT)
    desk.run(record_sending, SENDER, started.order.sms_id, broken, T0)
    assert desk.run(start_next, SENDER, T0).order is None
    assert [desk.run(start_next, SENDER, SET_BACK).order is not None for _ in range(2)] == [True, False]


def test_a_refused_number_of_ours_rests_no_longer() -> None:
    desk = Desk()
    case_id = desk.flag(1).case_id
    attempt_id, intent = intent_of(desk)
    assert intent is not None
    desk.run(record_placement, ACCOUNT.name, attempt_id, REFUSED, T0)
    senders = [desk.on(case_id, now, lambda file: sender_for(file, POOL)) for now in (T0 - HALF_A_SECOND, SET_BACK)]
    assert [sender == intent.order.from_ for sender in senders] == [False, True]


def test_a_plan_of_before_is_not_used_and_whoever_comes_first_plans_anew() -> None:
    desk = a_desk()
    _urgent = flag(desk, 1_000, 65, now=SET_BACK)
    best = flag(desk, 60_000, 120, now=SET_BACK)
    assert plans(desk, T0, "another")
    assert not plans(desk, T0 - HALF_A_SECOND), "the lease holds though that node's clock is slightly ahead"
    claimed = claims(desk, SET_BACK)
    assert rung(desk, claimed) == [best], "by the guard rule, as without a plan"
    ends(desk, claimed)
    assert plans(desk, SET_BACK)


def test_the_length_of_calls_is_not_measured_across_the_step() -> None:
    desk = a_desk()
    flag(desk, 1_000, 5)
    flag(desk, 1_000, 5)
    assert plans(desk)
    assert len(claims(desk)) == 1, "a line is in use"
    plan = desk.run(lambda unit: unit.plans.lock("AC"))
    assert plan is not None
    measured = replace(plan, line_seconds=600.0, starts=10.0)
    desk.run(lambda unit: unit.plans.save(measured))
    for back in (HOUR, timedelta(days=30)):
        long_ago = T0 - back
        flag(desk, 1_000, 5, now=long_ago)
        fresh = desk.run(make_plan, ONE, "node", long_ago)
        assert fresh is not None
        assert (fresh.line_seconds, fresh.starts) == (600.0, 10.0)
