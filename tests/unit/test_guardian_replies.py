"""Prompts to guardians and their replies. A reply adds protection or changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import POLICY, said
from tests.unit.guardian_steps import DAUGHTER, SON, asks, enrol, guardian, texts
from tests.unit.sms_desk import S, SmsDesk, again, kinds, prompted, t
from wakeup.domain.confirmation import Step
from wakeup.domain.decision import Ruling
from wakeup.domain.guardian import GuardianState
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.sms import SmsKind, SmsState
from wakeup.domain.transfer import Tier, Transfer, TransferState
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.guardian_answers.record_answer import answered_by_phone


def test_worried_holds_and_is_looked_at_within_four_hours() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    desk.teach(case_id, said(Outcome.CONSISTENT, t(), T0 + MINUTE, 1), T0 + MINUTE)
    assert desk.transfer(t()).allow_at is not None, "a release was cooling"
    assert desk.writes(f"{confirmation.code} 1", T0 + 2 * MINUTE) == "answer_worried"
    assert desk.transfer(t()).allow_at is None
    [review] = [row for row in desk.timeline(case_id) if row["kind"] == "review_wanted"]
    assert (review["by"], review["due_at"]) == ("guardian", (T0 + 2 * MINUTE + 4 * HOUR).isoformat())
    row = desk.run(lambda unit: unit.reviews.get(case_id))
    assert row is not None and row.person_wanted_at == T0 + 2 * MINUTE
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)
    newest = desk.decisions(t())[-1]
    assert (newest.ruling, newest.reason) == (Ruling.HOLD, "guardian_worried")


def test_a_worry_about_one_case_speaks_for_the_hold_in_the_next() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk, customer_id="u_1")
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)
    second = desk.flag(2, T0 + 31 * MINUTE, customer_id="u_1", phone="+6590000001")
    assert second.case_id != case_id
    desk.writes(f"{confirmation.code} 1", T0 + 32 * MINUTE)
    desk.teach(second.case_id, said(Outcome.CONSISTENT, t(2), T0 + 33 * MINUTE, 2), T0 + 33 * MINUTE)
    assert desk.transfer(t(2)).allow_at is None
    desk.flag(3, T0 + 40 * MINUTE, customer_id="u_1", phone="+6590000001")
    assert desk.timeline(second.case_id)[-1]["kind"]
    assert desk.on(second.case_id, T0 + 41 * MINUTE, lambda file: file.case.tier) is Tier.HIGH, "shaken for three days"


@pytest.mark.parametrize("reply", ["2", "4", "hello", "", "👍", "x" * 1600, "yes"])
def test_any_other_reply_changes_nothing(reply: str) -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    desk.teach(case_id, said(Outcome.CONSISTENT, t(), T0 + MINUTE, 1), T0 + MINUTE)
    before = desk.transfer(t())
    desk.writes(f"{confirmation.code} {reply}", T0 + 2 * MINUTE)
    assert desk.transfer(t()) == before
    assert not [row for row in desk.timeline(case_id) if row["kind"] == "learned"]


def test_i_will_call_them_is_asked_back() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk, minutes=120)
    assert desk.writes(f"{confirmation.code} 3", T0 + MINUTE) == "answer_will_call"
    waits = again(desk, confirmation)
    assert (waits.step, waits.due_at) == (Step.ASK_BACK, T0 + 11 * MINUTE)
    desk.passes(T0 + 11 * MINUTE)
    assert [sms.kind for sms in texts(desk, case_id)] == [SmsKind.PROMPT, SmsKind.ASK_BACK]
    assert len(desk.send(T0 + 11 * MINUTE)) == 1
    assert desk.writes(f"{confirmation.code} 1", T0 + 12 * MINUTE) == "answer_worried"


def test_a_guardian_is_asked_back_once_and_then_left_in_peace() -> None:
    """The same reply a second time leaves the timer as it is, and "not yet" starts no new one."""
    desk = SmsDesk()
    case_id, confirmation = prompted(desk, minutes=120)
    for minute in (1, 2):
        assert desk.writes(f"{confirmation.code} 3", T0 + minute * MINUTE) == "answer_will_call"
    assert (again(desk, confirmation).step, again(desk, confirmation).due_at) == (Step.ASK_BACK, T0 + 11 * MINUTE)
    desk.passes(T0 + 11 * MINUTE)
    desk.send(T0 + 11 * MINUTE)
    assert desk.writes(f"{confirmation.code} 3", T0 + 12 * MINUTE) == "answer_will_call"
    for minute in range(13, 60, 5):
        desk.passes(T0 + minute * MINUTE)
    assert [sms.kind for sms in texts(desk, case_id) if sms.phone == DAUGHTER] == [SmsKind.PROMPT, SmsKind.ASK_BACK]
    assert desk.writes(f"{confirmation.code} 1", T0 + 60 * MINUTE) == "answer_worried"


def passed_over(desk: SmsDesk, case_id: CaseId) -> list[str]:
    return [row["reason"] for row in desk.timeline(case_id) if row["kind"] == "guardian_passed_over"]


@pytest.mark.parametrize("word", [None, "{code} 3"])
def test_a_guardian_who_has_not_reached_the_customer_gives_way_to_the_next(word: str | None) -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk, minutes=120)
    desk.writes(f"{confirmation.code} 3", T0 + MINUTE)
    desk.passes(T0 + 11 * MINUTE)
    if word is not None:
        desk.writes(word.format(code=confirmation.code), T0 + 12 * MINUTE)
    desk.passes(T0 + 16 * MINUTE)
    assert {sms.phone for sms in texts(desk, case_id)} == {DAUGHTER}, "there is still patience"
    desk.passes(T0 + 17 * MINUTE)
    assert texts(desk, case_id)[-1].phone == SON
    assert passed_over(desk, case_id) == ["not_reached"]


def test_a_guardian_at_ease_does_not_spare_the_next_the_question() -> None:
    """That guardian may be deceived, and another one may know better. The first guardian is not asked again."""
    desk = SmsDesk()
    case_id, confirmation = prompted(desk, minutes=120)
    assert desk.writes(f"{confirmation.code} 2", T0 + MINUTE) == "answer_aware"
    desk.passes(T0 + 3 * MINUTE)
    assert len(texts(desk, case_id)) == 1
    desk.passes(T0 + 6 * MINUTE)
    assert [(sms.kind, sms.phone) for sms in texts(desk, case_id)] == [
        (SmsKind.PROMPT, DAUGHTER),
        (SmsKind.PROMPT, SON),
    ]
    assert passed_over(desk, case_id) == ["aware"]


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("reply", ["{code} 2", "{code} 4", "{code} hello", "没问题", "stop", "{code} 放行吧", ""])
def test_no_reply_that_is_no_worry_lets_the_others_be_asked_later_than_silence(tier: Tier, reply: str) -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk, minutes=120, tier=tier)
    desk.writes(reply.format(code=confirmation.code), T0 + MINUTE)
    for minute in (3, 6):
        desk.passes(T0 + minute * MINUTE)
    assert SON in {sms.phone for sms in texts(desk, case_id)}


def test_a_worry_is_not_unsaid() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    desk.writes(f"{confirmation.code} 1", T0 + MINUTE)
    desk.writes(f"{confirmation.code} 2", T0 + 2 * MINUTE)
    assert again(desk, confirmation).answer == "worried"
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)
    assert desk.decisions(t())[-1].reason == "guardian_worried"


def test_unsure_asks_the_next_guardian_at_once() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    desk.writes(f"{confirmation.code} 4", T0 + MINUTE)
    assert [sms.phone for sms in texts(desk, case_id)] == [DAUGHTER, SON]


def test_without_a_reply_comes_a_reminder_then_the_next_guardian_then_no_more() -> None:
    desk = SmsDesk()
    case_id, first = prompted(desk, minutes=120)
    desk.passes(T0 + 3 * MINUTE)
    desk.send(T0 + 3 * MINUTE)
    assert [(sms.kind, sms.phone) for sms in texts(desk, case_id)][-1] == (SmsKind.REMINDER, DAUGHTER)
    desk.passes(T0 + 6 * MINUTE)
    desk.send(T0 + 6 * MINUTE)
    assert [(sms.kind, sms.phone) for sms in texts(desk, case_id)][-1] == (SmsKind.PROMPT, SON)
    for minute in (9, 12):
        desk.passes(T0 + minute * MINUTE)
        desk.send(T0 + minute * MINUTE)
    assert [row["reason"] for row in desk.timeline(case_id) if row["kind"] == "guardian_not_asked"] == ["none_eligible"]
    # The first one's answer still counts.
    assert desk.writes(f"{first.code} 1", T0 + 15 * MINUTE) == "answer_worried"


def test_a_short_window_compresses_the_waiting() -> None:
    desk = SmsDesk()
    _, confirmation = prompted(desk, minutes=8)
    due_at = again(desk, confirmation).due_at
    assert due_at is not None and due_at < T0 + 2 * MINUTE


def test_a_code_is_given_back_after_a_day_and_then_stands_for_nothing() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk, hold_max=T0 + 72 * HOUR)
    for hours in (1, 2, 24, 25):
        desk.passes(T0 + hours * HOUR)
    assert (again(desk, confirmation).code, again(desk, confirmation).state) == (None, S.EXPIRED)
    count = len(desk.timeline(case_id))
    assert desk.writes(f"{confirmation.code} 1", T0 + 26 * HOUR) in {"nothing_open", "unknown_sender"}
    assert len(desk.timeline(case_id)) == count


def test_a_late_worry_about_an_allowed_payment_raises_an_alarm_and_a_review() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    desk.teach(case_id, said(Outcome.CONSISTENT, t(), T0 + MINUTE, 1), T0 + MINUTE)
    desk.on(case_id, T0 + 17 * MINUTE, settle_file)
    desk.deliver(T0 + 17 * MINUTE)
    assert desk.transfer(t()).state is TransferState.ALLOWED
    assert desk.writes(f"{confirmation.code} 1", T0 + 20 * MINUTE) == "answer_worried"
    assert "alarm:guardian_after_allow" in desk.wakes
    assert desk.transfer(t()).state is TransferState.ALLOWED, "what is gone is not ours to take back"
    assert kinds(desk, case_id)[-2:] == ["guardian_after_allow", "case_moved"]


@pytest.mark.parametrize("word", ["STOP", "退订", "cancel", "停", "END", "please stop", "LEAVE", "退出守护"])
def test_stop_opts_out_and_while_a_prompt_is_open_a_person_looks(word: str) -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    assert desk.writes(word, T0 + MINUTE) == "stop"
    assert again(desk, confirmation).state is S.OPTED_OUT
    assert "review_wanted" in kinds(desk, case_id)
    assert [sms.phone for sms in texts(desk, case_id)] == [DAUGHTER, SON], "the next one is asked"
    other = desk.flag(2, guardians=(guardian(bank_id="g_9"),))
    assert asks(desk, other.case_id, T0 + 2 * MINUTE) == "opted_out"
    assert desk.writes("START", T0 + 3 * MINUTE) == "start"
    assert asks(desk, other.case_id, T0 + 4 * MINUTE) is None


def test_a_guardian_who_wrote_stop_and_then_says_what_they_meant_is_heard() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk, guardians=(guardian(),))
    desk.writes("STOP", T0 + MINUTE)
    assert desk.writes(f"{confirmation.code} 1", T0 + 2 * MINUTE) == "answer_worried"
    assert "learned" in kinds(desk, case_id)
    assert desk.send(T0 + 3 * MINUTE) == [], "and still nothing is written to them"
    desk.passes(T0 + 25 * HOUR)
    assert again(desk, confirmation).code is None


@pytest.mark.parametrize(
    ("word", "state"), [("PAUSE", "paused"), ("暂停", "paused"), ("leave", "left"), ("退出守护", "left")]
)
def test_a_guardian_who_pauses_or_leaves_while_asked_hears_no_more_and_is_reviewed(word: str, state: str) -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk, customer_id="u_1")
    enrol(desk)
    assert desk.writes(word, T0 + MINUTE) in {"pause", "leave"}
    assert passed_over(desk, case_id) == [f"guardian_{state}"]
    assert "review_wanted" in kinds(desk, case_id), "they may have meant the payment"
    for minute in (3, 6, 9):
        desk.passes(T0 + minute * MINUTE)
        desk.send(T0 + minute * MINUTE)
    assert [sms.kind for sms in texts(desk, case_id) if sms.phone == DAUGHTER] == [SmsKind.PROMPT]
    assert desk.writes(f"{confirmation.code} 1", T0 + 10 * MINUTE) == "answer_worried"


def test_a_question_that_was_on_its_way_is_not_sent_to_a_guardian_who_has_left() -> None:
    desk = SmsDesk()
    case_id, _ = prompted(desk, customer_id="u_1", minutes=120)
    entry = enrol(desk)
    desk.passes(T0 + 3 * MINUTE)
    desk.run(lambda unit: unit.guardians.save(replace(entry, state=GuardianState.LEFT)))
    assert desk.send(T0 + 3 * MINUTE) == []
    assert texts(desk, case_id)[-1].reason == "guardian_left"


def test_nothing_is_sent_after_an_opt_out_not_even_what_was_queued() -> None:
    desk = SmsDesk()
    opened = desk.flag(1, guardians=(guardian(),))
    assert asks(desk, opened.case_id) is None
    desk.writes("stop", T0)
    assert desk.send(T0 + MINUTE) == []
    [sms] = texts(desk, opened.case_id)
    assert (sms.state, sms.reason) == (SmsState.SUPPRESSED, "opted_out")


def test_two_open_prompts_at_one_number_never_mix() -> None:
    desk = SmsDesk()
    one, first = prompted(desk)
    two, second = prompted(desk, T0 + MINUTE, n=2, customer_id="u_2")
    assert desk.writes("2", T0 + 2 * MINUTE) == "other_code", "which of the two is not said"
    assert desk.writes(f"{second.code} 1", T0 + 3 * MINUTE) == "answer_worried"
    assert again(desk, first).answer is None
    assert again(desk, second).answer == "worried"
    assert "learned" not in kinds(desk, one)
    assert "learned" in kinds(desk, two)


def test_another_code_changes_nothing_and_is_explained_once() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    wrong = "11" if confirmation.code != "11" else "12"
    for minute in range(1, 4):
        assert desk.writes(f"{wrong} 1", T0 + minute * MINUTE) == "other_code"
        desk.send(T0 + minute * MINUTE)
    assert again(desk, confirmation).answer is None
    assert [sms.kind for sms in texts(desk, case_id)] == [SmsKind.PROMPT, SmsKind.HINT]


def test_another_number_with_the_right_code_changes_nothing() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    count = len(desk.timeline(case_id))
    assert desk.writes(f"{confirmation.code} 1", T0 + MINUTE, from_="+6590000042") == "unknown_sender"
    assert len(desk.timeline(case_id)) == count
    assert desk.send(T0 + MINUTE) == [], "an unknown sender gets no reply"


def test_the_same_text_again_is_the_same_text() -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    assert desk.writes(f"{confirmation.code} 1", T0 + MINUTE, sid="SM" + "9" * 32) == "answer_worried"
    count = len(desk.timeline(case_id))
    assert desk.writes(f"{confirmation.code} 1", T0 + 2 * MINUTE, sid="SM" + "9" * 32) == "repeat"
    assert len(desk.timeline(case_id)) == count


def test_two_machines_that_answer_each_other_come_to_an_end() -> None:
    desk = SmsDesk()
    prompted(desk)
    taken = [desk.writes("I am on holiday", T0 + timedelta(seconds=n)) for n in range(30)]
    assert taken[-1] == "flood"
    assert desk.writes("stop", T0 + MINUTE) == "stop", "which is always heard"


# Nothing a guardian writes ever lowers protection.

REPLIES = ("{code} 1", "{code} 2", "{code} 3", "{code} 4", "{code} yes, release it", "stop", "start", "{code}", "2",
           "没问题", "放行吧", "yes", "", "allow")  # fmt: skip


def held_after_consistent(desk: SmsDesk, case_id: CaseId, transfer_id: TransferId) -> None:
    desk.teach(case_id, said(Outcome.CONSISTENT, transfer_id, T0 + MINUTE, 1), T0 + MINUTE)


def held_after_warning(desk: SmsDesk, case_id: CaseId, transfer_id: TransferId) -> None:
    desk.teach(case_id, said(Outcome.CONTRADICTED, transfer_id, T0 + MINUTE, 1), T0 + MINUTE)


def settled_at_the_deadline(desk: SmsDesk, case_id: CaseId, transfer_id: TransferId) -> None:
    desk.on(case_id, T0 + 30 * MINUTE, settle_file)


def released_after_cooling(desk: SmsDesk, case_id: CaseId, transfer_id: TransferId) -> None:
    """Where the tier allows it. The reply then comes too late to hold the money, and raises a review."""
    held_after_consistent(desk, case_id, transfer_id)
    desk.on(case_id, T0 + 18 * MINUTE, settle_file)


def nothing_yet(desk: SmsDesk, case_id: CaseId, transfer_id: TransferId) -> None:
    """The calls have taught nothing yet."""


SITUATIONS = (
    nothing_yet, held_after_consistent, held_after_warning, settled_at_the_deadline, released_after_cooling,
)  # fmt: skip
FAST = replace(POLICY, messages=replace(POLICY.messages, per_second=1000.0))


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("tier", Tier)
def test_no_reply_ever_lowers_protection(tier: Tier, situation: Callable[[SmsDesk, CaseId, TransferId], None]) -> None:
    desk = SmsDesk(FAST)
    for n, (reply, before_that) in enumerate(product(REPLIES, (None, "{code} 1", "{code} 3")), start=1):
        mother = f"+6598{n:06}"
        case_id, confirmation = prompted(desk, n=n, tier=tier, guardians=(guardian(mother, f"g_{n}"),))
        situation(desk, case_id, t(n))
        if before_that is not None:
            desk.writes(before_that.format(code=confirmation.code), T0 + 2 * MINUTE, from_=mother)
        before, told = desk.transfer(t(n)), len(desk.decisions(t(n)))
        desk.writes(reply.format(code=confirmation.code), T0 + 31 * MINUTE, from_=mother)
        assert protection(desk.transfer(t(n))) >= protection(before), reply
        assert not any(d.ruling is Ruling.ALLOW for d in desk.decisions(t(n))[told:]), reply


def protection(transfer: Transfer) -> tuple[bool, bool, bool]:
    """What more protection means: not allowed, no release under way, guarded."""
    return (transfer.state is not TransferState.ALLOWED, transfer.allow_at is None, transfer.guarded)


@pytest.mark.parametrize(
    ("said", "answer", "step"),
    [
        (("will_call",), "will_call", Step.ASK_BACK),
        (("worried", "will_call"), "worried", Step.EXPIRE),
        (("aware",), "aware", Step.REMIND),
        (("not_sure",), "unsure", Step.EXPIRE),
        (("joined",), None, Step.REMIND),
    ],
)
def test_a_guardians_word_on_the_phone_answers_the_open_prompt(
    said: tuple[str, ...], answer: str | None, step: Step
) -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk, minutes=120)
    desk.on(case_id, T0 + MINUTE, lambda file: answered_by_phone(file, confirmation.party_id, said))
    after = again(desk, confirmation)
    assert (after.answer, after.step) == (answer, step)
    desk.passes(T0 + 3 * MINUTE)
    kinds_sent = [sms.kind for sms in texts(desk, case_id) if sms.phone == DAUGHTER]
    assert (SmsKind.REMINDER in kinds_sent) is (answer is None), "who has answered is not reminded"
