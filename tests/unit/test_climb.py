"""The ladder: each rung is taken in time or skipped with a reason, and moved when the case changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import POLICY, Desk, said, someone, take_claims
from wakeup.domain.attempt import Attempt, AttemptEvent
from wakeup.domain.case import CaseState
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import Contact, Disposition, Outcome
from wakeup.domain.party import Payee
from wakeup.domain.rung import RungKind, RungState
from wakeup.domain.transfer import Tier
from wakeup.usecases.case.calls import advance_call, bind
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.dispatch.write_intent import write_intent
from wakeup.usecases.inputs import TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.ladder.climb import CHANNELS, LOOK_AGAIN, cases_to_climb, climb
from wakeup.usecases.ladder.plan_calls import use_more_time

K, S = RungKind, RungState
OURS = ("+6531580001",)
OTHER = someone("+6598887777", bank_id="u_1")
DAUGHTER = someone("+6598886666", bank_id="g_1")


def rungs(desk: Desk, case_id: CaseId) -> dict[RungKind, tuple[RungState, str | None]]:
    found = desk.run(lambda unit: unit.rungs.of_case(case_id))
    return {record.kind: (record.state, record.reason) for record in found}


def next_at(desk: Desk, case_id: CaseId) -> timedelta | None:
    """When the case's next rung is due, as time after T0."""
    at = desk.run(lambda unit: unit.cases.lock(case_id).rung_at)
    return None if at is None else at - T0


def climb_until(desk: Desk, case_id: CaseId, end: datetime) -> None:
    """Do what the loop does at each due time, until then."""
    while (at := next_at(desk, case_id)) is not None and T0 + at <= end:
        assert desk.run(cases_to_climb, T0 + at, 9).found == (case_id,)
        desk.run(climb, case_id, T0 + at)


def attempts(desk: Desk, case_id: CaseId) -> list[Attempt]:
    return list(desk.run(lambda unit: unit.attempts.of_case(case_id)))


def rings(desk: Desk, now: datetime, contact: Contact = Contact.NOBODY, until: AttemptEvent = AttemptEvent.END) -> None:
    """Ring the next due attempt, which is answered or not."""
    [claim] = desk.run(take_claims, now)
    assert desk.run(write_intent, claim, OURS, now) is not None
    case_id = desk.run(lambda unit: unit.attempts.get(claim.attempt_id).case_id)

    def go(file: CaseFile) -> None:
        rung = replace(file.unit.attempts.get(claim.attempt_id), contact=contact)
        attempt = bind(file, rung, f"CA{rung.id}")
        assert attempt is not None
        if until is AttemptEvent.ANSWER:
            advance_call(file, attempt, until)
        else:
            advance_call(file, attempt, until, Disposition.NO_ANSWER)

    desk.on(case_id, now, go)


def notes(desk: Desk, kind: str) -> int:
    return len(desk.run(lambda unit: unit.connection.exec_driver_sql(
        "SELECT 1 FROM timeline WHERE kind = ?", (kind,)).fetchall()))  # fmt: skip


def news(kind: TransferNews, now: datetime, transfer: str = "t_1", **more: Any) -> TransferEventIn:
    return TransferEventIn(
        event_id=f"news_{kind}_{now}", content_hash="h", transfer_id=transfer, kind=kind,
        occurred_at=now, **more,
    )  # fmt: skip


