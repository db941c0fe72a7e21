"""More calls are due than the lines can carry: which are rung, which wait, and what becomes of the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import DIALLING, POLICY, Desk, take_claims
from tests.unit.test_plan import lets_in
from wakeup.domain.attempt import Attempt, AttemptState
from wakeup.domain.call_value import CLASSES, class_of
from wakeup.domain.ids import AttemptId, CaseId, PartyId
from wakeup.domain.plan import CutOff
from wakeup.domain.transfer import Tier
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.dispatch.claim_attempts import Claim
from wakeup.usecases.dispatch.plan_lines import give_up_late, late_attempts, make_plan, publish_plan
from wakeup.usecases.dispatch.start_calls import Started, start_due
from wakeup.usecases.ringing.pacing import AccountLimits, stop_dialling

ONE = AccountLimits(name="AC", calls_per_second=100, max_concurrent=1)
NO_SHARE = replace(POLICY, overload=replace(POLICY.overload, share=0.0))
SECOND = timedelta(seconds=1)


def a_desk() -> Desk:
    return Desk(NO_SHARE)


def flag(desk: Desk, amount: int, minutes: float, **more: Any) -> CaseId:
    return desk.flag(amount=Decimal(amount), minutes=minutes, **more).case_id


def claims(desk: Desk, now: datetime = T0, account: AccountLimits = ONE) -> list[Claim]:
    return desk.run(take_claims, now, 32, replace(DIALLING, account=account))


def rung(desk: Desk, claimed: list[Claim]) -> list[CaseId]:
    return [desk.run(lambda unit, one: unit.attempts.get(one).case_id, claim.attempt_id) for claim in claimed]


def ends(desk: Desk, claimed: list[Claim]) -> None:
    """The calls end without a lesson, and their lines are free."""
    for claim in claimed:
        desk.run(_end, claim.attempt_id)


def _end(unit: SqlUnit, attempt_id: AttemptId) -> None:
    attempt = unit.attempts.get(attempt_id)
    unit.attempts.save(replace(attempt, state=AttemptState.CANCELED, check_at=None, ended_at=T0, lease_until=None))


def plans(desk: Desk, now: datetime = T0, node: str = "node") -> bool:
    fresh = desk.run(make_plan, ONE, node, now)
    return fresh is not None and desk.run(publish_plan, fresh, now)


def attempts(desk: Desk, case_id: CaseId) -> Sequence[Attempt]:
    return desk.run(lambda unit: unit.attempts.of_case(case_id))


def test_a_claim_lets_in_exactly_what_the_cut_off_does() -> None:
    desk = a_desk()
    for amount in (50, 700, 700, 9_000, 90_000):
        for minutes in (8, 20, 55):
            flag(desk, amount, minutes)
    waiting = [one for case_id in desk.run(_cases) for one in attempts(desk, case_id)]
    opens: list[datetime | None] = [T0 + 15 * MINUTE, None, T0]
    for turn in range(3):
        cut_off = CutOff(opens=tuple(opens[(value_class + turn) % 3] for value_class in range(CLASSES)))
        found = desk.run(lambda unit, cut_off: unit.waiting.pressing(cut_off, T0, 99), cut_off)
        assert {one.id for one in found} == {
            one.id for one in waiting if lets_in(cut_off, class_of(one.value), one.latest_start)
        }
        assert 0 < len(found) < len(waiting)


def _cases(unit: SqlUnit) -> list[CaseId]:
    return [CaseId(row[0]) for row in unit.connection.exec_driver_sql("SELECT id FROM cases")]


def test_with_lines_for_all_no_attempt_is_weighed() -> None:
    desk = a_desk()
    cases = {flag(desk, amount, 30) for amount in (50, 90_000, 700)}
    many = replace(ONE, max_concurrent=9)
    claimed = claims(desk, account=many)
    assert "plan" not in desk.wakes
    assert set(rung(desk, claimed)) == cases


def gives_up(desk: Desk, now: datetime) -> int:
    late = desk.run(late_attempts, now, 20).found
    for attempt_id in late:
        desk.run(give_up_late, attempt_id, now)
    return len(late)


def test_without_a_plan_the_guard_rule_rings_the_first_deadline_among_the_best() -> None:
    desk = a_desk()
    _small = flag(desk, 300, 3)
    _best = flag(desk, 60_000, 30)
    nearly = flag(desk, 50_000, 10)
    claimed = claims(desk)
    assert "plan" in desk.wakes, "a plan is asked for"
    assert rung(desk, claimed) == [nearly]


def test_the_plan_rings_what_would_run_out_of_time_and_still_reaches_the_best() -> None:
    desk = a_desk()
    urgent = flag(desk, 1_000, 5)
    best = flag(desk, 60_000, 60)
    assert plans(desk)
    first = claims(desk)
    assert rung(desk, first) == [urgent], "the best can wait: there will be a line for both"
    ends(desk, first)
    assert rung(desk, claims(desk, T0 + MINUTE)) == [best]


def test_an_old_plan_is_not_used() -> None:
    desk = a_desk()
    _urgent = flag(desk, 1_000, 5)
    best = flag(desk, 60_000, 60)
    assert plans(desk)
    assert rung(desk, claims(desk, T0 + POLICY.overload.plan_stale + SECOND)) == [best]


def test_the_plan_leaves_out_what_is_worth_least_where_time_is_short() -> None:
    desk = a_desk()
    crowd = [flag(desk, 8_000, 4) for _ in range(4)]
    poor = flag(desk, 90, 4)
    assert plans(desk)
    assert set(rung(desk, claims(desk))) <= set(crowd)
    for case_id in crowd:
        desk.run(_end, attempts(desk, case_id)[0].id)
    assert rung(desk, claims(desk, T0 + SECOND)) == [poor], "it stays eligible: a line that is free is not left idle"


def test_an_attempt_left_out_by_the_plan_rings_by_the_guard_rule_when_no_other_waits() -> None:
    desk = a_desk()
    crowd = [flag(desk, 8_000, 4) for _ in range(12)]
    poor, poorer = flag(desk, 90, 4), flag(desk, 40, 3.6)
    assert plans(desk)
    for case_id in crowd:
        desk.run(_end, attempts(desk, case_id)[0].id)
    first = claims(desk, T0 + SECOND)
    assert rung(desk, first) == [poor]
    ends(desk, first)
    assert rung(desk, claims(desk, T0 + 2 * SECOND)) == [poorer]


def test_a_share_of_the_lines_goes_by_tier_then_need_then_waiting_time() -> None:
    desk = Desk(replace(POLICY, overload=replace(POLICY.overload, share=0.5)))
    for _ in range(6):
        flag(desk, 80_000, 30)
    small_high = desk.flag(amount=Decimal(20), tier=Tier.HIGH).case_id
    small_old = desk.flag(amount=Decimal(20), birth_year=1940).case_id
    found = []
    for n in range(4):
        claimed = claims(desk, T0 + n * SECOND)
        found += rung(desk, claimed)
        ends(desk, claimed)
    assert {small_high, small_old} <= set(found), "half of four starts"
    assert found.index(small_high) < found.index(small_old)


def test_a_case_that_becomes_more_serious_gets_an_earlier_turn() -> None:
    desk = a_desk()
    opened = desk.flag(customer_id="u", amount=Decimal(20))
    before = attempts(desk, opened.case_id)[0].fair_class
    desk.flag(customer_id="u", amount=Decimal(20), tier=Tier.CRITICAL)
    assert attempts(desk, opened.case_id)[0].fair_class < before


def test_an_attempt_that_ran_out_of_time_is_given_up_once() -> None:
    desk = a_desk()
    late, patient = flag(desk, 20, 3), flag(desk, 20, 60)
    assert gives_up(desk, T0 + MINUTE) == 0
    over = attempts(desk, late)[0].latest_start + SECOND
    assert gives_up(desk, over) == 1
    assert attempts(desk, late)[0].state is AttemptState.SUPPRESSED
    assert attempts(desk, patient)[0].state is AttemptState.PLANNED
    assert gives_up(desk, over) == 0


def test_one_node_plans_until_its_lease_ends() -> None:
    desk = a_desk()
    flag(desk, 20, 30)
    assert plans(desk, T0, "a")
    assert not plans(desk, T0 + SECOND, "b")
    assert plans(desk, T0 + 2 * SECOND, "a")
    stale = desk.run(make_plan, ONE, "a", T0 + 3 * SECOND)
    over = T0 + 2 * SECOND + POLICY.overload.plan_stale
    assert plans(desk, over, "b")
    assert stale is not None
    assert not desk.run(publish_plan, stale, over), "who was away while the lease passed on writes nothing"


def test_nothing_that_waits_needs_no_plan() -> None:
    desk = a_desk()
    assert not plans(desk)


def test_how_long_calls_last_is_learned_from_the_lines() -> None:
    desk = a_desk()
    for _ in range(300):
        flag(desk, 20, 600)
    now = T0
    for _ in range(200):
        # The only line is used for ten seconds, again and again.
        claimed = claims(desk, now)
        assert plans(desk, now + SECOND)
        now += 10 * SECOND
        ends(desk, claimed)
    plan = desk.run(lambda unit: unit.plans.get("AC"))
    assert plan is not None
    assert 9 < plan.line_seconds / plan.starts < 11


def test_while_dialling_is_stopped_no_plan_is_asked_for() -> None:
    desk = a_desk()
    flag(desk, 20, 30)
    desk.run(stop_dialling, ONE.name, "pause", T0 + MINUTE, T0)
    assert desk.run(start_due, replace(DIALLING, account=ONE), 32, T0) == Started(again_at=T0 + MINUTE)
    assert "plan" not in desk.wakes


def test_attempts_that_are_not_due_yet_cost_a_claim_nothing() -> None:
    assert steps_of_a_claim(not_due=2_000) < 1.5 * steps_of_a_claim(not_due=20)


def steps_of_a_claim(not_due: int) -> int:
    """Steps that SQLite itself counts, in tens. Calls that are not due would go first once their time has come."""
    desk = a_desk()
    flag(desk, 5_000, 60)
    flag(desk, 5_000, 60)
    desk.run(_fill, not_due)
    steps = []

    def claim(unit: SqlUnit) -> None:
        raw = unit.connection.connection.driver_connection
        assert raw is not None
        raw.set_progress_handler(lambda: steps.append(1), 10)
        try:
            assert len(take_claims(unit, T0, 1, replace(DIALLING, account=ONE))) == 1
        finally:
            raw.set_progress_handler(None, 0)

    desk.run(claim)
    return len(steps)


def _fill(unit: SqlUnit, count: int) -> None:
    for n in range(count):
        later = Attempt(
            id=AttemptId(f"att_later_{n}"), case_id=CaseId(f"case_{n}"), party_id=PartyId(f"pty_{n}"),
            number_index=f"n_{n}", n=1, due_at=T0 + MINUTE, latest_start=T0 + 2 * MINUTE, value=500_000,
        )  # fmt: skip
        unit.attempts.add(later, T0)


def test_an_attempt_that_was_put_off_is_rung_in_its_turn_when_its_time_has_come() -> None:
    desk = a_desk()
    small, large = flag(desk, 5_000, 60), flag(desk, 500_000, 60)
    [attempt] = attempts(desk, large)
    desk.run(lambda unit: unit.attempts.save(replace(attempt, due_at=T0 + MINUTE)))
    first = claims(desk)
    assert rung(desk, first) == [small]
    ends(desk, first)
    newcomer = flag(desk, 5_000, 60)
    second = claims(desk, T0 + MINUTE)
    assert rung(desk, second) == [large]
    ends(desk, second)
    assert rung(desk, claims(desk, T0 + MINUTE)) == [newcomer]


def test_an_attempt_that_ran_out_of_time_before_it_was_seen_as_due_is_given_up() -> None:
    desk = a_desk()
    case = flag(desk, 5_000, 10)
    [attempt] = attempts(desk, case)
    desk.run(lambda unit: unit.attempts.save(replace(attempt, due_at=T0 + MINUTE)))
    assert gives_up(desk, attempt.latest_start + SECOND) == 1
    assert attempts(desk, case)[0].state is AttemptState.SUPPRESSED


@pytest.mark.parametrize(("share", "first"), [(None, "richer"), (0.49, "richer"), (0.5, "poorer"), (1.0, "poorer")])
def test_a_payment_of_half_the_balance_counts_more_than_a_larger_sum(share: float | None, first: str) -> None:
    desk = a_desk()
    cases = {"richer": flag(desk, 5_000, 60), "poorer": flag(desk, 4_900, 60, share_of_balance=share)}
    assert rung(desk, claims(desk)) == [cases[first]]
