"""A human owes the customer a call: an agent's talk did not reach them to its end, or they asked for one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.unit.agents_at_desk import comes_to_work, kinds, on_the_line, the_wait, waits
from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import DIALLING, Desk, said
from tests.unit.test_agent_outcome import LATER, T1, due_by, finds, released, talked
from tests.unit.test_agent_outcome import desk as desk  # noqa: PLC0414 - the fixture with its agents
from tests.unit.test_recall import COOLED, let_go
from tests.unit.test_warning_after_allow import news, queued, warns
from wakeup.domain.case import CaseState
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import Outcome
from wakeup.domain.pacing import PAUSED
from wakeup.domain.review import Reason
from wakeup.domain.to_do import PERSON_WITHIN, Urgency
from wakeup.domain.transfer import Tier
from wakeup.usecases.agents.tend_hand_overs import due_hand_overs, tend
from wakeup.usecases.case.follow_up import want_person
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.inputs import TransferNews
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.ringing.pacing import stop_dialling

SECOND = timedelta(seconds=1)
OWED = [Reason.LINE_LOST, Reason.CALL_BACK_AGREED]


def asks(file: CaseFile) -> None:
    """The customer asks for a human on our line."""
    file.note("call_in_asked_person", "callee", call="CA1")
    want_person(file)


@pytest.mark.parametrize("code", OWED)
def test_a_call_is_owed_though_the_payment_is_cancelled_afterwards(desk: Desk, code: Reason) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1", tier=Tier.MEDIUM).case_id)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.KEEP_HOLD, code=code)
    desk.run(settle_case, case_id, T0 + 31 * MINUTE)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, T0 + 32 * MINUTE)
    assert queued(desk, T0 + 33 * MINUTE) == [(T1, Urgency.PERSON_PROMISED)]
    assert due_by(desk, case_id) is not None


@pytest.mark.parametrize("code", OWED)
def test_a_call_that_is_owed_after_a_release_asks_nobody_to_stop_the_payment(desk: Desk, code: Reason) -> None:
    case_id = released(desk)
    desk.deliver(T0 + 5 * MINUTE)
    finds(desk, case_id, Outcome.PARTIAL, code=code)
    assert queued(desk, LATER) == [(T1, Urgency.PERSON_PROMISED)]


@pytest.mark.parametrize("then", [TransferNews.RELEASED, TransferNews.CANCELLED_IN_APP])
@pytest.mark.parametrize("code", [*OWED, Reason.NOT_THE_CUSTOMER, Reason.HANDED_ON])
def test_a_call_that_is_owed_after_a_release_is_owed_whatever_the_bank_does_with_the_payment(
    desk: Desk, code: Reason, then: TransferNews
) -> None:
    case_id = released(desk)
    desk.deliver(T0 + 5 * MINUTE)
    talked(desk, case_id, n=5, joined_at=T0 + 5 * MINUTE)
    finds(desk, case_id, Outcome.PARTIAL, code=code)
    news(desk, then, T1, LATER + MINUTE)
    assert queued(desk, LATER + 2 * MINUTE) == [(T1, Urgency.PERSON_PROMISED)]
    assert due_by(desk, case_id) is not None


def test_a_customer_who_asks_for_a_person_after_a_release_is_called_and_the_payment_not_stopped(desk: Desk) -> None:
    case_id = released(desk)
    desk.deliver(T0 + MINUTE)
    desk.on(case_id, T0 + 5 * MINUTE, asks)
    assert queued(desk, T0 + 6 * MINUTE) == [(T1, Urgency.PERSON_PROMISED)]


@pytest.mark.parametrize("code", [None, *OWED])
def test_a_customer_who_wants_a_human_after_an_automatic_release_has_it_not_stopped(
    desk: Desk, code: Reason | None
) -> None:
    """They asked on our line (`None`), or an agent's talk did not reach them. A warning is another thing."""
    case_id = let_go(desk)
    desk.deliver(COOLED)
    if code is None:
        desk.on(case_id, COOLED, asks)
    else:
        talked(desk, case_id)
        finds(desk, case_id, Outcome.PARTIAL, code=code, at=COOLED)
    assert queued(desk, COOLED) == [(T1, Urgency.PERSON_PROMISED)]
    desk.on(case_id, COOLED + MINUTE, warns)
    assert queued(desk, COOLED + MINUTE) == [(T1, Urgency.MONEY_LEAVING)]


@pytest.mark.parametrize("code", [Reason.NOT_THE_CUSTOMER, Reason.HANDED_ON])
def test_a_record_that_is_taken_back_gives_the_promise_back(desk: Desk, code: Reason) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    desk.teach(case_id, said(Outcome.DISTRESS, T1, T0 + MINUTE, 1), T0 + MINUTE)
    talked(desk, case_id)
    finds(desk, case_id, Outcome.UNDECIDED, code=Reason.WARNED)
    assert due_by(desk, case_id) is None, "the agent has talked to the customer"
    finds(desk, case_id, Outcome.PARTIAL, code=code, at=LATER + MINUTE)
    assert due_by(desk, case_id) == LATER + MINUTE + PERSON_WITHIN


def test_the_only_agent_whom_a_stop_kept_from_being_rung_is_rung_when_it_ends() -> None:
    desk = Desk()
    comes_to_work(desk, "kim", "+6531580101")
    wait = waits(desk, on_the_line(desk, CaseId(desk.flag(1).case_id)))
    desk.run(stop_dialling, DIALLING.account.name, PAUSED, T0 + 30 * SECOND, T0)
    offers = {}
    for seconds in (20, 29, 31):
        at = T0 + seconds * SECOND
        for due in desk.run(due_hand_overs, at, 10).found:
            desk.run(tend, due, at)
        offers[seconds] = the_wait(desk, wait).offer
    assert offers[20] is None and offers[29] is None
    assert offers[31] not in {None, wait.offer}


@pytest.mark.parametrize("name", ["kim", "lea"])
def test_a_customer_who_is_reached_after_a_lost_line_waits_no_more_though_nothing_is_open(
    desk: Desk, name: str
) -> None:
    """Kim corrects her record, or Lea has called the customer back."""
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    talked(desk, case_id)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, T0 + MINUTE)
    finds(desk, case_id, Outcome.DISSUADED, code=Reason.LINE_LOST)
    assert queued(desk) == [(T1, Urgency.PERSON_PROMISED)]
    if name == "lea":
        talked(desk, case_id, name, 9, joined_at=LATER + MINUTE)
    finds(desk, case_id, Outcome.DISSUADED, name, code=Reason.CUSTOMER_REACHED, at=LATER + 5 * MINUTE)
    assert (queued(desk), due_by(desk, case_id)) == ([], None)
    assert desk.run(lambda unit: unit.cases.lock(case_id)).state is CaseState.SETTLED
    desk.run(settle_case, case_id, LATER + HOUR)
    assert "promise_late" not in kinds(desk, case_id)


def test_money_that_has_left_waits_for_staff_though_the_customer_is_reached(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    talked(desk, case_id)
    news(desk, TransferNews.RELEASED, T1, T0 + MINUTE)
    finds(desk, case_id, Outcome.COACHED, code=Reason.CUSTOMER_REACHED)
    finds(desk, case_id, Outcome.COACHED, code=Reason.CUSTOMER_REACHED, at=LATER + MINUTE)
    assert queued(desk) == [(T1, Urgency.MONEY_LEAVING)]