def test_a_critical_case_climbs_its_whole_ladder(desk: Desk) -> None:
    case = desk.flag(1, tier=Tier.CRITICAL, alternates=(OTHER,), guardians=(DAUGHTER,)).case_id
    assert "climb" in desk.wakes
    assert next_at(desk, case) == 6 * MINUTE
    climb_until(desk, case, T0 + 14 * MINUTE)
    assert rungs(desk, case) == {
        K.TEXT_GUARDIAN: (S.SKIPPED, "no_consent"), K.HUMAN_AGENT: (S.TAKEN, None),
        K.CALL_GUARDIAN: (S.SKIPPED, "no_consent"),
    }  # fmt: skip
    assert notes(desk, "person_wanted") == 1
    rings(desk, T0)
    climb_until(desk, case, T0 + 20 * MINUTE)
    assert rungs(desk, case)[K.CALL_ALTERNATE] == (S.TAKEN, None)
    assert rungs(desk, case)[K.POLICE_HANDOFF] == (S.TAKEN, None)
    assert notes(desk, "police_wanted") == 1
    review = desk.run(lambda unit: unit.reviews.get(case))
    assert review is not None and review.version == 0
    assert review.person_wanted_at == T0 + 8 * MINUTE
    assert review.police_wanted_at is not None and review.police_wanted_at > T0 + 14 * MINUTE
    assert next_at(desk, case) is None
    assert desk.run(cases_to_climb, T0 + 20 * MINUTE, 9) == desk.run(cases_to_climb, T0, 9)


def test_the_alternate_number_is_rung_as_a_party_of_its_own(desk: Desk) -> None:
    case = desk.flag(1, alternates=(OTHER, someone("+6598885555"))).case_id
    climb_until(desk, case, T0 + 15 * MINUTE)
    first, second = attempts(desk, case)
    assert (first.n, second.n) == (1, 2)
    assert second.party_id != first.party_id
    assert second.due_at == T0 + 15 * MINUTE
    assert second.latest_start == T0 + 30 * MINUTE - timedelta(seconds=77)


def test_each_further_rung_takes_the_next_alternate() -> None:
    ladder = (POLICY.ladders[Tier.MEDIUM][0], *[POLICY.ladders[Tier.MEDIUM][2]] * 3)
    desk = Desk(replace(POLICY, ladders=dict.fromkeys(Tier, ladder)))
    case = desk.flag(1, alternates=(OTHER, someone("+6598885555"))).case_id
    climb_until(desk, case, T0 + 15 * MINUTE)
    assert len({attempt.party_id for attempt in attempts(desk, case)}) == 3
    assert rungs(desk, case) == {K.CALL_ALTERNATE: (S.SKIPPED, "no_alternate")}, "the third had nobody left"


@pytest.mark.parametrize(
    ("event", "kind", "reason"),
    [
        ({}, K.CALL_ALTERNATE, "no_alternate"),
        ({}, K.TEXT_GUARDIAN, "no_guardian"),
        ({"guardians": (DAUGHTER,), "signals": ("family_risk",)}, K.TEXT_GUARDIAN, "family_risk"),
        ({"guardians": (DAUGHTER,), "typology": "extortion"}, K.TEXT_GUARDIAN, "extortion"),
        ({"guardians": (DAUGHTER,), "typology": "extortion"}, K.CALL_GUARDIAN, "extortion"),
        (
            {"alternates": (OTHER,), "payee": Payee(account="a_1", phone="+6598887777")},
            K.CALL_ALTERNATE,
            "number_suspicious",
        ),
    ],
)
def test_a_skipped_rung_says_why(desk: Desk, event: dict[str, Any], kind: RungKind, reason: str) -> None:
    case = desk.flag(1, tier=Tier.CRITICAL, **event).case_id
    climb_until(desk, case, T0 + 16 * MINUTE)
    assert rungs(desk, case)[kind] == (S.SKIPPED, reason)
    assert notes(desk, "rung_skipped") >= 1


def test_a_later_warning_about_the_family_counts_too(desk: Desk) -> None:
    case = desk.flag(1, customer_id="u_1", guardians=(DAUGHTER,)).case_id
    desk.flag(2, T0 + MINUTE, customer_id="u_1", signals=("family_risk",))
    climb_until(desk, case, T0 + 7 * MINUTE)
    assert rungs(desk, case)[K.TEXT_GUARDIAN] == (S.SKIPPED, "family_risk")


