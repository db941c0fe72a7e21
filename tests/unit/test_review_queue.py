"""Why a case waits for staff, and that it stops waiting once the work is done."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import order, take
from tests.unit.desk import Desk, said
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Contact, Outcome
from wakeup.domain.review import Reason
from wakeup.domain.to_do import Urgency
from wakeup.ivr.scoring import Findings
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation import talk
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.desk.reach_out import follow_up
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.review.queue import read_queue

T1 = TransferId("t_1")
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


def test_who_asks_for_a_person_again_after_staff_have_reached_them_waits_again(
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
