"""What came after a conversation with an agent came in a later transaction, whatever the clock of the node said."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.unit.agents_at_desk import on_the_line, takes_it, waits
from tests.unit.builders import MINUTE
from tests.unit.console_people import a_staff, hire, order, take
from tests.unit.desk import Desk, said
from tests.unit.test_agent_outcome import LATER, T1, due_by, finds, talked
from tests.unit.test_late_records import WISHES, Wish, in_a_call
from tests.unit.test_two_talks_in_one_case import desk, is_over
from tests.unit.test_warning_after_allow import news, queued
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import CALLS_FOR_HELP, Outcome
from wakeup.domain.review import Reason
from wakeup.domain.staff import StaffRole
from wakeup.domain.to_do import Urgency
from wakeup.domain.transfer import Tier
from wakeup.usecases.agents.offers import part
from wakeup.usecases.case.record_evidence import record_evidence
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.desk.reach_out import follow_up
from wakeup.usecases.inputs import TransferNews

__all__ = ["desk"]
SECOND = timedelta(seconds=1)
RECORDED = LATER + 5 * MINUTE
WAITS = {Urgency.PERSON_PROMISED, Urgency.PERSON_WANTED}
SET_BACK = [timedelta(0), 0.4 * SECOND, 2 * MINUTE]
"""How far the clock of the node that hears the customer is behind that of the node where the talk ended."""


def talks(desk: Desk) -> tuple[CaseId, HandOver]:
    """Kim talks with the customer."""
    case_id = CaseId(desk.flag(1, customer_id="u_1", tier=Tier.HIGH).case_id)
    now = LATER - 3 * MINUTE
    return case_id, takes_it(desk, waits(desk, on_the_line(desk, case_id, now=now), now), now)


def has_talked(desk: Desk) -> CaseId:
    case_id, talk = talks(desk)
    is_over(desk, talk, LATER)
    return case_id


def urgency(desk: Desk) -> Urgency:
    [(_, found)] = queued(desk, RECORDED)
    return found


@pytest.mark.parametrize("behind", SET_BACK)
@pytest.mark.parametrize("wish", WISHES)
@pytest.mark.parametrize("reason", [Reason.CUSTOMER_REACHED, Reason.OTHER])
def test_a_late_record_ends_no_wait_that_began_after_the_talk_on_a_clock_that_is_behind(
    desk: Desk, wish: Wish, behind: timedelta, reason: Reason
) -> None:
    case_id = has_talked(desk)
    wish(desk, case_id, LATER + 0.3 * SECOND - behind)
    before = queued(desk, RECORDED), due_by(desk, case_id)
    assert urgency(desk) in WAITS
    finds(desk, case_id, Outcome.UNDECIDED, code=reason, at=RECORDED)
    assert (queued(desk, RECORDED), due_by(desk, case_id)) == before
    assert before[1] is not None


@pytest.mark.parametrize("lost", [Reason.LINE_LOST, Reason.NOT_THE_CUSTOMER])
@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("outcome", [Outcome.DISTRESS, Outcome.NOT_ME])
def test_no_number_of_corrections_ends_a_wait_that_began_after_the_first_record(
    desk: Desk, outcome: Outcome, lost: Reason, *, first: bool
) -> None:
    case_id = has_talked(desk)
    finds(desk, case_id, Outcome.PARTIAL, code=lost if first else Reason.CUSTOMER_REACHED, at=LATER + MINUTE)
    in_a_call(outcome)(desk, case_id, LATER - MINUTE)
    for minutes, reason in enumerate([lost, Reason.CUSTOMER_REACHED] * 3):
        finds(desk, case_id, Outcome.UNDECIDED, code=reason, at=RECORDED + minutes * MINUTE)
        assert urgency(desk) is Urgency.PERSON_PROMISED


@pytest.mark.parametrize("outcome", sorted(CALLS_FOR_HELP))
def test_a_customer_who_cancels_after_they_called_for_help_is_called_though_a_record_was_corrected(
    desk: Desk, outcome: Outcome
) -> None:
    """Then only the dates of the call for help and of the records tell."""
    case_id = has_talked(desk)
    finds(desk, case_id, Outcome.PARTIAL, code=Reason.NOT_THE_CUSTOMER, at=LATER + MINUTE)
    in_a_call(outcome)(desk, case_id, LATER - MINUTE)
    for minutes in range(3):
        at = RECORDED + minutes * MINUTE
        finds(desk, case_id, Outcome.UNDECIDED, code=Reason.CUSTOMER_REACHED, at=at)
    news(desk, TransferNews.CANCELLED_IN_APP, T1, RECORDED + 9 * MINUTE)
    assert urgency(desk) is Urgency.PERSON_PROMISED


@pytest.mark.parametrize("outcome", [Outcome.DISTRESS, Outcome.NOT_ME])
def test_a_clock_that_was_set_back_during_the_talk_ends_no_wait_that_began_after_it(
    desk: Desk, outcome: Outcome
) -> None:
    case_id, talk = talks(desk)
    behind = LATER - 20 * MINUTE
    is_over(desk, talk, behind)
    in_a_call(outcome)(desk, case_id, behind + SECOND)
    finds(desk, case_id, Outcome.UNDECIDED, code=Reason.CUSTOMER_REACHED, at=RECORDED)
    assert urgency(desk) is Urgency.PERSON_PROMISED
    news(desk, TransferNews.CANCELLED_IN_APP, T1, RECORDED + MINUTE)
    assert urgency(desk) is Urgency.PERSON_PROMISED


def test_a_record_ends_the_wait_of_before_the_talk_though_the_clock_was_set_back_since(desk: Desk) -> None:
    case_id, talk = talks(desk)
    in_a_call(Outcome.DISTRESS)(desk, case_id, LATER + MINUTE)
    is_over(desk, talk, LATER)
    finds(desk, case_id, Outcome.UNDECIDED, code=Reason.CUSTOMER_REACHED, at=RECORDED)
    assert (urgency(desk), due_by(desk, case_id)) == (Urgency.HELD, None)


def test_what_becomes_evidence_because_the_customer_hangs_up_came_before_the_talk(desk: Desk) -> None:
    case_id, talk = talks(desk)
    led = replace(said(Outcome.DISTRESS, T1, LATER, 1), attempt_id=talk.attempt_id)

    def hangs_up(file: CaseFile) -> None:
        part(file, talk)
        record_evidence(file, "callee", led)

    desk.on(case_id, LATER, hangs_up)
    finds(desk, case_id, Outcome.UNDECIDED, code=Reason.CUSTOMER_REACHED, at=RECORDED)
    assert (urgency(desk), due_by(desk, case_id)) == (Urgency.HELD, None)


def test_a_contact_before_the_line_was_lost_makes_no_call_needless_whatever_its_date(desk: Desk) -> None:
    hire(desk, a_staff("ann"))
    case_id, talk = talks(desk)
    take(desk, "ann", case_id, LATER + MINUTE)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.CUSTOMER_REACHED, "she is safe"), LATER + MINUTE)
    is_over(desk, talk, LATER)
    finds(desk, case_id, Outcome.PARTIAL, code=Reason.LINE_LOST, at=RECORDED)
    assert urgency(desk) is Urgency.PERSON_WANTED


@pytest.mark.parametrize("ended_at", [LATER - MINUTE, LATER + MINUTE])
def test_what_a_later_talk_brought_is_a_wait_that_began_since_whatever_its_date(desk: Desk, ended_at: datetime) -> None:
    hire(desk, a_staff("lea", StaffRole.AGENT))
    case_id = has_talked(desk)
    talked(desk, case_id, "lea", 9, joined_at=LATER - 2 * MINUTE, ended_at=ended_at)
    finds(desk, case_id, Outcome.DISTRESS, "lea", code=Reason.LINE_LOST, at=LATER + 2 * MINUTE)
    assert urgency(desk) in WAITS
    finds(desk, case_id, Outcome.UNDECIDED, code=Reason.CUSTOMER_REACHED, at=RECORDED)
    assert urgency(desk) in WAITS


@pytest.mark.parametrize(("after", "then"), [(SECOND, Urgency.PERSON_PROMISED), (-SECOND, Urgency.HELD)])
def test_without_a_note_of_its_end_a_talk_is_as_old_as_its_date(desk: Desk, after: timedelta, then: Urgency) -> None:
    case_id = CaseId(desk.flag(1, customer_id="u_1").case_id)
    talked(desk, case_id, noted=False)
    in_a_call(Outcome.DISTRESS)(desk, case_id, LATER + after)
    finds(desk, case_id, Outcome.UNDECIDED, code=Reason.CUSTOMER_REACHED, at=RECORDED)
    assert urgency(desk) is then