def test_a_customer_who_answered_well_is_not_called_at_another_number(desk: Desk) -> None:
    opened = desk.flag(1, tier=Tier.CRITICAL, alternates=(OTHER,))
    desk.teach(opened.case_id, said(Outcome.CONSISTENT, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)
    climb_until(desk, opened.case_id, T0 + 16 * MINUTE)
    assert rungs(desk, opened.case_id)[K.CALL_ALTERNATE] == (S.SKIPPED, "spoken_to")


@pytest.mark.parametrize("tier", list(Tier))
def test_a_coached_answer_takes_no_second_opinion_from_a_grave_case(desk: Desk, tier: Tier) -> None:
    opened = desk.flag(1, tier=tier, alternates=(OTHER,), guardians=(DAUGHTER,))
    desk.teach(opened.case_id, said(Outcome.CONSISTENT, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)
    climb_until(desk, opened.case_id, T0 + 20 * MINUTE)
    well = {kind for kind, how in rungs(desk, opened.case_id).items() if how == (S.SKIPPED, "spoken_to")}
    others = {K.TEXT_GUARDIAN, K.HUMAN_AGENT, K.CALL_GUARDIAN, K.POLICE_HANDOFF}
    assert not well & others if tier is not Tier.MEDIUM else well
    if tier is Tier.CRITICAL:
        assert rungs(desk, opened.case_id)[K.HUMAN_AGENT] == (S.TAKEN, None)
        assert rungs(desk, opened.case_id)[K.POLICE_HANDOFF] == (S.TAKEN, None)


def test_an_answer_about_one_payment_takes_no_rung_from_another() -> None:
    desk = Desk(replace(POLICY, release=replace(POLICY.release, medium_needs_app=True)))
    opened = desk.flag(1, customer_id="u_1", alternates=(OTHER,))
    desk.teach(opened.case_id, said(Outcome.CONSISTENT, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)
    desk.flag(2, T0 + 2 * MINUTE, customer_id="u_1")
    climb_until(desk, opened.case_id, T0 + 20 * MINUTE)
    taken = rungs(desk, opened.case_id)
    assert "spoken_to" not in {reason for _, reason in taken.values()}
    assert taken[K.CALL_ALTERNATE] == (S.TAKEN, None)


def test_a_rung_that_was_spared_comes_again_for_a_payment_that_joins_later() -> None:
    desk = Desk(replace(POLICY, release=replace(POLICY.release, medium_needs_app=True)))
    opened = desk.flag(1, customer_id="u_1", minutes=60, alternates=(OTHER,))
    desk.teach(opened.case_id, said(Outcome.CONSISTENT, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)
    climb_until(desk, opened.case_id, T0 + 16 * MINUTE)
    assert rungs(desk, opened.case_id) == dict.fromkeys((K.TEXT_GUARDIAN, K.CALL_ALTERNATE), (S.SKIPPED, "spoken_to"))
    desk.flag(2, T0 + 20 * MINUTE, customer_id="u_1")
    assert next_at(desk, opened.case_id) == 26 * MINUTE, "by its own clock"
    climb_until(desk, opened.case_id, T0 + 45 * MINUTE)
    assert rungs(desk, opened.case_id)[K.CALL_ALTERNATE] == (S.TAKEN, None)
    assert len(desk.run(lambda unit: unit.rungs.of_case(opened.case_id))) == 4, "once for each of the two"


def test_a_rung_that_was_spared_comes_at_once_when_the_tier_rises() -> None:
    desk = Desk(replace(POLICY, release=replace(POLICY.release, medium_needs_app=True)))
    opened = desk.flag(1, guardians=(DAUGHTER,))
    desk.teach(opened.case_id, said(Outcome.CONSISTENT, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)
    climb_until(desk, opened.case_id, T0 + 7 * MINUTE)
    assert rungs(desk, opened.case_id) == {K.TEXT_GUARDIAN: (S.SKIPPED, "spoken_to")}
    desk.flag(1, T0 + 7 * MINUTE, event_id="evt_again", content_hash="other", tier=Tier.HIGH)
    climb_until(desk, opened.case_id, T0 + 8 * MINUTE)
    assert rungs(desk, opened.case_id)[K.TEXT_GUARDIAN] == (S.SKIPPED, "no_consent"), "asked for, and nobody agreed"
    assert rungs(desk, opened.case_id)[K.HUMAN_AGENT] == (S.TAKEN, None)


@pytest.mark.parametrize("outcome", [Outcome.HUNG_UP, Outcome.PARTIAL, Outcome.AGENT_REQUESTED, Outcome.OPT_OUT])
def test_a_customer_who_was_reached_in_vain_still_needs_an_agent(desk: Desk, outcome: Outcome) -> None:
    opened = desk.flag(1, tier=Tier.CRITICAL)
    desk.teach(opened.case_id, said(outcome, opened.transfer_id, T0 + MINUTE, 0), T0 + MINUTE)
    climb_until(desk, opened.case_id, T0 + 9 * MINUTE)
    assert rungs(desk, opened.case_id)[K.HUMAN_AGENT] == (S.TAKEN, None)


def test_a_customer_who_wants_no_more_calls_is_not_called_at_another_number_either(desk: Desk) -> None:
    case = desk.flag(1, tier=Tier.HIGH, alternates=(OTHER,)).case_id
    desk.on(case, T0, lambda file: file.update(replace(file.case, no_calls=True)))
    climb_until(desk, case, T0 + 16 * MINUTE)
    assert rungs(desk, case)[K.CALL_ALTERNATE] == (S.SKIPPED, "opt_out")
    assert rungs(desk, case)[K.HUMAN_AGENT] == (S.TAKEN, None), "people remain"


def test_only_humans_are_called_in_while_the_customer_talks(desk: Desk) -> None:
    case = desk.flag(1, tier=Tier.CRITICAL, alternates=(OTHER,), guardians=(DAUGHTER,)).case_id
    rings(desk, T0 + 5 * MINUTE, until=AttemptEvent.ANSWER)
    desk.run(climb, case, T0 + 6 * MINUTE)
    assert rungs(desk, case) == {}
    assert next_at(desk, case) == 6 * MINUTE + LOOK_AGAIN
    desk.run(climb, case, T0 + 8 * MINUTE)
    assert set(rungs(desk, case)) == {K.HUMAN_AGENT}
    [attempt] = attempts(desk, case)
    desk.on(case, T0 + 9 * MINUTE, lambda file: advance_call(file, attempt, AttemptEvent.END, Disposition.ANSWERED))
    climb_until(desk, case, T0 + 9 * MINUTE)
    assert K.TEXT_GUARDIAN in rungs(desk, case)


def test_a_transfer_that_joins_in_a_hurry_brings_the_rungs_forward(desk: Desk) -> None:
    case = desk.flag(1, customer_id="u_1", minutes=120).case_id
    assert next_at(desk, case) == 6 * MINUTE
    desk.flag(2, T0 + MINUTE, customer_id="u_1", minutes=5)
    sooner = next_at(desk, case)
    assert sooner is not None
    assert MINUTE < sooner < 3 * MINUTE


def test_a_graver_transfer_that_joins_does_not_wait_for_the_morning(desk: Desk) -> None:
    case = desk.flag(1, customer_id="u_1", tier=Tier.HIGH, minutes=1440, hold_max=T0 + timedelta(days=2)).case_id
    [planned] = attempts(desk, case)
    morning = replace(planned, due_at=T0 + timedelta(hours=9))
    desk.run(lambda unit: unit.attempts.save(morning))
    late = {"minutes": 690, "hold_max": T0 + timedelta(days=2), "customer_id": "u_1"}
    desk.flag(2, T0 + MINUTE, tier=Tier.HIGH, **late)
    assert attempts(desk, case)[0].due_at == morning.due_at, "as grave as the first: it may wait as long"
    desk.flag(3, T0 + 2 * MINUTE, tier=Tier.CRITICAL, **late)
    assert attempts(desk, case)[0].due_at == T0 + 2 * MINUTE


def test_a_tier_that_rises_brings_its_own_ladder(desk: Desk) -> None:
    case = desk.flag(1, tier=Tier.MEDIUM).case_id
    climb_until(desk, case, T0 + 9 * MINUTE)
    assert K.HUMAN_AGENT not in rungs(desk, case)
    desk.flag(1, T0 + 9 * MINUTE, event_id="evt_again", content_hash="other", tier=Tier.CRITICAL)
    climb_until(desk, case, T0 + 9 * MINUTE)
    assert rungs(desk, case)[K.HUMAN_AGENT] == (S.TAKEN, None), "overdue by now: at once"
    assert len(desk.run(lambda unit: unit.rungs.of_case(case))) == 2, "what was done is not done again"


def test_an_extended_window_gives_room_for_a_rung_that_was_left_out(desk: Desk) -> None:
    case = desk.flag(1, tier=Tier.CRITICAL, minutes=2, alternates=(OTHER,)).case_id
    assert notes(desk, "rungs_left_out") == 1
    desk.run(
        apply_transfer_event, news(TransferNews.WINDOW_EXTENDED, T0 + MINUTE, decide_by=T0 + 40 * MINUTE), T0 + MINUTE
    )
    climb_until(desk, case, T0 + 15 * MINUTE)
    assert rungs(desk, case)[K.CALL_ALTERNATE] == (S.TAKEN, None)


def test_a_window_that_a_person_extends_moves_the_rungs_as_well(desk: Desk) -> None:
    case = desk.flag(1, tier=Tier.CRITICAL, minutes=4).case_id
    sooner = next_at(desk, case)
    assert sooner is not None
    assert sooner < 2 * MINUTE

    def extend(file: CaseFile) -> None:
        [transfer] = file.transfers()
        later = T0 + 40 * MINUTE
        use_more_time(file, file.put(replace(transfer, decide_by=later, settle_at=later)))

    desk.on(case, T0 + MINUTE, extend)
    assert next_at(desk, case) == 6 * MINUTE


def test_a_payment_cancelled_in_the_app_leaves_the_ladder_to_the_others(desk: Desk) -> None:
    case = desk.flag(1, customer_id="u_1", minutes=5).case_id
    desk.flag(2, T0, customer_id="u_1", minutes=60)
    desk.run(apply_transfer_event, news(TransferNews.CANCELLED_IN_APP, T0 + MINUTE), T0 + MINUTE)
    assert next_at(desk, case) == 6 * MINUTE
    desk.run(apply_transfer_event, news(TransferNews.CANCELLED_IN_APP, T0 + 2 * MINUTE, "t_2"), T0 + 2 * MINUTE)
    assert next_at(desk, case) is None
    assert desk.run(lambda unit: unit.cases.lock(case)).state is CaseState.SETTLED
    assert notes(desk, "rungs_canceled") == 1


def test_a_rung_found_too_late_is_skipped_and_said_so(desk: Desk) -> None:
    case = desk.flag(1, tier=Tier.CRITICAL, alternates=(OTHER,)).case_id
    desk.run(climb, case, T0 + 29 * MINUTE)
    late = (S.SKIPPED, "window_too_short")
    assert rungs(desk, case) == dict.fromkeys(set(CHANNELS) - {K.CALL, K.POLICE_HANDOFF}, late) | {
        K.POLICE_HANDOFF: (S.TAKEN, None)
    }


def test_a_rung_is_climbed_once_however_often_the_ladder_is_looked_at(desk: Desk) -> None:
    case = desk.flag(1, tier=Tier.CRITICAL).case_id
    assert desk.run(climb, case, T0 + 8 * MINUTE) == 2
    assert desk.run(climb, case, T0 + 8 * MINUTE) == 0
    assert notes(desk, "person_wanted") == 1


def test_every_kind_of_rung_has_its_channel() -> None:
    assert set(CHANNELS) == set(RungKind)
