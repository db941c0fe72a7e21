"""Guardian prompts that were marked failed and had arrived: a reply to one counts like any other."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import said
from tests.unit.guardian_steps import DAUGHTER, SON, asked, asks, guardian, texts
from tests.unit.sms_desk import S, SmsDesk, again, kinds, t
from wakeup.domain.confirmation import Confirmation
from wakeup.domain.ids import CaseId
from wakeup.domain.outcome import Outcome
from wakeup.domain.sms import SmsKind
from wakeup.domain.transfer import TransferState
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.inputs import MessageProgress
from wakeup.usecases.ports import Placement, PostResult
from wakeup.usecases.texts.text_receipts import check_text, record_text_search, text_checks_due


def reported_undelivered(desk: SmsDesk, case_id: CaseId) -> None:
    [sms] = texts(desk, case_id)
    desk.receipt(sms, MessageProgress.FAILED, T0 + MINUTE, code=30008, reason="carrier_failure")


def never_found(desk: SmsDesk, case_id: CaseId) -> None:
    """The 201 response was lost, and the phone company does not list the message within two minutes."""
    for seconds in (5, 30, 120):
        now = T0 + timedelta(seconds=seconds)
        [overdue] = desk.run(text_checks_due, now, 10).found
        question = desk.run(check_text, overdue, now)
        assert question is not None
        desk.run(record_text_search, question.sms_id, [], now)


GIVEN_UP = [(reported_undelivered, PostResult.ACCEPTED), (never_found, PostResult.UNKNOWN)]


def given_up(desk: SmsDesk, how: Callable[[SmsDesk, CaseId], None], proof: PostResult) -> tuple[CaseId, Confirmation]:
    """A prompt that the guardian has received, though it was reported or had to be assumed undelivered."""
    opened = desk.flag(1, guardians=(guardian(), guardian(SON, "g_2")))
    assert asks(desk, opened.case_id) is None
    desk.send(T0, Placement(proof=proof, call_sid=f"SM{0:032}" if proof is PostResult.ACCEPTED else None))
    how(desk, opened.case_id)
    first, second = asked(desk, opened.case_id)
    assert (first.state, second.state) == (S.FAILED, S.QUEUED), "nobody waits for an answer to it"
    return opened.case_id, first


@pytest.mark.parametrize(("how", "proof"), GIVEN_UP)
def test_a_guardian_who_answers_a_prompt_that_was_given_up_is_heard(
    how: Callable[[SmsDesk, CaseId], None], proof: PostResult
) -> None:
    desk = SmsDesk()
    case_id, confirmation = given_up(desk, how, proof)
    desk.teach(case_id, said(Outcome.CONSISTENT, t(), T0 + 3 * MINUTE, 1), T0 + 3 * MINUTE)
    assert desk.writes(f"{confirmation.code} 1", T0 + 4 * MINUTE) == "answer_worried"
    desk.on(case_id, T0 + 25 * MINUTE, settle_file)
    assert again(desk, confirmation).state is S.ANSWERED
    assert desk.transfer(t()).state is not TransferState.ALLOWED


def test_stop_to_a_prompt_that_was_given_up_is_stop_to_a_prompt() -> None:
    desk = SmsDesk()
    case_id, confirmation = given_up(desk, *GIVEN_UP[0])
    assert desk.writes("STOP", T0 + 2 * MINUTE) == "stop"
    assert again(desk, confirmation).state is S.OPTED_OUT
    assert "review_wanted" in kinds(desk, case_id), "it may have meant the payment"


def test_nothing_more_is_written_about_a_prompt_that_was_given_up_and_its_code_is_given_back_after_a_day() -> None:
    desk = SmsDesk()
    case_id, confirmation = given_up(desk, *GIVEN_UP[0])
    desk.passes(T0 + 10 * MINUTE)
    assert [sms.kind for sms in texts(desk, case_id) if sms.phone == DAUGHTER] == [SmsKind.PROMPT]
    assert again(desk, confirmation).code == confirmation.code is not None
    desk.passes(T0 + 25 * HOUR)
    over = again(desk, confirmation)
    assert (over.state, over.code, over.due_at) == (S.FAILED, None, None)
