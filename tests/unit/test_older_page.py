"""What ends a customer's wait ends none that began after the page was made from which it was sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire, order, review_of, take
from tests.unit.desk import Desk, said
from tests.unit.test_cannot_talk import presses_5
from tests.unit.test_promised_calls import SAID, T1, alarms_until, late
from wakeup.domain.decision import Effect
from wakeup.domain.errors import ConflictError
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.to_do import PERSON_WITHIN
from wakeup.domain.transfer import Tier
from wakeup.usecases.case.follow_up import want_person
from wakeup.usecases.case.record_evidence import record_evidence
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.deciding.overrule import DecisionRef, Released, release
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.deciding.warning_after_allow import recall_after_doubted_number
from wakeup.usecases.desk.reach_out import follow_up
from wakeup.usecases.guardian_answers.record_answer import request_review
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.review.contest import answer_contest, record_contest

HELD = T0 + 30 * MINUTE
LATER = HELD + 5 * MINUTE
Happens = Callable[[Desk, CaseId], None]


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    hire(desk, a_staff("ann"), a_staff("ben"))
    return desk


def held(desk: Desk, tier: Tier = Tier.HIGH) -> CaseId:
    case_id = CaseId(desk.flag(1, tier=tier).case_id)
    desk.run(settle_case, case_id, HELD)
    take(desk, "ann", case_id, HELD)
    return case_id


def says(outcome: Outcome, n: int = 9) -> Happens:
    def happens(desk: Desk, case_id: CaseId) -> None:
        def hear(file: CaseFile) -> None:
            record_evidence(file, "callee", said(outcome, T1, file.now, n))
            settle_file(file)

        desk.on(case_id, LATER, hear)

    return happens


def notes(kind: str) -> Happens:
    def happens(desk: Desk, case_id: CaseId) -> None:
        def note(file: CaseFile) -> None:
            file.note(kind, "callee")
            want_person(file)

        desk.on(case_id, LATER, note)

    return happens


def a_guardian_worries(desk: Desk, case_id: CaseId) -> None:
    desk.on(case_id, LATER, lambda file: request_review(file, "guardian_worried"))


def cannot_talk(desk: Desk, case_id: CaseId) -> None:
    presses_5(desk, case_id, LATER)


NEWS = [
    says(Outcome.DISTRESS), says(Outcome.AGENT_REQUESTED), says(Outcome.COACHED), cannot_talk, a_guardian_worries,
    notes("call_in_asked_person"),
]  # fmt: skip


def pages(desk: Desk, case_id: CaseId) -> int:
    return desk.run(read_case, case_id, LATER).case.timeline_count


def contact(desk: Desk, case_id: CaseId, seen: int | None) -> None:
    wish = order(desk, "ann", case_id, Reason.CUSTOMER_REACHED, "she is safe", seen=seen)
    desk.run(follow_up, wish, LATER + MINUTE)


def too_old(act: Callable[[], object]) -> None:
    with pytest.raises(ConflictError) as refused:
        act()
    assert refused.value.field == "version" and "since this page was made" in refused.value.reason


@pytest.mark.parametrize("happens", NEWS)
def test_a_contact_recorded_from_an_older_page_ends_no_newer_wait(desk: Desk, happens: Happens) -> None:
    case_id = held(desk)
    seen = pages(desk, case_id)
    happens(desk, case_id)
    before = (desk.timeline(case_id), review_of(desk, case_id))
    too_old(lambda: contact(desk, case_id, seen))
    too_old(lambda: contact(desk, case_id, -1))
    assert (desk.timeline(case_id), review_of(desk, case_id)) == before, "nothing is changed"
    contact(desk, case_id, pages(desk, case_id))
    assert review_of(desk, case_id).person_wanted_at is None
    [view] = desk.run(read_case, case_id, LATER + MINUTE).transfers
    assert Effect.PERSON not in desk.run(read_case, case_id, LATER + MINUTE).to_do(view)


def test_the_promise_of_a_newer_call_is_still_due_after_a_contact_from_an_older_page(desk: Desk) -> None:
    case_id = CaseId(desk.flag(1).case_id)
    take(desk, "ann", case_id, SAID - MINUTE)
    seen = pages(desk, case_id)
    desk.on(case_id, SAID, lambda file: record_evidence(file, "callee", said(Outcome.NOT_ME, T1, SAID, 1)))
    desk.on(case_id, SAID, settle_file)
    take(desk, "ann", case_id, LATER)
    too_old(lambda: contact(desk, case_id, seen))
    assert alarms_until(desk, SAID + PERSON_WITHIN) == [SAID + PERSON_WITHIN]
    assert late(desk, SAID + PERSON_WITHIN) == 1


@pytest.mark.parametrize("happens", [says(Outcome.NO_INPUT), says(Outcome.CONSISTENT), notes("turn")])
def test_what_asks_for_nobody_refuses_no_record(desk: Desk, happens: Happens) -> None:
    case_id = held(desk)
    seen = pages(desk, case_id)
    happens(desk, case_id)
    contact(desk, case_id, seen)
    assert review_of(desk, case_id).person_wanted_at is None


def test_a_contact_from_an_older_page_ends_no_alarm_about_money_that_has_left(desk: Desk) -> None:
    case_id = held(desk, Tier.MEDIUM)
    aim = DecisionRef(transfer_id=T1, sequence=desk.transfer(T1).sequence)
    assert desk.run(release, order(desk, "ann", case_id, Reason.PAYEE_CHECKED), aim, HELD) is Released.RELEASED
    desk.deliver(HELD)
    seen = pages(desk, case_id)
    desk.on(case_id, LATER, lambda file: recall_after_doubted_number(file, T1))
    take(desk, "ann", case_id, LATER)
    too_old(lambda: contact(desk, case_id, seen))
    assert [one.transfer_id for one in desk.run(lambda unit: unit.views.waiting(LATER, 9))] == [T1]


def test_no_answer_to_an_objection_from_an_older_page_ends_a_newer_wait(desk: Desk) -> None:
    case_id = held(desk)
    desk.run(record_contest, order(desk, "ann", case_id, Reason.BY_PHONE), HELD)
    seen = pages(desk, case_id)
    notes("call_in_asked_person")(desk, case_id)
    wish = order(desk, "ann", case_id, Reason.VICTIM_PERSISTS, "reported by three banks", seen=seen)
    too_old(lambda: desk.run(answer_contest, wish, LATER + MINUTE))
    assert review_of(desk, case_id).contested_at is not None
