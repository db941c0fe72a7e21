"""What the phone company understands before us: START and HELP, in whatever words the bank has configured there."""

from __future__ import annotations

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.enrolling import ENTRY, loose_texts, puts, stands
from tests.unit.guardian_steps import DAUGHTER, texts
from tests.unit.sms_desk import SmsDesk, again, kinds, prompted
from wakeup.domain.guardian import GuardianState
from wakeup.domain.sms import SmsKind
from wakeup.usecases.repositories.texts import Channel


def barred(desk: SmsDesk) -> bool:
    return desk.run(lambda unit: unit.do_not_call.holds(unit.index("number", DAUGHTER), Channel.SMS))


def test_a_guardian_who_starts_again_in_the_banks_own_words_may_be_written_to_again() -> None:
    desk = SmsDesk()
    prompted(desk)
    desk.writes("退订", T0 + MINUTE)
    assert barred(desk)
    assert desk.writes("订阅守护", T0 + 2 * MINUTE, starts=True) == "start"
    assert not barred(desk)


def test_a_yes_that_the_phone_company_takes_for_start_answers_the_invitation_as_well() -> None:
    desk = SmsDesk()
    puts(desk, ENTRY)
    [sms] = loose_texts(desk)
    assert sms.kind is SmsKind.INVITATION
    desk.send(T0)
    desk.writes("stop", T0 + MINUTE)
    desk.writes("YES", T0 + 2 * MINUTE, starts=True)
    assert not barred(desk)
    assert stands(desk).state is GuardianState.CONFIRMED


def test_a_stop_word_known_to_the_phone_company_too_means_both() -> None:
    """A bank would choose 恢复 for START, and it also ends a pause."""
    desk = SmsDesk()
    puts(desk, ENTRY)
    desk.send(T0)
    desk.writes("1", T0 + MINUTE)
    desk.writes("暂停", T0 + 2 * MINUTE)
    desk.writes("退订", T0 + 3 * MINUTE)
    assert (stands(desk).state, barred(desk)) == (GuardianState.PAUSED, True)
    assert desk.writes("恢复", T0 + 4 * MINUTE, starts=True) == "resume"
    assert (stands(desk).state, barred(desk)) == (GuardianState.CONFIRMED, False)


@pytest.mark.parametrize("word", ["HELP", "INFO", "帮助"])
def test_a_guardian_who_was_helped_by_the_phone_company_gets_no_second_answer(word: str) -> None:
    desk = SmsDesk()
    case_id, confirmation = prompted(desk)
    assert desk.writes(word, T0 + MINUTE, helped=True) == "help"
    assert [sms.kind for sms in texts(desk, case_id)] == [SmsKind.PROMPT]
    assert again(desk, confirmation).hints == 0


def test_a_worry_is_heard_though_the_phone_company_took_it_for_a_call_for_help() -> None:
    desk = SmsDesk()
    case_id, _ = prompted(desk)
    assert desk.writes("帮帮她，她被骗了", T0 + MINUTE, helped=True) == "answer_worried"
    assert "review_wanted" in kinds(desk, case_id)
