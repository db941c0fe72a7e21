"""An agent's finding enters the decision under their name. It may hold, and never lifts a hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.unit.agents_at_desk import kinds
from tests.unit.builders import HOUR, MINUTE, T0, a_transfer, an_evidence
from tests.unit.console_people import a_staff, hire, order, review_of, take
from tests.unit.desk import POLICY, Desk, said
from tests.unit.test_warning_after_allow import news, queued
from wakeup.domain.case import CaseState
from wakeup.domain.decision import Effect, Ruling, decide
from wakeup.domain.errors import ConflictError, ForbiddenError
from wakeup.domain.hand_over import HandOver, HandOverState
from wakeup.domain.ids import AttemptId, CaseId, CustomerId, TransferId
from wakeup.domain.outcome import Contact, Outcome
from wakeup.domain.review import Reason
from wakeup.domain.staff import StaffId, StaffRole
from wakeup.domain.to_do import PERSON_WITHIN, Urgency
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.case.follow_up import escalate
from wakeup.usecases.case.promised_call import alarm_late_promise
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.deciding.overrule import DecisionRef, release
from wakeup.usecases.desk.agent_outcome import FOUND_OUT, FoundOut, record_outcome
from wakeup.usecases.inputs import TransferNews
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.unit import Unit

T1, LATER = TransferId("t_1"), T0 + 10 * MINUTE


def talked(
    desk: Desk,
    case_id: CaseId,
    agent: str = "kim",
    n: int = 4,
    joined_at: datetime = T0,
    *,
    call: str = "att_c",
    ended_at: datetime = LATER,
    noted: bool = True,
) -> None:
    """An agent has talked to the customer of this case."""
    wait = HandOver(
        attempt_id=AttemptId(call), n=n, case_id=case_id, customer_id=CustomerId("u_1"), language="zh", skills=(),
        state=HandOverState.OVER, asked_at=T0, give_up_at=T0 + MINUTE, offer=AttemptId(f"att_a{n}"),
        agent=StaffId(f"usr_{agent}"), joined_at=joined_at, ended_at=ended_at, came_back=True, due_at=None,
    )  # fmt: skip
    desk.run(lambda unit: unit.hand_overs.add(wait))
    if noted:
        desk.on(case_id, ended_at, lambda file: file.note("talk_with_person_over", attempt=call, n=n))


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    hire(
        desk,
        a_staff("kim", StaffRole.AGENT),
        a_staff("lea", StaffRole.AGENT),
        a_staff("ann"),
        a_staff("vera", StaffRole.VIEWER),
    )
    return desk


def finds(
    desk: Desk,
    case_id: CaseId,
    outcome: Outcome | None,
    name: str = "kim",
    *,
    identified: bool = True,
    code: Reason = Reason.WARNED,
    at: datetime = LATER,
) -> None:
    wanted = order(desk, name, case_id, code, "said so")
    desk.run(record_outcome, wanted, FoundOut(outcome=outcome, identified=identified), at)


def test_an_agents_finding_is_evidence_under_the_agents_name(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.PERSISTS)
    assert desk.transfer(T1).state is TransferState.HELD
    newest = desk.decisions(T1)[-1]
    assert (newest.ruling, newest.reason) == (Ruling.HOLD, "persists")
    [learned] = [row for row in desk.timeline(case_id) if row["kind"] == "learned"]
    assert (learned["by"], learned["contact"], learned["outcome"]) == ("kim", "right_party", "persists")
    assert newest.rests_on == (learned["evidence"],)
    [kept] = [row for row in desk.timeline(case_id) if row["kind"] == "review_talked"]
    assert (kept["by"], kept["reason"]) == ("kim", "warned")
    assert review_of(desk, case_id).version == 1


def test_a_customer_who_told_the_agent_that_it_was_not_them_is_promised_no_other_human(desk: Desk) -> None:
    """The decision that follows asks for a human, and the agent was one."""
    case_id = CaseId(desk.flag(1).case_id)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.NOT_ME)
    assert Effect.PERSON in desk.decisions(T1)[-1].effects
    assert queued(desk, LATER) == [(T1, Urgency.HELD)]


@pytest.mark.parametrize("tier", list(Tier))
def test_an_agents_word_that_all_is_well_releases_nothing(desk: Desk, tier: Tier) -> None:
    case_id = CaseId(desk.flag(1, tier=tier).case_id)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.CONSISTENT)
    for at in (T0 + 31 * MINUTE, T0 + HOUR, T0 + 3 * HOUR):
        desk.run(settle_case, case_id, at)
    assert desk.transfer(T1).state is TransferState.HELD
    assert desk.transfer(T1).allow_at is None


@pytest.mark.parametrize("outcome", FOUND_OUT)
@pytest.mark.parametrize("tier", list(Tier))
def test_no_evidence_of_an_agents_is_ever_proof_of_release(outcome: Outcome, tier: Tier) -> None:
    """Not even if it names the payment and is as good as evidence gets."""
    found = replace(an_evidence(outcome), by="kim")
    held = a_transfer(tier=tier, state=TransferState.HELD, confirmed_in_app_at=T0 + MINUTE, amount=Decimal(10))
    assert decide(held, [found], POLICY, T0 + 3 * HOUR).ruling is Ruling.HOLD


def test_an_agents_finding_holds_a_payment_that_the_machine_would_have_allowed(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    desk.teach(case_id, said(Outcome.CONSISTENT, T1, T0 + MINUTE, 1), T0 + MINUTE)
    assert desk.transfer(T1).allow_at is not None
    talked(desk, case_id)
    finds(desk, case_id, Outcome.COACHED)
    assert desk.transfer(T1).state is TransferState.HELD
    assert desk.transfer(T1).allow_at is None


def test_an_agent_may_not_release_by_hand_either(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.CONSISTENT)
    with pytest.raises(ForbiddenError):
        desk.run(
            release,
            order(desk, "kim", case_id, Reason.FALSE_ALARM),
            DecisionRef(transfer_id=T1, sequence=2),
            LATER + timedelta(seconds=1),
        )


@pytest.mark.parametrize(("outcome", "tier"), [(Outcome.PERSISTS, Tier.HIGH), (Outcome.CONSISTENT, Tier.MEDIUM)])
def test_a_customer_whom_an_agent_found_nearly_cheated_is_rung_the_sooner_for_the_next(
    desk: Desk, outcome: Outcome, tier: Tier
) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    talked(desk, case_id)
    finds(desk, case_id, outcome)
    desk.run(settle_case, case_id, T0 + 30 * MINUTE)
    later = desk.flag(2, T0 + HOUR, customer_id="u_1", phone="+6590000001")
    assert later.case_id != case_id
    assert desk.run(lambda unit: unit.cases.lock(later.case_id)).tier is tier


def test_only_the_agent_who_talked_to_the_customer_records_an_outcome(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    talked(desk, case_id)
    with pytest.raises(ConflictError) as refused:
        finds(desk, case_id, Outcome.PERSISTS, "ann")
    assert refused.value.field == "case"
    with pytest.raises(ForbiddenError):
        finds(desk, case_id, Outcome.PERSISTS, "vera")
    with pytest.raises(ConflictError) as refused:
        finds(desk, case_id, Outcome.GUARDIAN_WORRIED)
    assert refused.value.field == "outcome"
    assert not [row for row in desk.timeline(case_id) if row["kind"] == "learned"]


def test_nothing_chosen_is_no_outcome(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    talked(desk, case_id)
    for unheard in (None, Outcome.NO_INPUT):
        with pytest.raises(ConflictError) as refused:
            finds(desk, case_id, unheard)
        assert refused.value.field == "outcome"
    assert not [row for row in desk.timeline(case_id) if row["kind"] == "learned"]


def test_an_older_view_of_the_case_changes_nothing(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    talked(desk, case_id)
    stale = order(desk, "kim", case_id, Reason.WARNED)
    finds(desk, case_id, Outcome.UNDECIDED)
    with pytest.raises(ConflictError) as refused:
        desk.run(record_outcome, stale, FoundOut(outcome=Outcome.PERSISTS, identified=True), LATER)
    assert refused.value.field == "version"


def test_a_record_that_is_sent_twice_is_saved_once(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    talked(desk, case_id)
    sent, found = (
        order(desk, "kim", case_id, Reason.WARNED, "said so"),
        FoundOut(outcome=Outcome.COACHED, identified=True),
    )
    for _ in range(2):
        assert desk.run(record_outcome, sent, found, LATER).version == 1
    assert kinds(desk, case_id).count("learned") == kinds(desk, case_id).count("review_talked") == 1
    others = [
        (sent, replace(found, outcome=Outcome.NOT_ME)), (sent, replace(found, identified=False)),
        (replace(sent, text="said otherwise"), found), (replace(sent, reason=Reason.LINE_LOST), found),
    ]  # fmt: skip
    for wish, what in others:
        with pytest.raises(ConflictError) as refused:
            desk.run(record_outcome, wish, what, LATER)
        assert refused.value.field == "version"


def test_a_callee_who_was_not_identified_is_not_the_right_party(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.PERSISTS, identified=False)
    [(_, kept)] = desk.run(lambda unit: unit.talks.evidence(unit.cases.lock(case_id), T0 - HOUR))
    assert (kept.contact, kept.by) == (Contact.UNVERIFIED_HUMAN, "kim")


WAITS_ON = [Reason.LINE_LOST, Reason.CALL_BACK_AGREED, Reason.NOT_THE_CUSTOMER, Reason.HANDED_ON]


@pytest.mark.parametrize("code", [Reason.WARNED, *WAITS_ON])
def test_a_customer_who_called_for_help_waits_on_when_the_agent_did_not_reach_them(desk: Desk, code: Reason) -> None:
    """The line was lost, it was the wrong person, or the next talk is still to come."""
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.teach(case_id, said(Outcome.DISTRESS, T1, T0 + MINUTE, 1), T0 + MINUTE)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.PARTIAL, code=code)
    waits = code in WAITS_ON
    assert queued(desk, LATER) == [(T1, Urgency.PERSON_PROMISED if waits else Urgency.HELD)]
    view = desk.run(read_case, case_id, LATER)
    assert (Effect.PERSON in view.to_do(view.transfers[0])) is waits
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER + MINUTE)
    assert queued(desk, LATER) == [(T1, Urgency.PERSON_PROMISED)] * waits


@pytest.mark.parametrize("code", [Reason.WARNED, *WAITS_ON])
def test_a_human_is_still_wanted_when_the_agent_did_not_reach_the_customer(desk: Desk, code: Reason) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    with_person_wanted(desk, case_id)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.PARTIAL, code=code)
    assert (review_of(desk, case_id).person_wanted_at == T0) is (code in WAITS_ON)


@pytest.mark.parametrize("outcome", [Outcome.DISTRESS, Outcome.PARTIAL])
@pytest.mark.parametrize("code", [Reason.WARNED, *WAITS_ON])
def test_a_customer_whom_the_agent_did_not_reach_is_queued_even_when_nothing_is_open(
    desk: Desk, code: Reason, outcome: Outcome
) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, T0 + MINUTE)
    talked(desk, case_id)
    finds(desk, case_id, outcome, code=code)
    assert queued(desk, LATER) == [(T1, Urgency.PERSON_PROMISED)] * (code in WAITS_ON)


def test_a_customer_whom_a_colleague_has_reached_since_waits_for_no_agent(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, T0 + MINUTE)
    talked(desk, case_id)
    talked(desk, case_id, "lea", 5)
    finds(desk, case_id, Outcome.DISSUADED, "lea")
    finds(desk, case_id, Outcome.PARTIAL, code=Reason.HANDED_ON)
    assert queued(desk, LATER) == []


@pytest.mark.parametrize("code", [Reason.LINE_LOST, Reason.CALL_BACK_AGREED])
def test_of_the_records_of_one_talk_the_last_one_counts(desk: Desk, code: Reason) -> None:
    """The agent records the warning while they talk, and then the line is lost."""
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.teach(case_id, said(Outcome.DISTRESS, T1, T0 + MINUTE, 1), T0 + MINUTE)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.DISTRESS, code=Reason.WARNED)
    finds(desk, case_id, Outcome.PARTIAL, code=code)
    assert queued(desk, LATER) == [(T1, Urgency.PERSON_PROMISED)]
    view = desk.run(read_case, case_id, LATER)
    assert Effect.PERSON in view.to_do(view.transfers[0])
    assert due_by(desk, case_id) is not None
    news(desk, TransferNews.CANCELLED_IN_APP, T1, LATER + MINUTE)
    assert queued(desk, LATER) == [(T1, Urgency.PERSON_PROMISED)]


def test_a_later_talk_that_was_lost_takes_nothing_back_from_the_first(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.teach(case_id, said(Outcome.DISTRESS, T1, T0 + MINUTE, 1), T0 + MINUTE)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.DISTRESS, code=Reason.WARNED)
    talked(desk, case_id, n=5, joined_at=LATER + MINUTE)
    finds(desk, case_id, Outcome.PARTIAL, code=Reason.NOT_THE_CUSTOMER, at=LATER + 2 * MINUTE)
    assert queued(desk, LATER) == [(T1, Urgency.HELD)]


@pytest.mark.parametrize("code", [Reason.LINE_LOST, Reason.CALL_BACK_AGREED])
def test_a_call_that_is_owed_waits_for_people_though_the_customer_had_asked_for_none(desk: Desk, code: Reason) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1", tier=Tier.MEDIUM).case_id)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.KEEP_HOLD, code=code)
    desk.run(settle_case, case_id, T0 + 31 * MINUTE)
    assert queued(desk, LATER) == [(T1, Urgency.PERSON_WANTED)]
    assert due_by(desk, case_id) == LATER + PERSON_WITHIN


def test_a_call_that_was_agreed_replaces_the_one_promised_before(desk: Desk) -> None:
    """No alarm tells that the older one is late."""
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    with_person_wanted(desk, case_id)
    assert due_by(desk, case_id) == T0 + PERSON_WITHIN
    talked(desk, case_id)
    finds(desk, case_id, Outcome.KEEP_HOLD, code=Reason.CALL_BACK_AGREED)
    assert due_by(desk, case_id) == LATER + PERSON_WITHIN
    for at, late in ((LATER + MINUTE, 0), (LATER + PERSON_WITHIN, 1)):
        desk.on(case_id, at, alarm_late_promise)
        assert [row["kind"] for row in desk.timeline(case_id)].count("promise_late") == late


def due_by(desk: Desk, case_id: CaseId) -> datetime | None:
    """When a human must have talked to the customer."""
    return desk.run(lambda unit: unit.cases.lock(case_id)).person_due_at


def released(desk: Desk) -> CaseId:
    """Ann released the payment after Kim had talked to the customer."""
    case_id = CaseId(desk.flag(1, T0 - HOUR).case_id)
    desk.run(settle_case, case_id, T0)
    talked(desk, case_id)
    take(desk, "ann", case_id, T0)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    desk.run(release, order(desk, "ann", case_id, Reason.FALSE_ALARM), aim, T0)
    assert desk.transfer(T1).state is TransferState.ALLOWED
    return case_id


def test_an_agents_warning_after_the_payment_was_allowed_raises_an_alarm_and_a_review(desk: Desk) -> None:
    case_id = released(desk)
    desk.deliver(LATER)
    finds(desk, case_id, Outcome.COACHED)
    assert "alarm:warned_after_allow" in desk.wakes
    [row] = [row for row in desk.timeline(case_id) if row["kind"] == "warned_after_allow"]
    assert (row["by"], row["alarm"]) == ("kim", True)
    assert desk.run(lambda unit: unit.cases.lock(case_id)).state is CaseState.IN_REVIEW
    assert desk.transfer(T1).state is TransferState.ALLOWED, "what is gone is not ours to take back"


def warned_too_late(desk: Desk, case_id: CaseId) -> bool:
    return any(row["kind"] == "warned_after_allow" for row in desk.timeline(case_id))


def test_an_agents_word_that_all_is_well_raises_no_alarm_about_an_allowed_payment(desk: Desk) -> None:
    case_id = released(desk)
    finds(desk, case_id, Outcome.CONSISTENT)
    assert not warned_too_late(desk, case_id)
    assert desk.run(lambda unit: unit.cases.lock(case_id)).state is CaseState.SETTLED


def test_an_agents_warning_about_a_held_payment_raises_no_alarm(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.COACHED)
    assert not warned_too_late(desk, case_id)


def test_a_payment_recalled_by_an_agents_warning_wants_a_human_though_the_agent_talked(desk: Desk) -> None:
    """The talk settles the customer's request, but not the allow that may have reached the payment core."""
    case_id = released(desk)
    finds(desk, case_id, Outcome.COACHED)
    assert desk.transfer(T1).state is TransferState.HELD
    assert review_of(desk, case_id).person_wanted_at == LATER


def test_an_agents_warning_that_recalls_nothing_leaves_no_human_wanted(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    with_person_wanted(desk, case_id)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.COACHED)
    assert review_of(desk, case_id).person_wanted_at is None


def with_person_wanted(desk: Desk, case_id: CaseId) -> None:
    def wanted(unit: Unit) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), T0) as file:
            escalate(file)

    desk.run(wanted)
