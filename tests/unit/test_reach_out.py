"""Staff involve a guardian or another number, take a case over, and reply to a customer's contest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import order, review_of, take
from tests.unit.desk import POLICY, Desk, said, someone
from tests.unit.test_last_checks import ACCOUNT, rings
from wakeup.domain.attempt import AttemptState, Errand
from wakeup.domain.decision import Ruling
from wakeup.domain.errors import ConflictError, ForbiddenError
from wakeup.domain.ids import CaseId, PartyId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason, holder, taken_over
from wakeup.domain.staff import StaffId
from wakeup.domain.transfer import Tier
from wakeup.usecases.case.stop_calls import stop_calls
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.overrule import DecisionRef, hold, release
from wakeup.usecases.desk.reach_out import (
    BLANK,
    follow_up,
    read_next_text,
    ring_again,
    take_over,
    text_guardian,
)
from wakeup.usecases.dispatch.record_placement import record_placement
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ladder.climb import climb, escalate_to_person
from wakeup.usecases.ladder.plan_calls import plan_next_call
from wakeup.usecases.ports import Placement, PostResult, RefusalCause
from wakeup.usecases.review.contest import answer_contest, record_contest
from wakeup.usecases.review.review import claim, give_back

T1 = TransferId("t_1")
LATER = T0 + timedelta(hours=1)


def opened(desk: Desk, **changes: Any) -> CaseId:
    return CaseId(desk.flag(1, **changes).case_id)


def party_of(desk: Desk, case_id: CaseId) -> PartyId:
    case = desk.run(lambda unit: unit.cases.lock(case_id))
    return desk.run(lambda unit: unit.parties.of_case(case))[0].id


def states(desk: Desk, case_id: CaseId) -> list[AttemptState]:
    return [attempt.state for attempt in desk.run(lambda unit: unit.attempts.of_case(case_id))]


def refused(field: str, act: Callable[[], object]) -> str:
    with pytest.raises(ConflictError) as wrong:
        act()
    assert wrong.value.field == field
    return wrong.value.reason


def test_a_number_is_rung_again_but_never_twice_at_once(desk: Desk) -> None:
    case_id = opened(desk)
    party = party_of(desk, case_id)

    def again() -> object:
        return desk.run(ring_again, order(desk, "kim", case_id), party, T0)

    assert "claim" in refused("claim", again), "who acts has the case in hand"
    take(desk, "kim", case_id)
    assert "planned or running" in refused("party", again)
    desk.on(case_id, T0, lambda file: stop_calls(file, "settled"))
    again()
    assert "dispatch" in desk.wakes
    assert states(desk, case_id) == [AttemptState.CANCELED, AttemptState.PLANNED]
    assert [row["by"] for row in desk.timeline(case_id) if row["kind"] == "review_rung_again"] == ["kim"]


def test_only_the_customer_is_called_again_and_only_while_it_can_change_something(desk: Desk) -> None:
    case_id = opened(desk, guardians=(someone("+6598000001", "g_1"),))
    take(desk, "ann", case_id)
    guardian = desk.run(lambda unit: unit.parties.of_case(unit.cases.lock(case_id)))[1]
    for party in (guardian.id, PartyId("pty_nobody")):
        assert "the customer's" in refused(
            "party", partial(desk.run, ring_again, order(desk, "ann", case_id), party, T0)
        )
    desk.run(settle_case, case_id, LATER)
    take(desk, "ann", case_id, LATER)
    wish = order(desk, "ann", case_id)
    assert "only a human" in refused("party", lambda: desk.run(ring_again, wish, party_of(desk, case_id), LATER))


def test_a_guardian_is_asked_at_a_persons_word_or_they_learn_why_not(desk: Desk) -> None:
    case_id = opened(desk)
    take(desk, "kim", case_id)
    assert "no guardian is known" in refused(
        "guardian", lambda: desk.run(text_guardian, order(desk, "kim", case_id), None, T0)
    )
    consented = replace(someone("+6598000001", "g_1", "Li"), consented_at=T0 - timedelta(days=90))
    other = CaseId(desk.flag(2, guardians=(consented,)).case_id)
    take(desk, "kim", other)
    desk.run(text_guardian, order(desk, "kim", other), None, T0)
    asked = desk.run(lambda unit: unit.confirmations.of_case(other))
    assert [(one.why, one.n) for one in asked] == [("person", 1)]
    assert "may still answer" in refused(
        "guardian", lambda: desk.run(text_guardian, order(desk, "kim", other), None, T0)
    )


def test_a_person_sees_whom_they_have_texted_and_no_other_guardian_is(desk: Desk) -> None:
    first, second = (
        replace(someone(f"+659800000{n}", f"g_{n}", name), consented_at=T0 - timedelta(days=90))
        for n, name in ((1, "Li"), (2, "Tan"))
    )
    case_id = CaseId(desk.flag(1, guardians=(first, second)).case_id)
    told = desk.run(read_next_text, case_id, T0)
    assert told.party is not None and told.to == "g_1" and BLANK in told.body
    assert not desk.run(lambda unit: unit.confirmations.of_case(case_id)), "nothing was asked by looking"
    take(desk, "kim", case_id)
    wish = order(desk, "kim", case_id)
    assert "another guardian" in refused("guardian", lambda: desk.run(text_guardian, wish, "g_2", T0))
    desk.run(text_guardian, wish, told.to, T0)
    after = desk.run(read_next_text, case_id, T0)
    assert after.party is None and "may still answer" in after.reason
    assert desk.run(read_next_text, CaseId(desk.flag(2).case_id), T0).reason == "no guardian is known"


def test_the_preview_sends_nobody_to_a_timeline_in_which_it_wrote_nothing(desk: Desk) -> None:
    without_consent = replace(someone("+6598000001", "g_1", "Li"), consented_at=None)
    case_id = CaseId(desk.flag(1, guardians=(without_consent,)).case_id)
    rows = len(desk.timeline(case_id))
    assert desk.run(read_next_text, case_id, T0).reason == "no guardian may be asked now"
    take(desk, "kim", case_id)
    wish = order(desk, "kim", case_id)
    assert refused("guardian", lambda: desk.run(text_guardian, wish, None, T0)) == "no guardian may be asked now"
    assert len(desk.timeline(case_id)) == rows + 1, "the claim alone"


def test_a_supervisor_takes_a_case_over_from_a_colleague_and_from_the_machine(desk: Desk) -> None:
    case_id = opened(desk, tier=Tier.HIGH, minutes=60)
    take(desk, "kim", case_id)
    with pytest.raises(ForbiddenError):
        desk.run(take_over, order(desk, "kim", case_id, Reason.CONTACT_CUSTOMER), T0)
    refused("reason", lambda: desk.run(take_over, order(desk, "ann", case_id), T0))
    old = order(desk, "kim", case_id)
    desk.run(take_over, order(desk, "ann", case_id, Reason.CONTACT_CUSTOMER), T0)
    assert states(desk, case_id) == [AttemptState.CANCELED]
    review = review_of(desk, case_id)
    assert holder(review, T0) == StaffId("usr_ann") and taken_over(review, T0)
    assert "meanwhile" in refused("version", lambda: desk.run(follow_up, old, T0)), "the colleague is told"
    # A running call ends and the ladder goes on: neither rings any number while she has the case.
    last = desk.run(lambda unit: unit.attempts.of_case(case_id))[-1]
    desk.on(case_id, T0 + MINUTE, lambda file: plan_next_call(file, last))
    desk.run(climb, case_id, T0 + 9 * MINUTE)
    assert states(desk, case_id) == [AttemptState.CANCELED]
    assert [r["reason"] for r in desk.timeline(case_id) if r["kind"] == "ladder_ended"] == ["taken_over"]
    # Another payment of the customer joins. It is left to the same user, who is told of it.
    desk.flag(2, T0 + 9 * MINUTE, customer_id="u_1", minutes=60)
    assert states(desk, case_id) == [AttemptState.CANCELED]
    assert review_of(desk, case_id).person_wanted_at is not None
    # Ringing again hands the calls back to the service.
    desk.run(ring_again, order(desk, "ann", case_id), party_of(desk, case_id), T0 + 9 * MINUTE)
    assert states(desk, case_id)[-1] is AttemptState.PLANNED
    assert not taken_over(review_of(desk, case_id), T0 + 9 * MINUTE)


def test_a_take_over_ends_with_the_claim(desk: Desk) -> None:
    case_id = opened(desk)
    desk.run(take_over, order(desk, "ann", case_id, Reason.CONTACT_CUSTOMER), T0)
    review = review_of(desk, case_id)
    assert taken_over(review, T0 + POLICY.review.lock - timedelta(seconds=1))
    assert not taken_over(review, T0 + POLICY.review.lock)


def takes_over(desk: Desk, case_id: CaseId) -> None:
    desk.run(take_over, order(desk, "ann", case_id, Reason.CONTACT_CUSTOMER), T0)


@pytest.mark.parametrize("errand", [Errand.APPOINTMENT, Errand.LADDER])
def test_an_agent_who_takes_a_case_over_owes_the_call_that_was_promised(desk: Desk, errand: Errand) -> None:
    """The service no longer makes it. Without this, no user would know of it after the claim has lapsed."""
    promised = errand is Errand.APPOINTMENT
    case_id = opened(desk, tier=Tier.HIGH, minutes=60)

    def promise(file: CaseFile) -> None:
        [call] = file.unit.attempts.of_case(case_id)
        file.unit.attempts.save(replace(call, errand=errand, due_at=T0 + 10 * MINUTE))

    desk.on(case_id, T0, promise)
    takes_over(desk, case_id)
    assert states(desk, case_id) == [AttemptState.CANCELED]
    assert (review_of(desk, case_id).person_wanted_at is not None) is promised
    desk.run(follow_up, order(desk, "ann", case_id, Reason.CUSTOMER_REACHED, "She knows."), T0 + MINUTE)
    assert review_of(desk, case_id).person_wanted_at is None


def test_an_agent_who_gives_the_case_back_gives_back_its_calls(desk: Desk) -> None:
    case_id = opened(desk, tier=Tier.HIGH, minutes=120)
    takes_over(desk, case_id)
    assert states(desk, case_id) == [AttemptState.CANCELED]
    desk.run(give_back, order(desk, "ann", case_id), T0 + MINUTE)
    assert states(desk, case_id) == [AttemptState.CANCELED, AttemptState.PLANNED]
    assert rings(desk, T0 + MINUTE)[1] is not None
    take(desk, "ben", case_id, T0 + MINUTE)
    assert not taken_over(review_of(desk, case_id), T0 + MINUTE), "whoever takes it next has not taken the calls"
    assert [row["kind"] for row in desk.timeline(case_id)].count("calls_back") == 1


def test_a_customer_who_was_spoken_to_is_not_called_again_when_the_case_is_given_back(desk: Desk) -> None:
    case_id = opened(desk, tier=Tier.HIGH, minutes=120)
    takes_over(desk, case_id)
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0, 1), T0)
    desk.run(give_back, order(desk, "ann", case_id), T0 + MINUTE)
    assert states(desk, case_id) == [AttemptState.CANCELED]


def climbs_when_due(desk: Desk, case_id: CaseId, until: datetime) -> None:
    for _ in range(9):
        due = desk.run(lambda unit: unit.cases.lock(case_id)).rung_at
        if due is not None and due <= until:
            desk.run(climb, case_id, due)


@pytest.mark.parametrize(("minutes", "joins"), [(120, None), (120, 1), (10, 9)])
def test_a_claim_that_lapses_gives_back_the_calls(desk: Desk, minutes: int, joins: int | None) -> None:
    case_id = opened(desk, tier=Tier.HIGH, minutes=minutes)
    takes_over(desk, case_id)
    lapses = T0 + POLICY.review.lock
    if joins is not None:
        climbs_when_due(desk, case_id, T0 + joins * MINUTE)
        desk.flag(2, T0 + joins * MINUTE, customer_id="u_1", tier=Tier.HIGH, minutes=120)
    climbs_when_due(desk, case_id, lapses - MINUTE)
    assert states(desk, case_id) == [AttemptState.CANCELED]
    climbs_when_due(desk, case_id, lapses)
    [again] = [a for a in desk.run(lambda unit: unit.attempts.of_case(case_id)) if a.state is AttemptState.PLANNED]
    assert again.due_at == lapses


def test_rungs_that_were_left_to_a_person_come_when_the_case_is_given_back(desk: Desk) -> None:
    case_id = opened(desk, tier=Tier.HIGH, minutes=120, alternates=(someone("+6598887777", "u_1"),))
    takes_over(desk, case_id)
    works = T0 + POLICY.review.lock - MINUTE
    desk.run(claim, order(desk, "ann", case_id), works)
    climbs_when_due(desk, case_id, T0 + 16 * MINUTE)
    assert [r["reason"] for r in desk.timeline(case_id) if r.get("rung") == "call_alternate"] == ["taken_over"]
    desk.run(give_back, order(desk, "ann", case_id), T0 + 17 * MINUTE)
    climbs_when_due(desk, case_id, T0 + 17 * MINUTE)
    assert [r["kind"] for r in desk.timeline(case_id) if r.get("rung") == "call_alternate"][1:] == ["rung_taken"]
    climbs_when_due(desk, case_id, T0 + 100 * MINUTE)
    assert len(desk.run(lambda unit: unit.rungs.of_case(case_id))) == 4, "each once"


def test_an_agent_who_goes_on_working_keeps_the_calls(desk: Desk) -> None:
    case_id = opened(desk, tier=Tier.HIGH, minutes=120)
    takes_over(desk, case_id)
    works = T0 + POLICY.review.lock - MINUTE
    desk.run(claim, order(desk, "ann", case_id), works)
    climbs_when_due(desk, case_id, works + POLICY.review.lock - MINUTE)
    assert states(desk, case_id) == [AttemptState.CANCELED]
    climbs_when_due(desk, case_id, works + POLICY.review.lock)
    assert states(desk, case_id)[-1] is AttemptState.PLANNED


def test_another_ones_claim_does_not_prolong_a_take_over_that_has_lapsed(desk: Desk) -> None:
    case_id = opened(desk, tier=Tier.HIGH, minutes=120)
    takes_over(desk, case_id)
    take(desk, "ben", case_id, T0 + POLICY.review.lock)
    assert states(desk, case_id)[-1] is AttemptState.PLANNED


def test_a_call_that_was_on_its_way_and_not_sent_is_left_to_the_agent_who_has_taken_over(desk: Desk) -> None:
    case_id = opened(desk, tier=Tier.HIGH, minutes=120)
    attempt_id, intent = rings(desk)
    assert intent is not None
    takes_over(desk, case_id)
    full = Placement(proof=PostResult.NOT_SENT, code=20429, fault=RefusalCause.CAPACITY)
    desk.run(record_placement, ACCOUNT.name, attempt_id, full, T0)
    assert states(desk, case_id) == [AttemptState.PLANNED]
    assert rings(desk, T0 + MINUTE)[1] is None
    assert [r["reason"] for r in desk.timeline(case_id) if r["kind"] == "attempt_suppressed"] == ["taken_over"]
    desk.run(give_back, order(desk, "ann", case_id), T0 + 2 * MINUTE)
    assert rings(desk, T0 + 2 * MINUTE)[1] is not None


def test_a_follow_up_ends_the_waiting_for_a_person_and_a_hold_by_hand_does_not(desk: Desk) -> None:
    case_id = opened(desk, minutes=60)
    desk.on(case_id, T0, escalate_to_person)
    assert review_of(desk, case_id).person_wanted_at == T0
    take(desk, "kim", case_id)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    desk.run(hold, order(desk, "kim", case_id, Reason.SCAM_LIKELY), aim, T0)
    refused("text", lambda: desk.run(follow_up, order(desk, "kim", case_id, Reason.CUSTOMER_REACHED), T0))
    assert review_of(desk, case_id).person_wanted_at == T0
    desk.run(follow_up, order(desk, "kim", case_id, Reason.CUSTOMER_REACHED, "she will not pay"), T0)
    assert review_of(desk, case_id).person_wanted_at is None


def test_a_contest_waits_in_the_queue_until_a_person_who_could_release_answers(desk: Desk) -> None:
    case_id = opened(desk)
    desk.run(settle_case, case_id, LATER)
    with pytest.raises(ForbiddenError):
        desk.run(record_contest, order(desk, "vera", case_id, Reason.BY_PHONE), LATER)
    refused("reason", lambda: desk.run(record_contest, order(desk, "kim", case_id), LATER))
    desk.run(record_contest, order(desk, "kim", case_id, Reason.BY_PHONE, "it is for her own flat"), LATER)
    desk.run(record_contest, order(desk, "kim", case_id, Reason.IN_BRANCH), LATER + MINUTE)
    assert review_of(desk, case_id).contested_at == LATER, "the first one counts"
    [waiting] = desk.run(lambda unit: unit.views.waiting(T0, 9))
    assert waiting.contested_at == LATER
    answer = (Reason.VICTIM_PERSISTS, "the payee was reported by three banks")
    take(desk, "kim", case_id, LATER)
    with pytest.raises(ForbiddenError):
        desk.run(answer_contest, order(desk, "kim", case_id, *answer), LATER)
    late = LATER + POLICY.review.lock + MINUTE
    take(desk, "ann", case_id, late)
    refused("text", lambda: desk.run(answer_contest, order(desk, "ann", case_id, answer[0]), late))
    desk.run(answer_contest, order(desk, "ann", case_id, *answer), late)
    assert review_of(desk, case_id).contested_at is None
    assert desk.decisions(T1)[-1].ruling is Ruling.HOLD
    refused("transfer", lambda: desk.run(answer_contest, order(desk, "ann", case_id, *answer), late))


def test_a_release_answers_a_contest_and_what_is_paid_is_not_contested(desk: Desk) -> None:
    case_id = opened(desk)
    desk.run(settle_case, case_id, LATER)
    desk.run(record_contest, order(desk, "kim", case_id, Reason.BY_PHONE), LATER)
    take(desk, "ann", case_id, LATER)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    desk.run(release, order(desk, "ann", case_id, Reason.PAYEE_CHECKED, "her landlord"), aim, LATER)
    assert review_of(desk, case_id).contested_at is None
    refused("transfer", lambda: desk.run(record_contest, order(desk, "kim", case_id, Reason.BY_PHONE), LATER))


def test_a_pending_case_that_is_contested_is_queued_for_staff(desk: Desk) -> None:
    case_id = opened(desk)
    assert desk.run(lambda unit: unit.views.waiting(T0, 9)) == []
    desk.run(record_contest, order(desk, "kim", case_id, Reason.BY_PHONE), T0)
    assert [one.case_id for one in desk.run(lambda unit: unit.views.waiting(T0, 9))] == [case_id]
