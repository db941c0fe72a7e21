"""Bulk release: two people, one model, one span of time, and only payments that nothing else speaks against."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.console_people import a_staff, hire, order, take
from tests.unit.desk import POLICY, Desk, said
from wakeup.domain.decision import Ruling
from wakeup.domain.errors import ConflictError, ForbiddenError, NotFoundError
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.label import Truth
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.staff import PersonId, StaffId
from wakeup.domain.transfer import Tier, TransferState
from wakeup.usecases.case.follow_up import escalate, queue_for_follow_up
from wakeup.usecases.console.sign_in import close_account
from wakeup.usecases.deciding.bulk_release import Span, ask_bulk, confirm_bulk, preview, refuse_bulk, release_some
from wakeup.usecases.deciding.overrule import DecisionRef, hold, refuse_release, release
from wakeup.usecases.deciding.record_label import NewLabel, label
from wakeup.usecases.inputs import LabelIn
from wakeup.usecases.intake.news import record_bank_label
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.review.contest import answer_contest, record_contest
from wakeup.usecases.review.review import give_back, send_to_police

ANN, BEN, KIM = StaffId("usr_ann"), StaffId("usr_ben"), StaffId("usr_kim")
LATER = T0 + HOUR
SPAN = Span(model="v7", since=T0, until=T0 + MINUTE)
WHY = (Reason.FALSE_ALARM, "INC-204")


@pytest.fixture
def desk(desk: Desk) -> Desk:
    hire(desk, a_staff("ann2", person=PersonId("p_ann")), a_staff("ann3", person=PersonId("P_ANN")))
    return desk


def put_before_people(desk: Desk, *, police: bool = False) -> None:
    desk.on(held(desk, 1), LATER, lambda file: escalate(file, police=police))


def promise_a_person(desk: Desk) -> None:
    """The customer asked for a human in the call, and has talked to none yet."""
    case_id = CaseId(desk.flag(1, model="v7").case_id)
    desk.teach(case_id, said(Outcome.AGENT_REQUESTED, TransferId("t_1"), T0 + MINUTE, 1), T0 + MINUTE)
    desk.run(settle_case, case_id, LATER)


def hand_to_the_police(desk: Desk) -> None:
    case_id = held(desk, 1)
    take(desk, "kim", case_id, LATER)
    desk.run(send_to_police, order(desk, "kim", case_id, Reason.SCAM_LIKELY), LATER)
    desk.run(give_back, order(desk, "kim", case_id), LATER)


def refuses(desk: Desk, case_id: CaseId) -> None:
    aim = DecisionRef(transfer_id=TransferId("t_1"), sequence=desk.transfer(TransferId("t_1")).sequence)
    take(desk, "ann", case_id, LATER)
    desk.run(release, order(desk, "ann", case_id, *WHY), aim, LATER)
    desk.run(refuse_release, order(desk, "ben", case_id, Reason.NOT_CONVINCED), aim, LATER)


def answers_a_contest(desk: Desk, case_id: CaseId) -> None:
    desk.run(record_contest, order(desk, "kim", case_id, Reason.BY_PHONE, "it is mine"), LATER)
    take(desk, "ben", case_id, LATER)
    desk.run(answer_contest, order(desk, "ben", case_id, Reason.VICTIM_PERSISTS, "the payee is a mule"), LATER)
    desk.run(give_back, order(desk, "ben", case_id), LATER)


def bank_says_scam(desk: Desk, case_id: CaseId) -> None:
    told = LabelIn(
        event_id="evt_label", content_hash="h", transfer_id="t_1", label=Truth.SCAM, recovered=Decimal(0),
        occurred_at=LATER,
    )  # fmt: skip
    assert desk.run(record_bank_label, told, LATER)


def supervisor_says_scam(desk: Desk, case_id: CaseId) -> None:
    take(desk, "ben", case_id, LATER)
    desk.run(label, order(desk, "ben", case_id), NewLabel(transfer_id=TransferId("t_1"), label=Truth.SCAM), LATER)
    desk.run(give_back, order(desk, "ben", case_id), LATER)


def held(desk: Desk, n: int, tier: Tier = Tier.MEDIUM, **changes: Any) -> CaseId:
    case_id = CaseId(desk.flag(n, tier=tier, **{"model": "v7", **changes}).case_id)
    desk.run(settle_case, case_id, LATER)
    return case_id


def states(desk: Desk, *numbers: int) -> list[TransferState]:
    return [desk.transfer(TransferId(f"t_{n}")).state for n in numbers]


def asked(desk: Desk, count: int) -> str:
    found = desk.run(preview, SPAN, LATER)
    assert len(found.takes) == count
    return desk.run(ask_bulk, ANN, SPAN, *WHY, found.digest, LATER).id


def test_two_persons_release_what_one_model_flagged_in_a_span_of_time(desk: Desk) -> None:
    for n in (1, 2, 3):
        held(desk, n, amount=Decimal(90_000))
    held(desk, 4, model="v8")
    held(desk, 5, now=T0 + 2 * MINUTE)
    found = desk.run(preview, SPAN, LATER)
    assert [t.id for t in found.takes] == ["t_1", "t_2", "t_3"]
    wish = asked(desk, 3)
    assert states(desk, 1, 2, 3) == [TransferState.HELD] * 3, "one person alone releases nothing"
    desk.run(confirm_bulk, BEN, wish, LATER)
    assert desk.run(release_some, BEN, wish, 2, LATER) == 1
    assert desk.run(release_some, BEN, wish, 2, LATER) == 0
    assert states(desk, 1, 2, 3, 4, 5) == [TransferState.ALLOWED] * 3 + [TransferState.HELD] * 2
    newest = desk.decisions(TransferId("t_1"))[-1]
    assert (newest.ruling, newest.reason, newest.decided_by) == (Ruling.ALLOW, "released_by_person", "ann+ben")
    case_id = desk.transfer(TransferId("t_1")).case_id
    [released] = [row for row in desk.timeline(case_id) if row["kind"] == "review_released"]
    assert (released["by"], released["bulk"], released["reason"]) == ("ben", wish, "false_alarm")


@pytest.mark.parametrize(
    ("why", "spoil"),
    [
        ("critical", lambda desk: held(desk, 1, Tier.CRITICAL)),
        ("guarded", lambda desk: desk.run(hold, order(desk, "kim", held(desk, 1), Reason.SCAM_LIKELY),
                                          DecisionRef(transfer_id=TransferId("t_1"), sequence=desk.transfer(TransferId("t_1")).sequence), LATER)),
        ("warned", lambda desk: desk.teach(held(desk, 1), said(Outcome.PERSISTS, TransferId("t_1"), LATER, 1), LATER)),
        ("in_hand", lambda desk: take(desk, "kim", held(desk, 1), LATER)),
        ("wanted", put_before_people),
        ("wanted", lambda desk: put_before_people(desk, police=True)),
        ("wanted", hand_to_the_police),
        ("wanted", promise_a_person),
        ("wanted", lambda desk: desk.on(held(desk, 1), LATER, queue_for_follow_up)),
        ("not_held", lambda desk: held(desk, 1, hold_max=LATER)),
    ],
)  # fmt: skip
def test_a_bulk_release_leaves_out_payments_that_more_than_the_model_speaks_against(
    desk: Desk, why: str, spoil: Any
) -> None:
    spoil(desk)
    found = desk.run(preview, SPAN, LATER)
    assert (found.takes, found.left_out) == ((), {why: 1})
    with pytest.raises(ConflictError):
        asked(desk, 0)


def test_a_bulk_release_leaves_out_payments_that_change_after_the_request(desk: Desk) -> None:
    first, second = held(desk, 1), held(desk, 2)
    wish = asked(desk, 2)
    take(desk, "kim", first, LATER)
    lesson = said(Outcome.CONSISTENT, TransferId("t_2"), LATER, 1)
    desk.run(lambda unit: unit.talks.add_evidence(lesson, second))
    desk.run(confirm_bulk, BEN, wish, LATER)
    assert desk.run(release_some, BEN, wish, 9, LATER) == 0
    assert states(desk, 1, 2) == [TransferState.HELD] * 2
    members = desk.run(lambda unit: unit.bulk.members(wish))
    assert sorted(str(member.left_out) for member in members) == ["changed", "in_hand"]


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("says", [refuses, answers_a_contest, bank_says_scam, supervisor_says_scam])
def test_a_bulk_release_leaves_out_a_payment_that_was_said_to_be_a_scam(
    desk: Desk, says: Callable[[Desk, CaseId], None], first: bool
) -> None:
    spoken, other = held(desk, 1, amount=Decimal(12_000)), held(desk, 2)
    assert spoken != other
    if first:
        says(desk, spoken)
        assert desk.run(preview, SPAN, LATER).left_out == {"guarded": 1}
    wish = asked(desk, 1 if first else 2)
    if not first:
        says(desk, spoken)
    desk.run(confirm_bulk, BEN, wish, LATER)
    assert desk.run(release_some, BEN, wish, 9, LATER) == 0
    assert states(desk, 1, 2) == [TransferState.HELD, TransferState.ALLOWED]


@pytest.mark.parametrize("again", ["ann", "ann2", "ann3"])
def test_a_bulk_release_is_confirmed_by_another_person(desk: Desk, again: str) -> None:
    held(desk, 1)
    wish = asked(desk, 1)
    with pytest.raises(ConflictError):
        desk.run(confirm_bulk, StaffId(f"usr_{again}"), wish, LATER)
    with pytest.raises(ConflictError):
        desk.run(release_some, ANN, wish, 9, LATER)
    assert states(desk, 1) == [TransferState.HELD]


@pytest.mark.parametrize("confirmed", [False, True])
def test_nothing_more_is_released_once_the_account_of_the_asker_is_closed(desk: Desk, *, confirmed: bool) -> None:
    held(desk, 1)
    wish = asked(desk, 1)
    if confirmed:
        desk.run(confirm_bulk, BEN, wish, LATER)
    desk.run(close_account, StaffId("usr_root"), ANN, LATER)
    with pytest.raises(ConflictError) as refused:
        desk.run(release_some, BEN, wish, 9, LATER) if confirmed else desk.run(confirm_bulk, BEN, wish, LATER)
    assert refused.value.field == "bulk"
    assert states(desk, 1) == [TransferState.HELD]


def test_a_wish_lapses_is_refused_and_is_answered_once(desk: Desk) -> None:
    held(desk, 1)
    old, refused, late = asked(desk, 1), asked(desk, 1), asked(desk, 1)
    with pytest.raises(ConflictError):
        desk.run(confirm_bulk, BEN, old, LATER + POLICY.review.second_within)
    desk.run(refuse_bulk, BEN, refused, LATER)
    with pytest.raises(ConflictError):
        desk.run(confirm_bulk, BEN, refused, LATER)
    desk.run(confirm_bulk, BEN, late, LATER)
    with pytest.raises(ConflictError):
        desk.run(release_some, BEN, late, 9, LATER + POLICY.review.second_within)
    assert states(desk, 1) == [TransferState.HELD]


def test_a_wish_that_never_was_cannot_be_answered(desk: Desk) -> None:
    for answer in (confirm_bulk, refuse_bulk):
        with pytest.raises(NotFoundError):
            desk.run(answer, BEN, "bulk_none", LATER)


def test_asking_needs_the_right_a_reason_a_ticket_and_the_list_that_was_seen(desk: Desk) -> None:
    held(desk, 1)
    with pytest.raises(ForbiddenError):
        desk.run(ask_bulk, KIM, SPAN, *WHY, "", LATER)
    for field, wish in (
        ("reason", (Reason.SCAM_LIKELY, "INC-204", "")),
        ("ticket", (Reason.FALSE_ALARM, "the model was wrong", "")),
        ("version", (Reason.FALSE_ALARM, "INC-204", "1")),
    ):
        with pytest.raises(ConflictError) as refused:
            desk.run(ask_bulk, ANN, SPAN, *wish, LATER)
        assert refused.value.field == field
    assert timedelta(minutes=15) == POLICY.review.second_within
