"""An outcome that is recorded late is about a talk that is over: it ends no wait that has begun since."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import Desk, said
from tests.unit.test_agent_outcome import LATER, T1, WAITS_ON, desk, due_by, finds, talked
from tests.unit.test_warning_after_allow import news, queued
from wakeup.domain.attempt import Errand
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.to_do import PERSON_WITHIN, Urgency
from wakeup.domain.transfer import Tier
from wakeup.usecases.case.follow_up import escalate, escalate_missed, want_person
from wakeup.usecases.case.record_evidence import record_evidence
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.guardian_answers.record_answer import request_review
from wakeup.usecases.inputs import TransferNews
from wakeup.usecases.intake.settle_case import settle_case

__all__ = ["desk"]
SINCE = LATER + 10 * MINUTE
"""The talk is over for ten minutes."""


class Wish(Protocol):
    """What begins a wait for a human, at this time."""

    def __call__(self, desk: Desk, case_id: CaseId, at: datetime = SINCE, /) -> None: ...


def hears(desk: Desk, case_id: CaseId, outcome: Outcome, at: datetime, call: str = "att_later") -> None:
    """A call says this of the customer."""
    evidence = replace(said(outcome, T1, at, len(desk.timeline(case_id))), attempt_id=AttemptId(call))

    def learn(file: CaseFile) -> None:
        record_evidence(file, "callee", evidence)
        settle_file(file)

    desk.on(case_id, at, learn)


def in_a_call(outcome: Outcome) -> Wish:
    def says(desk: Desk, case_id: CaseId, at: datetime = SINCE) -> None:
        hears(desk, case_id, outcome, at)

    return says


def presses_5(desk: Desk, case_id: CaseId, at: datetime = SINCE) -> None:
    def five(file: CaseFile) -> None:
        file.note("cannot_talk", "callee", attempt="att_later")
        escalate(file)

    desk.on(case_id, at, five)


def calls_in(desk: Desk, case_id: CaseId, at: datetime = SINCE) -> None:
    def asks(file: CaseFile) -> None:
        file.note("call_in_asked_person", "callee", call="CA1")
        want_person(file)

    desk.on(case_id, at, asks)


def guardian_worries(desk: Desk, case_id: CaseId, at: datetime = SINCE) -> None:
    desk.on(case_id, at, lambda file: request_review(file, "guardian_worried"))


def appointment_is_not_kept(desk: Desk, case_id: CaseId, at: datetime = SINCE) -> None:
    def breaks(file: CaseFile) -> None:
        escalate_missed(file, replace(file.calls()[0], errand=Errand.APPOINTMENT))

    desk.on(case_id, at, breaks)


WISHES = [
    in_a_call(Outcome.DISTRESS), in_a_call(Outcome.NOT_ME), in_a_call(Outcome.PERSISTS), presses_5, calls_in,
    guardian_worries, appointment_is_not_kept,
]  # fmt: skip


@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("reason", [Reason.CUSTOMER_REACHED, Reason.OTHER])
def test_a_late_record_ends_no_wait_that_began_after_the_talk(desk: Desk, wish: Wish, reason: Reason) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1", tier=Tier.HIGH).case_id)
    talked(desk, case_id)
    wish(desk, case_id)
    before = queued(desk, SINCE), due_by(desk, case_id)
    assert before[0][0][1] in {Urgency.PERSON_PROMISED, Urgency.PERSON_WANTED}
    finds(desk, case_id, Outcome.UNDECIDED, code=reason, at=SINCE + 5 * MINUTE)
    assert (queued(desk, SINCE + 5 * MINUTE), due_by(desk, case_id)) == before
    assert before[1] is not None
    desk.run(settle_case, case_id, before[1])
    assert [row["kind"] for row in desk.timeline(case_id)].count("promise_late") == 1


@pytest.mark.parametrize("wish", [in_a_call(Outcome.DISTRESS), presses_5])
def test_a_customer_who_cancels_after_they_asked_is_called_though_a_record_came_late(desk: Desk, wish: Wish) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    talked(desk, case_id)
    wish(desk, case_id)
    finds(desk, case_id, Outcome.UNDECIDED, code=Reason.CUSTOMER_REACHED, at=SINCE + 5 * MINUTE)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, SINCE + 6 * MINUTE)
    assert queued(desk, SINCE + 6 * MINUTE) == [(T1, Urgency.PERSON_PROMISED)]


def test_a_call_back_agreed_before_a_call_for_help_puts_off_no_promise(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    talked(desk, case_id)
    in_a_call(Outcome.DISTRESS)(desk, case_id)
    finds(desk, case_id, Outcome.PARTIAL, code=Reason.CALL_BACK_AGREED, at=SINCE + 9 * MINUTE)
    assert due_by(desk, case_id) == SINCE + PERSON_WITHIN


def test_what_the_customer_said_before_the_talk_is_answered_by_a_record_that_comes_late(desk: Desk) -> None:
    """So is the wish for an agent, which is evidence only when the call of the talk is over."""
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    hears(desk, case_id, Outcome.DISTRESS, T0 + MINUTE)
    talked(desk, case_id)
    hears(desk, case_id, Outcome.AGENT_REQUESTED, LATER + MINUTE, "att_c")
    assert queued(desk, LATER) == [(T1, Urgency.PERSON_PROMISED)]
    finds(desk, case_id, Outcome.UNDECIDED, code=Reason.CUSTOMER_REACHED, at=SINCE)
    assert queued(desk, SINCE) == [(T1, Urgency.HELD)]


def test_a_call_that_a_later_talk_has_made_needless_is_owed_no_more(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    talked(desk, case_id)
    talked(desk, case_id, "lea", 9, joined_at=SINCE)
    finds(desk, case_id, Outcome.KEEP_HOLD, "lea", code=Reason.CUSTOMER_REACHED, at=SINCE + 5 * MINUTE)
    for reason in WAITS_ON:
        finds(desk, case_id, Outcome.PARTIAL, code=reason, at=SINCE + 9 * MINUTE)
        assert (queued(desk, SINCE + 9 * MINUTE), due_by(desk, case_id)) == ([(T1, Urgency.HELD)], None)


def test_what_is_recorded_late_of_an_earlier_talk_is_no_wait_that_began_after_the_next(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    talked(desk, case_id)
    talked(desk, case_id, "lea", 9, joined_at=SINCE, call="att_d", ended_at=SINCE + MINUTE)
    finds(desk, case_id, Outcome.DISTRESS, code=Reason.LINE_LOST, at=SINCE + 2 * MINUTE)
    assert queued(desk, SINCE) == [(T1, Urgency.PERSON_PROMISED)]
    finds(desk, case_id, Outcome.UNDECIDED, "lea", code=Reason.CUSTOMER_REACHED, at=SINCE + 3 * MINUTE)
    assert (queued(desk, SINCE), due_by(desk, case_id)) == ([(T1, Urgency.HELD)], None)


@pytest.mark.parametrize("outcome", [Outcome.PARTIAL, Outcome.DISTRESS])
@pytest.mark.parametrize("call", ["att_c", "att_d"])
def test_an_agents_own_record_is_no_wait_that_began_after_their_talk_though_a_colleague_took_over(
    desk: Desk, call: str, outcome: Outcome
) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    talked(desk, case_id)
    talked(desk, case_id, "lea", 9, joined_at=LATER, call=call, ended_at=LATER + MINUTE)
    finds(desk, case_id, outcome, code=Reason.LINE_LOST, at=LATER + 2 * MINUTE)
    assert queued(desk, SINCE)[0][1] in {Urgency.PERSON_PROMISED, Urgency.PERSON_WANTED}
    finds(desk, case_id, Outcome.UNDECIDED, code=Reason.CUSTOMER_REACHED, at=LATER + 3 * MINUTE)
    assert (queued(desk, SINCE), due_by(desk, case_id)) == ([(T1, Urgency.HELD)], None)


@pytest.mark.parametrize("first_at", [LATER + MINUTE, SINCE + MINUTE])
@pytest.mark.parametrize("first", [Reason.LINE_LOST, Reason.CUSTOMER_REACHED])
def test_of_the_records_of_one_talk_the_last_one_counts_and_none_for_what_was_asked_since(
    desk: Desk, first: Reason, first_at: datetime
) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    talked(desk, case_id)
    if first_at > SINCE:
        in_a_call(Outcome.DISTRESS)(desk, case_id)
    finds(desk, case_id, Outcome.PARTIAL, code=first, at=first_at)
    if first_at < SINCE:
        in_a_call(Outcome.DISTRESS)(desk, case_id)
    [last] = {Reason.LINE_LOST, Reason.CUSTOMER_REACHED} - {first}
    finds(desk, case_id, Outcome.PARTIAL, code=last, at=SINCE + 9 * MINUTE)
    assert queued(desk, SINCE + 9 * MINUTE) == [(T1, Urgency.PERSON_PROMISED)]
    reached_at = desk.run(lambda unit: unit.reviews.last_contact_at(case_id))
    if last is Reason.LINE_LOST:
        assert reached_at is None
    else:
        assert reached_at is not None and reached_at < SINCE
