"""A planned call that was never made is planned again after more time, a graver tier or the end of a take-over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import a_staff, hire, order
from tests.unit.desk import POLICY, Desk, someone, take_claims
from tests.unit.test_joining_transfer import rung_already
from tests.unit.test_last_checks import NIGHT_IN_SINGAPORE, hangs_up, rings, told
from wakeup.domain.attempt import Attempt, AttemptState, Errand
from wakeup.domain.ids import AttemptId, CaseId, TransferId
from wakeup.domain.party import Role
from wakeup.domain.review import Reason
from wakeup.domain.rung import RungKind, RungState
from wakeup.domain.transfer import Tier
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.overrule import DecisionRef, extend
from wakeup.usecases.inputs import Number, TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.ladder.climb import climb

T1 = TransferId("t_1")
NIGHT, SECOND = NIGHT_IN_SINGAPORE, timedelta(seconds=1)
NEXT_DAY, LEGAL_LIMIT = NIGHT + 14 * HOUR, NIGHT + 48 * HOUR
SISTER, SON = someone("+6598887777", "u_1"), someone("+6598886666", "g_1")
ABROAD = replace(SISTER, number=Number(e164="+447911123456", region="SG", line_type="mobile", zones="Europe/London"))


def the_bank_extends(desk: Desk, decide_by: datetime, now: datetime) -> None:
    news = TransferEventIn(
        event_id=f"news_{now}", content_hash="h", transfer_id=T1, occurred_at=now,
        kind=TransferNews.WINDOW_EXTENDED, decide_by=decide_by,
    )  # fmt: skip
    desk.run(apply_transfer_event, news, now)


def a_person_extends(desk: Desk, decide_by: datetime, now: datetime) -> None:
    hire(desk, a_staff("ann"))
    transfer = desk.transfer(T1)
    aim = DecisionRef(transfer_id=T1, sequence=transfer.sequence)
    desk.run(extend, order(desk, "ann", transfer.case_id, Reason.WAITING_FOR_CALLBACK), aim, decide_by, now)


def planned(desk: Desk, case_id: CaseId) -> list[Attempt]:
    return [a for a in desk.run(lambda unit: unit.attempts.of_case(case_id)) if a.state is AttemptState.PLANNED]


@pytest.mark.parametrize("extends", [the_bank_extends, a_person_extends])
def test_a_customer_who_was_not_called_at_night_is_called_in_the_morning_if_there_is_time(
    extends: Callable[[Desk, datetime, datetime], None],
) -> None:
    desk = Desk()
    case_id = desk.flag(1, NIGHT, tier=Tier.HIGH, hold_max=LEGAL_LIMIT).case_id
    assert rings(desk, NIGHT)[1] is None
    extends(desk, NEXT_DAY, NIGHT + MINUTE)
    assert rings(desk, NIGHT + MINUTE)[1] is None, "still night"
    [waits] = planned(desk, case_id)
    assert rings(desk, waits.due_at)[1] is not None
    assert waits.due_at < NEXT_DAY


def test_a_customer_who_was_not_called_at_night_is_called_when_the_case_becomes_critical(desk: Desk) -> None:
    desk.flag(1, NIGHT, tier=Tier.HIGH)
    assert rings(desk, NIGHT)[1] is None
    desk.flag(1, NIGHT + MINUTE, tier=Tier.CRITICAL, event_id="again", content_hash="other")
    assert rings(desk, NIGHT + MINUTE)[1] is not None
    assert len(told(desk, "quiet_hours_overridden")) == 1


@pytest.mark.parametrize("tier", [Tier.CRITICAL, Tier.HIGH])
def test_a_call_that_was_promised_for_the_morning_keeps_no_graver_case_waiting(desk: Desk, tier: Tier) -> None:
    case_id = desk.flag(1, NIGHT, tier=Tier.MEDIUM, hold_max=LEGAL_LIMIT).case_id
    assert rings(desk, NIGHT)[1] is None

    def promise(file: CaseFile) -> None:
        [first] = file.unit.attempts.of_case(case_id)
        call = replace(
            first, id=AttemptId("att_p"), n=2, state=AttemptState.PLANNED, disposition=None, ended_at=None,
            errand=Errand.APPOINTMENT, due_at=NEXT_DAY, latest_start=NEXT_DAY + MINUTE,
        )  # fmt: skip
        file.unit.attempts.add(call, file.now)

    desk.on(case_id, NIGHT, promise)
    desk.flag(1, NIGHT + MINUTE, tier=tier, event_id="again", content_hash="other")
    assert (rings(desk, NIGHT + MINUTE)[1] is None) is (tier is Tier.HIGH), "at night only what is critical"
    assert [a.due_at for a in planned(desk, case_id)] == [NEXT_DAY]


def test_a_call_too_late_while_dialling_was_stopped_is_made_when_the_window_is_extended(desk: Desk) -> None:
    case_id = desk.flag(1, tier=Tier.CRITICAL, minutes=10).case_id
    late = T0 + 9 * MINUTE + 30 * SECOND
    assert desk.run(take_claims, late) == []
    assert told(desk, "attempt_suppressed")[0]["reason"] == "window_too_short"
    the_bank_extends(desk, T0 + 3 * HOUR, late)
    assert [a.due_at for a in planned(desk, case_id)] == [late]
    assert rings(desk, late)[1] is not None


def test_a_customer_on_the_line_or_without_wish_for_calls_is_not_called_after_all(desk: Desk) -> None:
    case_id = desk.flag(1, NIGHT, tier=Tier.HIGH, hold_max=LEGAL_LIMIT).case_id
    rings(desk, NIGHT)
    desk.on(case_id, NIGHT, lambda file: file.update(replace(file.case, no_calls=True)))
    the_bank_extends(desk, NEXT_DAY, NIGHT + MINUTE)
    assert planned(desk, case_id) == []


def test_a_call_after_all_keeps_to_the_calls_a_case_has(desk: Desk) -> None:
    case_id = desk.flag(1, NIGHT, tier=Tier.HIGH, hold_max=LEGAL_LIMIT).case_id
    rings(desk, NIGHT)
    rung_already(desk, case_id, Role.ALTERNATE, [AttemptState.ENDED] * POLICY.calling.max_calls_per_case)
    the_bank_extends(desk, NEXT_DAY, NIGHT + 2 * MINUTE)
    assert planned(desk, case_id) == []
    assert told(desk, "ladder_ended")[-1]["reason"] == "calls_used_up", "and it says so"


def test_the_customers_own_number_comes_back_before_another_that_was_rung_meanwhile(desk: Desk) -> None:
    case_id = desk.flag(1, NIGHT, tier=Tier.HIGH, minutes=60, hold_max=LEGAL_LIMIT, alternates=(ABROAD,)).case_id
    own, _ = rings(desk, NIGHT)
    desk.run(climb, case_id, NIGHT + 15 * MINUTE)
    other, intent = rings(desk, NIGHT + 15 * MINUTE)
    assert intent is not None
    hangs_up(desk, case_id, other, NIGHT + 16 * MINUTE)
    the_bank_extends(desk, NEXT_DAY, NIGHT + 17 * MINUTE)
    first = desk.run(lambda unit: unit.attempts.get(own))
    assert [a.party_id for a in planned(desk, case_id)] == [first.party_id]


def late_rungs(desk: Desk, case_id: CaseId) -> set[RungKind]:
    records = desk.run(lambda unit: unit.rungs.of_case(case_id))
    return {r.kind for r in records if r.reason == "window_too_short"}


def test_rungs_that_were_found_too_late_come_back_with_more_time(desk: Desk) -> None:
    case_id = desk.flag(1, tier=Tier.CRITICAL, alternates=(SISTER,), guardians=(SON,)).case_id
    late = T0 + 29 * MINUTE + 30 * SECOND
    desk.run(climb, case_id, late)
    missed = {RungKind.TEXT_GUARDIAN, RungKind.HUMAN_AGENT, RungKind.CALL_GUARDIAN, RungKind.CALL_ALTERNATE}
    assert late_rungs(desk, case_id) == missed
    the_bank_extends(desk, T0 + 3 * HOUR, late)
    assert desk.run(climb, case_id, late) == len(missed), "overdue by now: at once"
    records = desk.run(lambda unit: unit.rungs.of_case(case_id))
    assert {r.kind for r in records if r.reason != "window_too_short"} == missed | {RungKind.POLICE_HANDOFF}
    assert RungKind.HUMAN_AGENT in {r.kind for r in records if r.state is RungState.TAKEN}
    the_bank_extends(desk, T0 + 4 * HOUR, late + SECOND)
    assert desk.run(climb, case_id, late + SECOND) == 0, "each once"


def test_a_rung_that_was_found_too_late_comes_by_the_clock_of_a_payment_that_joins(desk: Desk) -> None:
    case_id = desk.flag(1, customer_id="u_1", tier=Tier.HIGH).case_id
    late = T0 + 29 * MINUTE
    desk.run(climb, case_id, late)
    assert RungKind.HUMAN_AGENT in late_rungs(desk, case_id)
    joins = late + SECOND
    desk.flag(2, joins, customer_id="u_1", tier=Tier.HIGH, minutes=60)
    assert desk.run(lambda unit: unit.cases.lock(case_id)).rung_at == joins + 6 * MINUTE
    for minutes in (6, 8, 15):
        desk.run(climb, case_id, joins + minutes * MINUTE)
    assert len(told(desk, "person_wanted")) == 1


def test_a_little_more_time_brings_only_what_fits_into_it(desk: Desk) -> None:
    case_id = desk.flag(1, tier=Tier.CRITICAL, alternates=(SISTER,)).case_id
    late = T0 + 29 * MINUTE + 30 * SECOND
    desk.run(climb, case_id, late)
    the_bank_extends(desk, T0 + 31 * MINUTE + 30 * SECOND, late)
    desk.run(climb, case_id, late)
    records = desk.run(lambda unit: unit.rungs.of_case(case_id))
    assert sum(r.kind is RungKind.HUMAN_AGENT for r in records) == 1, "a person needs two minutes"
    assert sum(r.kind is RungKind.TEXT_GUARDIAN for r in records) == 2
