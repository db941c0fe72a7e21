"""Callbacks come late, twice and in any order. An attempt has one call, moves only forward, and ends once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import cache, partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.builders import T0
from tests.unit.desk import Desk, take_claims
from wakeup.domain.attempt import CALL_RANK, LIVE, OVER, Attempt, AttemptEvent, AttemptState
from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.outcome import Disposition
from wakeup.ivr.turn import AnsweredBy
from wakeup.usecases.case.calls import advance_call, bind
from wakeup.usecases.conversation.converse import record_detection
from wakeup.usecases.dispatch.reconcile import VANISHED_AFTER, record_fetch
from wakeup.usecases.dispatch.record_placement import record_placement
from wakeup.usecases.dispatch.record_progress import record_progress
from wakeup.usecases.dispatch.write_intent import write_intent
from wakeup.usecases.inputs import CallReport, Line
from wakeup.usecases.ports import Placement, PostResult, RemoteCall

E, S = AttemptEvent, AttemptState
RANK = {**CALL_RANK, S.ENDED: 4}
EVENT_RANK = {E.ACCEPT: 1, E.RING: 2, E.ANSWER: 3, E.END: 4}
ENDS = [Disposition.BUSY, Disposition.NO_ANSWER, Disposition.ANSWERED]


@cache
def the_desk() -> Desk:
    return Desk()


def dialled(desk: Desk) -> tuple[CaseId, Attempt]:
    """An attempt whose intent is committed and whose POST has not been answered."""
    opened = desk.flag()
    [claim] = desk.run(take_claims, T0)
    assert desk.run(write_intent, claim, ("+6531580001",), T0) is not None
    return opened.case_id, current(desk, claim.attempt_id)


def current(desk: Desk, attempt_id: AttemptId) -> Attempt:
    found = desk.run(lambda unit: unit.attempts.get(attempt_id))
    assert found is not None
    return found


def put_away(desk: Desk, case_id: CaseId, attempt_id: AttemptId) -> None:
    """End this attempt, so that the next story does not find it live."""
    attempt = current(desk, attempt_id)
    if attempt.state in LIVE:
        desk.on(case_id, T0, lambda file: advance_call(file, attempt, E.END, Disposition.FAILED))


news = st.lists(st.tuples(st.sampled_from([E.ACCEPT, E.RING, E.ANSWER, E.END]), st.sampled_from(ENDS)), max_size=8)


@settings(max_examples=40)
@given(news=news)
def test_events_in_any_order_end_where_the_highest_rank_says(news: list[tuple[AttemptEvent, Disposition]]) -> None:
    desk = the_desk()
    case_id, attempt = dialled(desk)
    desk.on(case_id, T0, lambda file: bind(file, attempt, f"CA{attempt.id}"))
    highest, first_end = 0, None
    for n, (event, disposition) in enumerate(news):
        now, before = T0 + timedelta(seconds=n), current(desk, attempt.id)
        desk.on(case_id, now, partial(advance_call, attempt=before, event=event, disposition=disposition))
        after = current(desk, attempt.id)
        highest = max(highest, EVENT_RANK[event])
        if event is E.END and first_end is None:
            first_end = (disposition, now)
        assert RANK[after.state] == highest, "later states win, older news changes nothing"
        if before.state is S.ENDED:
            assert after == before, "the first end is final"
        assert (after.check_at is None) == (after.state in OVER), "whatever is under way will be asked about"
        assert (after.call_code is None) == (after.state in OVER), "the code dies with the call"
    if first_end is not None:
        after = current(desk, attempt.id)
        assert (after.disposition, after.ended_at) == first_end
    put_away(desk, case_id, attempt.id)


@settings(max_examples=30)
@given(sids=st.lists(st.sampled_from(["A", "B", "C"]), min_size=1, max_size=6))
def test_the_first_call_is_the_attempts_own_and_every_other_a_stranger(sids: list[str]) -> None:
    desk = the_desk()
    case_id, attempt = dialled(desk)
    for sid in sids:
        call = f"CA{sid}{attempt.id}"
        before = current(desk, attempt.id)
        bound = desk.on(case_id, T0, partial(bind, attempt=before, call_sid=call))
        assert (bound is not None) == (sid == sids[0])
    assert current(desk, attempt.id).call_sid == f"CA{sids[0]}{attempt.id}"
    put_away(desk, case_id, attempt.id)


def test_the_code_of_a_call_has_no_digits_that_sound_alike() -> None:
    """一 and 七 rhyme on a bad line."""
    desk, drawn = Desk(), ""
    for _ in range(8):
        case_id, attempt = dialled(desk)
        drawn += attempt.call_code or ""
        put_away(desk, case_id, attempt.id)
    assert len(drawn) == 4 * 8
    assert set(drawn) <= set("02345689")


@pytest.mark.parametrize("proof", [PostResult.NOT_SENT, PostResult.REFUSED, PostResult.UNKNOWN])
def test_a_webhook_that_came_first_outweighs_whatever_became_of_the_post(proof: PostResult) -> None:
    desk = the_desk()
    case_id, attempt = dialled(desk)
    desk.on(case_id, T0, lambda file: bind(file, attempt, f"CA{attempt.id}"))
    assert desk.run(record_placement, "AC", attempt.id, Placement(proof=proof), T0) is None
    after = current(desk, attempt.id)
    assert after.state in LIVE - {S.UNKNOWN}, "the call is known: it is neither posted again nor given up"
    assert after.call_sid == f"CA{attempt.id}"
    put_away(desk, case_id, attempt.id)


def test_a_post_that_may_have_arrived_is_never_repeated_by_itself() -> None:
    desk = the_desk()
    case_id, attempt = dialled(desk)
    desk.run(record_placement, "AC", attempt.id, Placement(proof=PostResult.UNKNOWN), T0)
    after = current(desk, attempt.id)
    assert (after.state, after.check_at) == (S.UNKNOWN, T0 + timedelta(seconds=5))
    assert desk.run(take_claims, T0 + timedelta(minutes=5), 5) == []
    put_away(desk, case_id, attempt.id)


def test_a_claim_whose_lease_ran_out_or_whose_token_is_anothers_posts_nothing(desk: Desk) -> None:
    desk.flag()
    [claim] = desk.run(take_claims, T0)
    forged = replace(claim, token="clm_other")
    assert desk.run(write_intent, forged, ("+6531580001",), T0) is None
    late = T0 + desk.run(lambda unit: unit.policy.tempo.claim_lease)
    assert desk.run(write_intent, claim, ("+6531580001",), late) is None
    assert desk.run(write_intent, claim, ("+6531580001",), late - timedelta(seconds=1)) is not None
    assert desk.run(write_intent, claim, ("+6531580001",), late - timedelta(seconds=1)) is None, "one intent, one POST"


def test_a_call_that_the_provider_no_longer_knew_is_cut_when_it_rings_after_all() -> None:
    """The number counts as free since, and is on another call by now."""
    desk, number = Desk(), "+6591110000"
    desk.flag(1, phone=number)
    [claim] = desk.run(take_claims, T0, 5)
    desk.run(write_intent, claim, ("+6531580001",), T0)
    desk.run(record_placement, "AC", claim.attempt_id, Placement(proof=PostResult.ACCEPTED, call_sid="CA1"), T0)
    now = T0 + timedelta(minutes=5)
    for _ in range(VANISHED_AFTER):
        assert desk.run(record_fetch, claim.attempt_id, None, now) is None
    now += timedelta(minutes=5)
    desk.flag(2, now, phone=number)
    [other] = desk.run(take_claims, now, 5)
    assert desk.run(write_intent, other, ("+6531580001",), now) is not None
    for event, cut in ((E.RING, "CA1"), (E.ANSWER, "CA1"), (E.END, None)):
        report = CallReport(call_sid="CA1", event=event, to=number, from_="+6531580001")
        assert desk.run(record_progress, claim.attempt_id, report, now) == cut
    assert current(desk, claim.attempt_id).disposition is Disposition.UNKNOWN
    assert current(desk, other.attempt_id).state is S.SENDING


def test_a_call_that_the_provider_finds_again_between_two_faults_goes_on(desk: Desk) -> None:
    """A talk with an agent lasts up to an hour, and each fault is one of many answers."""
    desk.flag(1, minutes=120)
    [claim] = desk.run(take_claims, T0, 5)
    desk.run(write_intent, claim, ("+6531580001",), T0)
    desk.run(record_placement, "AC", claim.attempt_id, Placement(proof=PostResult.ACCEPTED, call_sid="CA1"), T0)
    report = CallReport(call_sid="CA1", event=E.ANSWER, to="+6590000001", from_="+6531580001", source="fetch")
    alive = RemoteCall(report=report, created_at=T0, outbound=True, queued=False)
    now = T0 + timedelta(minutes=12)
    for _ in range(VANISHED_AFTER):
        assert desk.run(record_fetch, claim.attempt_id, None, now) is None
        assert desk.run(record_fetch, claim.attempt_id, alive, now) is None, "it is not cut"
        assert current(desk, claim.attempt_id).state is S.ANSWERED


def rings(desk: Desk, attempt_id: AttemptId) -> None:
    report = CallReport(call_sid="CA1", event=E.RING, to="+6590000001", from_="+6531580001")
    assert desk.run(record_progress, attempt_id, report, T0) is None


def is_a_person(desk: Desk, attempt_id: AttemptId) -> None:
    desk.run(record_detection, attempt_id, "CA1", AnsweredBy.HUMAN, T0)


def asks_for_its_turn(desk: Desk, attempt_id: AttemptId) -> None:
    line, before = Line(call_sid="CA1", to="+6590000001", from_="+6531580001"), current(desk, attempt_id)
    desk.on(before.case_id, T0, lambda file: bind(file, before, "CA1", line))


@pytest.mark.parametrize("shows", [rings, is_a_person, asks_for_its_turn])
def test_a_call_that_shows_itself_between_two_faults_goes_on(
    desk: Desk, shows: Callable[[Desk, AttemptId], None]
) -> None:
    """Its number must not be rung again while the customer talks."""
    desk.flag(1, minutes=120)
    [claim] = desk.run(take_claims, T0, 5)
    desk.run(write_intent, claim, ("+6531580001",), T0)
    desk.run(record_placement, "AC", claim.attempt_id, Placement(proof=PostResult.ACCEPTED, call_sid="CA1"), T0)
    for _ in range(VANISHED_AFTER):
        assert desk.run(record_fetch, claim.attempt_id, None, T0) is None
        shows(desk, claim.attempt_id)
        assert current(desk, claim.attempt_id).state in LIVE


def test_two_customers_with_one_number_are_rung_one_after_the_other(desk: Desk) -> None:
    desk.flag(1, phone="+6591110000")
    desk.flag(2, phone="+6591110000")
    first, second = desk.run(take_claims, T0, 5)
    assert desk.run(write_intent, first, ("+6531580001",), T0) is not None
    assert desk.run(write_intent, second, ("+6531580001",), T0) is None
    waiting = current(desk, second.attempt_id)
    assert waiting.state is S.PLANNED, "it waits, it is not given up"
    assert desk.run(take_claims, T0 + timedelta(seconds=30), 5) == []
    assert desk.run(lambda unit: unit.waiting.next_due(T0)) is None, "nor does it make the dispatcher spin"
