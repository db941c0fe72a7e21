"""A guardian's worry always counts, and a reply that may have been about the payment releases nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.desk import said
from tests.unit.guardian_steps import enrol
from tests.unit.sms_desk import SmsDesk, again, kinds, prompted, t
from wakeup.domain.guardian import GuardianState
from wakeup.domain.ids import CustomerId
from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import TransferState
from wakeup.usecases.deciding.settle import settle_file

WORRIES = ("1", "我很担心,快拦住!", "This is a scam, stop it!", "骗子")


@pytest.mark.parametrize("worry", WORRIES)
def test_a_worry_that_does_not_say_which_holds_all_it_can_mean(worry: str) -> None:
    desk = SmsDesk()
    one, first = prompted(desk)
    two, second = prompted(desk, T0 + MINUTE, n=2, customer_id="u_2")
    for case_id, n in ((one, 1), (two, 2)):
        desk.teach(case_id, said(Outcome.CONSISTENT, t(n), T0 + MINUTE, n), T0 + MINUTE)
    assert desk.writes(worry, T0 + 2 * MINUTE) == "answer_worried"
    for case_id, confirmation, n in ((one, first, 1), (two, second, 2)):
        assert again(desk, confirmation).answer == "worried"
        assert "review_wanted" in kinds(desk, case_id)
        desk.on(case_id, T0 + 40 * MINUTE, settle_file)
        assert desk.decisions(t(n))[-1].reason == "guardian_worried"


@pytest.mark.parametrize("worry", WORRIES)
def test_a_worry_is_heard_while_an_invitation_is_open_as_well(worry: str) -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    desk.flag(2)
    enrol(desk, "u_2", state=GuardianState.INVITED, code="77" if confirmation.code != "77" else "78")
    assert desk.writes(worry, T0 + 2 * MINUTE) == "answer_worried"
    assert "learned" in kinds(desk, case_id)
    [invited] = desk.run(lambda unit: unit.guardians.of_customer(CustomerId("u_2")))
    assert invited.state is GuardianState.INVITED, "it agreed to nothing"


@pytest.mark.parametrize("worry", ["{code} 1", "{code} 可疑", "我很担心,快拦住!"])
def test_a_worry_is_heard_however_much_was_written_before_and_once(worry: str) -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    for n in range(25):
        desk.writes("I am on holiday", T0 + timedelta(seconds=n))
    words = worry.format(code=confirmation.code)
    assert desk.writes(words, T0 + MINUTE) == "answer_worried"
    assert desk.writes(words, T0 + 2 * MINUTE) == "flood", "two machines that answer each other come to an end"
    assert kinds(desk, case_id).count("learned") == 1


@pytest.mark.parametrize(
    "word", ["{code} 停", "{code} stop", "stop", "停止", "{code} 请停止", "暂停", "pause", "leave"]
)
def test_a_stop_that_may_have_meant_the_payment_ends_its_cooling(word: str) -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk, customer_id="u_1")
    enrol(desk)
    desk.teach(case_id, said(Outcome.CONSISTENT, t(), T0 + MINUTE, 1), T0 + MINUTE)
    assert desk.transfer(t()).allow_at is not None
    assert desk.writes(word.format(code=confirmation.code), T0 + 2 * MINUTE) in {"stop", "pause", "leave"}
    assert desk.transfer(t()).allow_at is None
    for minutes in (17, 30, 120):
        desk.on(case_id, T0 + minutes * MINUTE, settle_file)
    assert desk.transfer(t()).state is TransferState.HELD, "until a person has looked"
    assert desk.decisions(t())[-1].reason == "release_guarded"


@pytest.mark.parametrize("guards", ["nobody_else", "somebody_else"])
@pytest.mark.parametrize("word", ["PAUSE", "暂停"])
def test_a_guardian_named_only_by_events_who_writes_pause_may_mean_the_payment(word: str, guards: str) -> None:
    """There is no enrolment to pause. The reply was once explained, or kept for another customer, and the money
    went."""
    desk = SmsDesk()
    case_id, confirmation = prompted(desk, customer_id="u_1")
    if guards == "somebody_else":
        desk.flag(2, customer_id="u_2")
        enrol(desk, "u_2")
    desk.teach(case_id, said(Outcome.CONSISTENT, t(), T0 + MINUTE, 1), T0 + MINUTE)
    assert desk.writes(word, T0 + 2 * MINUTE) == "pause"
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)
    assert desk.decisions(t())[-1].reason == "release_guarded"
    assert "review_wanted" in kinds(desk, case_id)
    due_at = again(desk, confirmation).due_at
    assert due_at is not None and due_at > T0 + 2 * MINUTE, "no reminder"
    assert desk.writes("RESUME", T0 + 31 * MINUTE) in {"resume", "not_understood"}
    assert desk.transfer(t()).guarded


def test_a_guardian_removed_since_they_were_asked_who_writes_pause_may_mean_the_payment() -> None:
    desk = SmsDesk()
    case_id, _ = prompted(desk, customer_id="u_1")
    listed = enrol(desk)
    desk.run(lambda unit: unit.guardians.save(replace(listed, state=GuardianState.REMOVED)))
    desk.writes("PAUSE", T0 + MINUTE)
    assert desk.transfer(t()).guarded
    assert "review_wanted" in kinds(desk, case_id)
