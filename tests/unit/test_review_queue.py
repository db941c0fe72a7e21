"""Why a case waits for staff, and that it stops waiting once the work is done."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import order, review_of, take
from tests.unit.desk import Desk, said
from wakeup.domain.decision import Effect
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Contact, Outcome
from wakeup.domain.review import Reason
from wakeup.domain.to_do import Urgency
from wakeup.ivr.scoring import Findings
from wakeup.usecases.case.follow_up import escalate
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.conversation import talk
from wakeup.usecases.deciding.overrule import DecisionRef, Released, release
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.desk.reach_out import follow_up
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.review.queue import read_queue

T1, T2 = TransferId("t_1"), TransferId("t_2")
SEEN = T0 + 5 * MINUTE


def learned(desk: Desk, case_id: CaseId, outcome: Outcome, minutes: int) -> None:
    desk.teach(case_id, said(outcome, T1, T0 + minutes * MINUTE, minutes), T0 + minutes * MINUTE)


def urgency(desk: Desk) -> Urgency:
    [one] = desk.run(read_queue, SEEN).queued
    return one.urgency


@pytest.mark.parametrize(
    ("outcome", "because"),
    [(Outcome.NOT_ME, Urgency.PERSON_PROMISED), (Outcome.ALREADY_PAID, Urgency.MONEY_LEAVING)],
)
def test_a_customer_whom_staff_have_followed_up_is_promised_no_person_any_more(
    desk: Desk, outcome: Outcome, because: Urgency
) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    learned(desk, case_id, outcome, 1)
    assert urgency(desk) is because
    take(desk, "ann", case_id, SEEN)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.CUSTOMER_REACHED, "rang back, all is told"), SEEN)
    assert urgency(desk) is Urgency.HELD
    learned(desk, case_id, outcome, 6)
    assert urgency(desk) is because, "it was said once more"


ASKED_FOR_A_PERSON = Findings(
    contact=Contact.RIGHT_PARTY, outcome=Outcome.AGENT_REQUESTED, score=Decimal(0), live_person=True,
    transfer_named=True, cannot_talk=False, finished=True, fault=None,
)  # fmt: skip


def test_a_customer_who_asks_for_a_person_again_after_staff_have_reached_them_waits_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "findings", lambda ended: ASKED_FOR_A_PERSON)
    ended: Any = SimpleNamespace(reason="", flags=frozenset(), outcome=ASKED_FOR_A_PERSON.outcome)
    case_id = CaseId(desk.flag(1, minutes=4).case_id)
    [attempt] = desk.run(lambda unit: unit.attempts.of_case(case_id))

    def asks(file: CaseFile) -> None:
        begun: Any = SimpleNamespace(named=(T1,))
        talk.learn(file, attempt, begun, ended)
        settle_file(file)

    desk.on(case_id, T0 + MINUTE, asks)
    desk.run(settle_case, case_id, T0 + 4 * MINUTE)
    assert urgency(desk) is Urgency.PERSON_PROMISED
    take(desk, "ann", case_id, SEEN)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.OTHER, "she will think it over"), SEEN)
    assert urgency(desk) is Urgency.HELD
    desk.on(case_id, SEEN + MINUTE, asks)
    assert urgency(desk) is Urgency.PERSON_WANTED


def lets_go(desk: Desk, case_id: CaseId, transfer_id: TransferId, minutes: int) -> None:
    at = T0 + minutes * MINUTE
    take(desk, "ann", case_id, at)
    aim = DecisionRef(transfer_id=transfer_id, sequence=desk.transfer(transfer_id).sequence)
    assert desk.run(release, order(desk, "ann", case_id, Reason.PAYEE_CHECKED), aim, at) is Released.RELEASED


def two_payments(desk: Desk) -> CaseId:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    assert desk.flag(2, customer_id="u_1").case_id == case_id
    learned(desk, case_id, Outcome.NOT_ME, 1)
    return case_id


def queue(desk: Desk) -> list[tuple[str, Urgency]]:
    return [(one.waiting.transfer_id, one.urgency) for one in desk.run(read_queue, SEEN).queued]


def test_a_customer_who_was_promised_a_person_waits_on_when_only_another_payment_is_released(desk: Desk) -> None:
    case_id = two_payments(desk)
    lets_go(desk, case_id, T1, 2)
    assert queue(desk) == [(T2, Urgency.PERSON_PROMISED)]
    view = desk.run(read_case, case_id, SEEN)
    assert [Effect.PERSON in view.to_do(one) for one in view.transfers] == [False, True]


def test_a_person_whom_the_ladder_wants_is_wanted_until_each_payment_is_released(desk: Desk) -> None:
    case_id = two_payments(desk)
    desk.on(case_id, T0 + MINUTE, escalate)
    lets_go(desk, case_id, T1, 2)
    assert review_of(desk, case_id).person_wanted_at == T0 + MINUTE
    lets_go(desk, case_id, T2, 3)
    assert review_of(desk, case_id).person_wanted_at is None
