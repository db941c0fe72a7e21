"""What is checked again just before a phone rings, and who may still write when the check is over."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import PHONE, POLICY, Desk, said, someone, take_claims
from wakeup.domain.attempt import Attempt, AttemptEvent, AttemptState
from wakeup.domain.ids import AttemptId, CaseId, TransferId
from wakeup.domain.outcome import Disposition, Outcome
from wakeup.domain.party import Party, Payee, Role
from wakeup.domain.policy import Policy
from wakeup.domain.transfer import Tier
from wakeup.domain.window import may_ring
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.acting import Actor
from wakeup.usecases.case.calls import advance_call, bind
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.deliver import record_delivery, take_messages
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.dispatch.record_placement import record_placement
from wakeup.usecases.dispatch.write_intent import Intent, write_intent
from wakeup.usecases.inputs import Number
from wakeup.usecases.ladder.plan_calls import plan_call
from wakeup.usecases.ports import Delivery, Placement, PostResult, Receipt, RefusalCause
from wakeup.usecases.records import MessageState
from wakeup.usecases.repositories.texts import Channel
from wakeup.usecases.ringing.do_not_call import Why, block, blocked_channels, unblock
from wakeup.usecases.ringing.pacing import AccountLimits

ACCOUNT = AccountLimits(name="AC", calls_per_second=100, max_concurrent=1000)
OURS = ("+6531580001",)
SECOND = timedelta(seconds=1)


def rings(desk: Desk, now: datetime = T0) -> tuple[AttemptId, Intent | None]:
    """Claim the next due attempt and write the intent to post it."""
    [claim] = desk.run(take_claims, now)
    return claim.attempt_id, desk.run(write_intent, claim, OURS, now)


def state_of(desk: Desk, attempt_id: AttemptId) -> AttemptState:
    return desk.run(lambda unit: unit.attempts.get(attempt_id).state)


def is_rung(desk: Desk, now: datetime, n: int, lasting: timedelta = timedelta(), **event: Any) -> Attempt:
    """An event comes in and its phone is rung, which is busy."""
    opened = desk.flag(n, now, **event)
    attempt_id, intent = rings(desk, now)
    assert intent is not None
    hangs_up(desk, opened.case_id, attempt_id, now + lasting)
    return desk.run(lambda unit: unit.attempts.get(attempt_id))


def hangs_up(desk: Desk, case_id: CaseId, attempt_id: AttemptId, now: datetime) -> None:
    """The call is accepted and ends."""

    def end(file: CaseFile) -> None:
        attempt = bind(file, file.unit.attempts.get(attempt_id), f"CA{attempt_id}")
        assert attempt is not None
        advance_call(file, attempt, AttemptEvent.END, Disposition.BUSY)

    desk.on(case_id, now, end)


def told(desk: Desk, kind: str) -> list[dict[str, Any]]:
    """The data of every timeline row of a kind."""
    query = "SELECT data FROM timeline WHERE kind = ? ORDER BY case_id, n"
    rows = desk.run(lambda unit: unit.connection.exec_driver_sql(query, (kind,)).fetchall())
    return [json.loads(row[0]) for row in rows]


def calling(**changes: Any) -> Policy:
    return replace(POLICY, calling=replace(POLICY.calling, **changes))


def test_a_number_is_rung_only_so_often_a_day_for_all_its_parties_together() -> None:
    desk = Desk(calling(max_calls_per_number_day=2))
    for n in (1, 2):
        is_rung(desk, T0 + n * MINUTE, n, phone=PHONE)
    desk.flag(3, T0 + 5 * MINUTE, phone=PHONE)
    attempt_id, intent = rings(desk, T0 + 5 * MINUTE)
    assert intent is None, "a third person behind the same number does not make it a third time"
    assert state_of(desk, attempt_id) is AttemptState.SUPPRESSED
    tomorrow = T0 + timedelta(days=1, minutes=3)
    desk.flag(4, tomorrow, phone=PHONE)
    assert rings(desk, tomorrow)[1] is not None


@pytest.mark.parametrize("written", ["+6591234567", "91234567", "65 9123 4567"])
def test_the_payees_own_number_is_not_rung(desk: Desk, written: str) -> None:
    desk.flag(1, phone="+6591234567", payee=Payee(name="Wong", account="a_1", phone=written))
    attempt_id, intent = rings(desk)
    assert intent is None
    assert state_of(desk, attempt_id) is AttemptState.SUPPRESSED


def test_the_number_of_a_payee_who_came_later_is_not_rung_either(desk: Desk) -> None:
    desk.flag(1, customer_id="u_1", phone=PHONE)
    desk.flag(2, customer_id="u_1", phone=PHONE, payee=Payee(name="Wong", account="a_2", phone=PHONE))
    _, intent = rings(desk)
    assert intent is None
    assert told(desk, "attempt_suppressed")[0]["reason"] == "payees_number"


def test_a_customer_who_wants_no_more_calls_is_not_rung_for_any_event(desk: Desk) -> None:
    assert desk.run(block, PHONE, (Channel.VOICE,), Why.ASKED_IN_WRITING, Actor(name="ann"), T0)
    assert not desk.run(block, PHONE, (Channel.VOICE,), Why.ASKED_BY_PHONE, Actor(name="ann"), T0)
    assert desk.run(blocked_channels, PHONE) == (Channel.VOICE,)
    desk.flag(1, phone=PHONE)
    assert rings(desk)[1] is None
    assert told(desk, "attempt_suppressed")[0]["reason"] == "do_not_call"
    index = desk.run(lambda unit: unit.index("number", PHONE))
    assert desk.run(unblock, index, Channel.VOICE, Actor(name="ann"), T0)
    desk.run(block, PHONE, (Channel.SMS,), Why.ASKED_IN_BRANCH, Actor(name="ann"), T0)
    is_rung(desk, T0 + MINUTE, 2, phone=PHONE)


@pytest.mark.parametrize("own", [OURS, ("+6531580009", PHONE)])
def test_our_own_numbers_are_not_rung(desk: Desk, own: tuple[str, ...]) -> None:
    desk.flag(1, phone=own[-1])
    [claim] = desk.run(take_claims, T0)
    assert desk.run(write_intent, claim, own, T0) is None
    assert told(desk, "attempt_suppressed")[0]["reason"] == "own_number"


@pytest.mark.parametrize(
    ("region", "kind", "why"),
    [
        ("CN", "mobile", "no calls to +86"),
        ("DE", "mobile", "region not in the policy"),
        ("SG", "premium_rate", "kind of line not in the policy"),
    ],
)
def test_a_destination_is_refused_with_its_reason(region: str, kind: str, why: str) -> None:
    desk = Desk(calling(not_served={"CN": "no calls to +86"}))
    person = replace(someone(PHONE), number=Number(e164=PHONE, region=region, line_type=kind))
    desk.flag(1, customer=person)
    assert rings(desk)[1] is None
    [suppressed] = told(desk, "attempt_suppressed")
    facts = {key: suppressed[key] for key in ("reason", "region", "line_type", "why")}
    assert facts == {"reason": "destination_refused", "region": region, "line_type": kind, "why": why}


def test_three_ringings_in_three_days_where_the_law_wants_no_more() -> None:
    desk = Desk(calling(per_number_3_days={"SG": 3}))
    for n in range(3):
        is_rung(desk, T0 + n * timedelta(hours=23), n, phone=PHONE)
    late = T0 + timedelta(hours=71)
    desk.flag(7, late, phone=PHONE)
    assert rings(desk, late)[1] is None
    assert told(desk, "attempt_suppressed")[0]["reason"] == "cap_3_days"
    is_rung(desk, T0 + timedelta(hours=73), 8, phone=PHONE)


def test_a_person_is_rung_only_so_often_a_day_whichever_of_their_numbers_it_is() -> None:
    desk = Desk(calling(max_calls_per_person_day=2))
    for n in (1, 2):
        is_rung(desk, T0 + n * MINUTE, n, customer_id="u_1", phone=f"+659000000{n}", minutes=1)
        desk.on(desk.transfer(TransferId(f"t_{n}")).case_id, T0 + (n + 1) * MINUTE, settle_file)
    desk.flag(3, T0 + 5 * MINUTE, customer_id="u_1", phone="+6590000003")
    assert rings(desk, T0 + 5 * MINUTE)[1] is None
    assert told(desk, "attempt_suppressed")[0]["reason"] == "person_cap"
    is_rung(desk, T0 + 6 * MINUTE, 4, customer_id="u_2", phone="+6590000004")


def test_a_case_has_only_so_many_calls_on_all_numbers_together() -> None:
    desk = Desk(calling(max_calls_per_case=2))
    attempt = is_rung(desk, T0, 1, alternates=(someone("+6598887777"), someone("+6598886666")))
    for n, now in enumerate((T0 + MINUTE, T0 + 2 * MINUTE)):
        desk.on(attempt.case_id, now, partial(rings_alternate, n=n))
        attempt_id, intent = rings(desk, now)
        assert (intent is None) is (n == 1)
        if intent is not None:
            hangs_up(desk, attempt.case_id, attempt_id, now)
    assert told(desk, "attempt_suppressed")[0]["reason"] == "case_cap"


def rings_alternate(file: CaseFile, n: int) -> None:
    """Plan the call without looking at what was rung before, as after an extended window."""
    alternates = [party for party in file.unit.parties.of_case(file.case) if party.role is Role.ALTERNATE]
    attempts = file.unit.attempts.of_case(file.case.id)
    one = attempts[0]
    fresh = replace(
        one, id=AttemptId(f"att_more_{n}"), n=9 + n, party_id=alternates[n].id, state=AttemptState.PLANNED,
        number_index=alternates[n].number_index, due_at=file.now, intent_at=None, from_number=None, call_sid=None,
        ended_at=None, disposition=None, contact=None,
    )  # fmt: skip
    file.unit.attempts.add(fresh, file.now)


def test_between_two_ringings_a_number_has_a_moment_of_rest(desk: Desk) -> None:
    is_rung(desk, T0, 1, timedelta(seconds=10), phone=PHONE)
    desk.flag(2, T0 + timedelta(seconds=12), phone=PHONE)
    attempt_id, intent = rings(desk, T0 + timedelta(seconds=12))
    assert intent is None
    waiting = desk.run(lambda unit: unit.attempts.get(attempt_id))
    assert (waiting.state, waiting.due_at) == (AttemptState.PLANNED, T0 + timedelta(seconds=30))
    assert told(desk, "attempt_postponed")[0]["reason"] == "min_gap"
    assert rings(desk, T0 + timedelta(seconds=30))[1] is not None


def test_a_customer_on_the_line_is_not_called_on_another_number(desk: Desk) -> None:
    case = desk.flag(1, alternates=(someone("+6598887777"),)).case_id
    first, intent = rings(desk)
    assert intent is not None
    desk.on(case, T0, lambda file: plan_call(file, alternate(file)))
    second, intent = rings(desk, T0 + MINUTE)
    assert intent is None
    assert told(desk, "attempt_postponed")[0]["reason"] == "person_live"
    assert desk.run(lambda unit: unit.attempts.get(second)).due_at > T0 + MINUTE
    hangs_up(desk, case, first, T0 + 2 * MINUTE)
    assert rings(desk, T0 + 3 * MINUTE)[1] is not None


def alternate(file: CaseFile) -> Party:
    return next(party for party in file.unit.parties.of_case(file.case) if party.role is Role.ALTERNATE)


def test_a_region_has_only_so_many_calls_an_hour() -> None:
    desk = Desk(calling(per_hour={"SG": 2}))
    for n, minute in ((1, 0), (2, 59)):
        is_rung(desk, T0 + minute * MINUTE, n)
    desk.flag(3, T0 + 59 * MINUTE)
    attempt_id, intent = rings(desk, T0 + 59 * MINUTE)
    assert intent is None
    assert "alarm:region_budget" in desk.wakes
    assert state_of(desk, attempt_id) is AttemptState.PLANNED, "it waits until a call leaves the hour"
    [postponed] = told(desk, "attempt_postponed")
    assert (postponed["reason"], postponed["region"], postponed["per_hour"]) == ("region_budget", "SG", 2)
    assert postponed["due_at"] == (T0 + 60 * MINUTE).isoformat()
    assert rings(desk, T0 + 60 * MINUTE)[1] is not None


def test_a_case_whose_window_ends_before_the_region_has_a_call_again_is_not_called() -> None:
    desk = Desk(calling(per_hour={"SG": 1}))
    is_rung(desk, T0, 1)
    desk.flag(2, T0 + 10 * MINUTE)
    attempt_id, intent = rings(desk, T0 + 10 * MINUTE)
    assert intent is None
    assert state_of(desk, attempt_id) is AttemptState.SUPPRESSED
    [suppressed] = told(desk, "attempt_suppressed")
    assert (suppressed["reason"], suppressed["region"], suppressed["per_hour"]) == ("region_budget", "SG", 1)


@pytest.mark.parametrize(
    ("placement", "given_back"),
    [
        (Placement(proof=PostResult.NOT_SENT, reason="connect"), True),
        (Placement(proof=PostResult.NOT_SENT, code=20429, fault=RefusalCause.CAPACITY), True),
        (Placement(proof=PostResult.REFUSED, code=21210, fault=RefusalCause.SENDER), True),
        (Placement(proof=PostResult.REFUSED, code=20003, fault=RefusalCause.ACCOUNT), True),
        (Placement(proof=PostResult.REFUSED, code=21211, fault=RefusalCause.NUMBER), False),
        (Placement(proof=PostResult.UNKNOWN), False),
    ],
)
def test_a_region_gets_back_a_call_that_certainly_was_not_made(placement: Placement, given_back: bool) -> None:
    desk = Desk(calling(per_hour={"SG": 1}))
    desk.flag(1)
    attempt_id, intent = rings(desk)
    assert intent is not None
    desk.run(record_placement, ACCOUNT.name, attempt_id, placement, T0)
    assert desk.run(lambda unit: unit.budgets.take("SG", T0 + MINUTE, 1)) is given_back


def test_however_often_a_call_was_not_sent_it_is_tried_again_within_the_minute(desk: Desk) -> None:
    desk.flag(1, minutes=60 * 24 * 30, hold_max=T0 + timedelta(days=31))
    attempt_id, _ = rings(desk)
    desk.run(lambda unit: unit.attempts.save(replace(unit.attempts.get(attempt_id), sends=2_000)))
    desk.run(record_placement, ACCOUNT.name, attempt_id, Placement(proof=PostResult.NOT_SENT, reason="connect"), T0)
    attempt = desk.run(lambda unit: unit.attempts.get(attempt_id))
    assert (attempt.state, attempt.sends) == (AttemptState.PLANNED, 2_001)
    assert T0 + 30 * SECOND <= attempt.due_at <= T0 + MINUTE


def test_an_attempt_that_cannot_be_tried_again_in_time_is_over_now(desk: Desk) -> None:
    desk.flag(1)
    attempt_id, _ = rings(desk)
    full = Placement(proof=PostResult.NOT_SENT, code=20429, fault=RefusalCause.CAPACITY, retry_after_s=3_000)
    desk.run(record_placement, ACCOUNT.name, attempt_id, full, T0)
    attempt = desk.run(lambda unit: unit.attempts.get(attempt_id))
    assert (attempt.state, attempt.disposition) == (AttemptState.ENDED, Disposition.FAILED)
    assert not attempt.number_at_fault


def test_a_call_that_was_not_made_costs_the_region_nothing() -> None:
    desk = Desk(calling(per_hour={"SG": 1}))
    desk.flag(1, phone=PHONE, payee=Payee(name="Wong", account="a_1", phone=PHONE))
    assert rings(desk)[1] is None
    is_rung(desk, T0, 2)


takes = st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["SG", "HK"])), max_size=30)


@given(takes=takes, most=st.integers(1, 4))
def test_no_hour_ever_sees_more_than_its_budget(takes: list[tuple[int, str]], most: int) -> None:
    desk, granted = BUDGET_DESK, []

    def take_all(unit: SqlUnit) -> None:
        unit.connection.exec_driver_sql("DELETE FROM budgets")
        for minute, region in sorted(takes):
            if unit.budgets.take(region, T0 + minute * MINUTE, most):
                granted.append((minute, region))

    desk.run(take_all)
    for minute, region in granted:
        same_hour = [m for m, r in granted if r == region and minute <= m < minute + 60]
        assert len(same_hour) <= most
    for minute, region in set(takes) - set(granted):
        assert sum(r == region and minute - 60 < m <= minute for m, r in granted) >= most, "refused for nothing"


BUDGET_DESK = Desk()
NIGHT_IN_SINGAPORE = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
"""23:00 there, 15:00 in London."""


@pytest.mark.parametrize(
    ("zones", "now", "rung"),
    [
        ("", NIGHT_IN_SINGAPORE, False),
        ("Europe/London", NIGHT_IN_SINGAPORE, True),
        ("Europe/London", T0, False),
        ("America/New_York America/Los_Angeles", NIGHT_IN_SINGAPORE, False),
        ("America/New_York America/Chicago", NIGHT_IN_SINGAPORE, True),
    ],
)
def test_hours_are_those_of_the_party_who_is_rung(desk: Desk, zones: str, now: datetime, rung: bool) -> None:
    person = replace(someone(PHONE), number=Number(e164=PHONE, region="SG", line_type="mobile", zones=zones))
    desk.flag(1, now, customer=person, minutes=1440, hold_max=now + timedelta(days=2))
    attempt_id, intent = rings(desk, now)
    assert (intent is not None) is rung
    if not rung:
        due = desk.run(lambda unit: unit.attempts.get(attempt_id)).due_at
        assert all(may_ring(due, zone, POLICY.calling) for zone in zones.split() or ["Asia/Singapore"])
        assert told(desk, "attempt_postponed")[0]["reason"] == "quiet_hours"


@pytest.mark.parametrize("tier", list(Tier))
def test_only_a_critical_case_rings_at_night_and_says_so(desk: Desk, tier: Tier) -> None:
    desk.flag(1, NIGHT_IN_SINGAPORE, tier=tier)
    _, intent = rings(desk, NIGHT_IN_SINGAPORE)
    assert (intent is not None) is (tier is Tier.CRITICAL)
    assert len(told(desk, "quiet_hours_overridden")) == (tier is Tier.CRITICAL)
    assert [row["reason"] for row in told(desk, "attempt_suppressed")] == ["quiet_hours"] * (tier is not Tier.CRITICAL)


def test_a_node_that_lost_the_lease_does_not_record_the_delivery(desk: Desk) -> None:
    opened = desk.flag(1)
    desk.teach(opened.case_id, said(Outcome.NOT_ME, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)
    [slow] = desk.run(take_messages, T0 + MINUTE, 5).messages
    assert desk.run(take_messages, T0 + MINUTE, 5).messages == (), "leased"
    [quick] = desk.run(take_messages, T0 + 2 * MINUTE, 5).messages
    assert quick.envelope.message_id == slow.envelope.message_id
    gone = Delivery(receipt=Receipt.GONE, status=410)
    assert desk.run(record_delivery, slow, gone, T0 + 2 * MINUTE) is None
    delivered = Delivery(receipt=Receipt.DELIVERED, status=200)
    assert desk.run(record_delivery, quick, delivered, T0 + 2 * MINUTE) is MessageState.DELIVERED
