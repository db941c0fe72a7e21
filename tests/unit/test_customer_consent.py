"""Without the customer's consent a guardian is never contacted, and they may take it back at any time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.enrolling import DAY, ENTRY, MEI, G, changes, history, loose_texts, puts, stands
from tests.unit.guardian_steps import DAUGHTER, SON, asked, asks, enrol, guardian, texts
from tests.unit.sms_desk import SmsDesk
from tests.unit.test_call_guardian import calls, rings, theirs
from wakeup.domain.attempt import AttemptState
from wakeup.domain.case import CaseEvent
from wakeup.domain.ids import CaseId, GuardianId
from wakeup.domain.sms import SmsKind, SmsState
from wakeup.domain.transfer import Tier
from wakeup.usecases.ports import Placement, PostResult

LONG_AGO = T0 - 30 * DAY
BOTH = replace(ENTRY, agreed_at=LONG_AGO, confirmed_at=LONG_AGO + DAY)
NEITHER = replace(BOTH, agreed_at=None, confirmed_at=None)
TAKEN_BACK = replace(BOTH, agreed_at=None)


def enrolled(*entries: Any) -> SmsDesk:
    desk = SmsDesk()
    puts(desk, *(entries or (BOTH,)), now=T0 - 20 * DAY)
    return desk


def a_case(desk: SmsDesk, now: datetime = T0, n: int = 1, **event: Any) -> CaseId:
    return desk.flag(n, now, **{"customer_id": MEI, "guardians": (), **event}).case_id


def refusals(desk: SmsDesk, case_id: CaseId) -> list[tuple[SmsKind, str | None]]:
    return [(sms.kind, sms.reason) for sms in texts(desk, case_id) if sms.state is SmsState.SUPPRESSED]


def test_who_agreed_at_the_bank_without_the_customer_is_no_guardian_yet() -> None:
    desk = enrolled(TAKEN_BACK)
    assert (stands(desk).state, stands(desk).confirmed_at, loose_texts(desk)) == (G.NAMED, None, [])
    assert puts(desk, TAKEN_BACK, now=T0 - 19 * DAY) == {"g_1": "unchanged"}, "nothing differs from night to night"
    assert puts(desk, BOTH, now=T0 - 18 * DAY) == {"g_1": "applied"}
    assert stands(desk).state is G.CONFIRMED
    assert asks(desk, a_case(desk)) is None


@pytest.mark.parametrize("without", [NEITHER, TAKEN_BACK])
def test_a_consent_that_is_taken_back_counts_at_once(without: Any) -> None:
    desk = enrolled()
    assert puts(desk, without, now=T0 - DAY) == {"g_1": "applied"}
    assert puts(desk, without, now=T0 - HOUR) == {"g_1": "unchanged"}
    assert history(desk) == [("ward_agreed", "customer"), ("guardian_agreed", "bank"), ("ward_withdrew", "customer")]
    assert stands(desk).state is G.CONFIRMED, "the guardian has not said otherwise"
    case_id = a_case(desk)
    assert asks(desk, case_id) == "no_consent"
    assert calls(desk, case_id) == "no_consent"
    assert texts(desk, case_id) == []


def test_a_consent_named_in_an_event_does_not_bring_back_what_the_list_took_away() -> None:
    desk = enrolled()
    puts(desk, NEITHER, now=T0 - DAY)
    assert asks(desk, a_case(desk, guardians=(guardian(),))) == "no_consent"


def test_an_entry_without_any_consent_from_an_older_version_is_not_asked() -> None:
    desk = SmsDesk()
    case_id = a_case(desk)
    enrol(desk, agreed=False)
    assert asks(desk, case_id) == "no_consent"


def test_during_a_case_a_consent_is_taken_back_at_once_though_other_changes_wait() -> None:
    desk = enrolled()
    case_id = a_case(desk)
    assert puts(desk, replace(TAKEN_BACK, phone=SON), now=T0 + MINUTE) == {"g_1": "waits"}
    assert asks(desk, case_id, T0 + 2 * MINUTE) == "no_consent"
    assert loose_texts(desk) == [], "the old contact is not told either"
    assert changes(desk, T0 + 80 * HOUR) == 1
    assert (stands(desk).phone, stands(desk).state) == (SON, G.NAMED)
    assert history(desk).count(("ward_withdrew", "customer")) == 1


def test_during_a_case_a_consent_alone_waits_for_nothing_but_to_be_given_again() -> None:
    desk = enrolled()
    case_id = a_case(desk)
    assert puts(desk, TAKEN_BACK, now=T0 + MINUTE) == {"g_1": "applied"}
    assert puts(desk, BOTH, now=T0 + HOUR) == {"g_1": "waits"}
    assert asks(desk, case_id, T0 + 2 * HOUR) == "no_consent"
    assert changes(desk, T0 + 80 * HOUR) == 1
    assert asks(desk, a_case(desk, T0 + 81 * HOUR, 2), T0 + 81 * HOUR) is None, "an old consent, which came back"


def test_a_consent_given_anew_counts_after_a_week_and_needs_no_second_invitation() -> None:
    desk = SmsDesk()
    puts(desk, replace(ENTRY, agreed_at=LONG_AGO), now=LONG_AGO)
    desk.send(LONG_AGO)
    desk.writes("yes", LONG_AGO + HOUR)
    puts(desk, NEITHER, now=T0 - 2 * DAY)
    assert puts(desk, replace(NEITHER, agreed_at=T0 - DAY), now=T0 - DAY) == {"g_1": "applied"}
    assert (stands(desk).state, desk.send(T0 - DAY)) == (G.CONFIRMED, [])
    first = a_case(desk)
    assert asks(desk, first) == "too_new"
    desk.on(first, T0 + HOUR, lambda file: file.move(CaseEvent.SETTLE))
    assert asks(desk, a_case(desk, T0 + 7 * DAY, 2), T0 + 7 * DAY) is None


def test_a_consent_that_the_bank_dates_anew_is_no_newer() -> None:
    desk = enrolled()
    assert puts(desk, replace(BOTH, name="Lin Hua", agreed_at=T0 - DAY), now=T0 - DAY) == {"g_1": "applied"}
    assert asks(desk, a_case(desk)) is None


def test_a_date_of_consent_can_be_corrected() -> None:
    """An older version took dates ahead of the clock, and a consent that was recorded stays."""
    desk = enrolled(replace(BOTH, agreed_at=T0 + 9 * 365 * DAY))
    assert asks(desk, a_case(desk, T0 - 10 * DAY), T0 - 10 * DAY) == "too_new"
    desk = enrolled(replace(BOTH, agreed_at=T0 + 9 * 365 * DAY))
    assert puts(desk, BOTH, now=T0 - DAY) == {"g_1": "applied"}
    assert puts(desk, BOTH, now=T0 - HOUR) == {"g_1": "unchanged"}
    assert asks(desk, a_case(desk)) is None


def test_a_removed_guardian_who_comes_back_without_consent_is_not_asked() -> None:
    desk = enrolled()
    puts(desk, now=T0 - 19 * DAY)
    puts(desk, TAKEN_BACK, now=T0 - 18 * DAY)
    assert stands(desk).state is G.NAMED
    assert ("ward_withdrew", "customer") in history(desk)


def test_a_question_that_was_planned_is_not_sent_and_the_next_guardian_is_asked() -> None:
    other = replace(BOTH, id="g_2", rank=2, phone=SON, name="Bo", accounts=())
    desk = enrolled(BOTH, other)
    case_id = a_case(desk)
    assert asks(desk, case_id) is None
    puts(desk, TAKEN_BACK, other, now=T0)
    desk.send(T0)
    assert refusals(desk, case_id) == [(SmsKind.PROMPT, "no_consent")]
    sent = [sms.phone for sms in texts(desk, case_id) if sms.state is SmsState.SENT]
    assert sent == [SON]


def test_neither_reminder_nor_hint_follows_once_the_consent_is_taken_back() -> None:
    desk = enrolled()
    case_id = a_case(desk, minutes=24 * 60, hold_max=T0 + 3 * DAY)
    assert asks(desk, case_id) is None
    desk.send(T0)
    puts(desk, TAKEN_BACK, now=T0 + MINUTE)
    desk.writes("who is this", T0 + 2 * MINUTE)
    [prompt] = asked(desk, case_id)
    assert prompt.due_at is not None
    desk.passes(prompt.due_at)
    desk.send(prompt.due_at)
    assert refusals(desk, case_id) == [(SmsKind.HINT, "no_consent"), (SmsKind.REMINDER, "no_consent")]
    desk.writes("worried", prompt.due_at + MINUTE)
    assert asked(desk, case_id)[0].answer == "worried", "a worry is heard all the same"


def test_a_planned_call_does_not_ring() -> None:
    desk = enrolled()
    case_id = a_case(desk, tier=Tier.CRITICAL)
    assert calls(desk, case_id) is None
    puts(desk, TAKEN_BACK, now=T0 + 9 * MINUTE)
    assert rings(desk, case_id, 10 * MINUTE) is None
    [call] = theirs(desk, case_id)
    assert call.state is AttemptState.SUPPRESSED
    assert "no_consent" in [row.get("reason") for row in desk.timeline(case_id)]


def test_a_question_to_a_guardian_whom_only_the_event_named_is_not_sent_either() -> None:
    desk = SmsDesk()
    case_id = a_case(desk, guardians=(guardian(),))
    assert asks(desk, case_id) is None
    assert puts(desk, TAKEN_BACK, now=T0) == {"g_1": "applied"}
    assert desk.send(T0) == []
    assert refusals(desk, case_id) == [(SmsKind.PROMPT, "no_consent")]


def test_a_new_entry_with_the_number_of_a_guardian_whom_the_event_named_waits_as_any_other() -> None:
    """A coached customer adds the daughter once more, without consent: that must not silence her."""
    desk = SmsDesk()
    case_id = a_case(desk, guardians=(guardian(),))
    assert puts(desk, replace(ENTRY, id=GuardianId("g_9"), agreed_at=None, confirmed_at=None), now=T0) == {
        "g_9": "waits"
    }
    assert asks(desk, case_id, T0 + MINUTE) is None


def test_a_list_without_consent_replaces_one_that_waits_to_enrol_who_only_the_event_named() -> None:
    desk = SmsDesk()
    case_id = a_case(desk, guardians=(guardian(),))
    assert puts(desk, BOTH, now=T0) == {"g_1": "waits"}
    assert puts(desk, TAKEN_BACK, now=T0 + MINUTE) == {"g_1": "applied"}
    assert changes(desk, T0 + 9 * DAY) == 0
    assert asks(desk, case_id, T0 + 2 * MINUTE) == "guardian_named"
    assert puts(desk, BOTH, now=T0 + 3 * MINUTE) == {"g_1": "waits"}, "what lets us contact anyone waits"


def test_no_reminder_goes_to_a_guardian_whom_only_the_event_named_once_the_consent_is_taken_back() -> None:
    desk = SmsDesk()
    case_id = a_case(desk, minutes=24 * 60, hold_max=T0 + 3 * DAY, guardians=(guardian(),))
    assert asks(desk, case_id) is None
    desk.send(T0)
    puts(desk, TAKEN_BACK, now=T0 + MINUTE)
    [prompt] = asked(desk, case_id)
    assert prompt.due_at is not None
    desk.passes(prompt.due_at)
    desk.send(prompt.due_at)
    assert refusals(desk, case_id) == [(SmsKind.REMINDER, "no_consent")]


def test_a_planned_call_to_a_guardian_whom_only_the_event_named_does_not_ring() -> None:
    desk = SmsDesk()
    case_id = a_case(desk, tier=Tier.CRITICAL, guardians=(guardian(),))
    assert calls(desk, case_id) is None
    puts(desk, TAKEN_BACK, now=T0 + 9 * MINUTE)
    assert rings(desk, case_id, 10 * MINUTE) is None
    [call] = theirs(desk, case_id)
    assert call.state is AttemptState.SUPPRESSED


def test_an_invitation_that_waits_for_the_day_is_not_sent_and_still_the_one_they_get_later() -> None:
    desk = SmsDesk()
    night, morning = T0 + 15 * HOUR, T0 + 22 * HOUR
    puts(desk, ENTRY, now=night)
    puts(desk, replace(ENTRY, agreed_at=None), now=night + HOUR)
    assert desk.send(morning) == []
    assert (stands(desk).state, stands(desk).invited_at) == (G.NAMED, None)
    puts(desk, ENTRY, now=morning + HOUR)
    assert len(desk.send(morning + HOUR)) == 1


def test_what_the_old_contact_was_to_be_told_is_not_sent_after_the_consent_is_taken_back() -> None:
    desk = enrolled()
    a_case(desk, minutes=24 * 60, hold_max=T0 + 3 * DAY)
    puts(desk, replace(BOTH, phone=SON), now=T0 + MINUTE)
    desk.send(T0 + MINUTE, Placement(proof=PostResult.NOT_SENT, reason="ClientConnectorError"))
    [told] = loose_texts(desk)
    assert (told.kind, told.phone) == (SmsKind.NUMBER_CHANGED, DAUGHTER)
    puts(desk, replace(TAKEN_BACK, phone=SON), now=T0 + 2 * MINUTE)
    assert desk.send(T0 + HOUR) == []


def test_a_yes_that_the_bank_dated_ahead_does_not_undo_the_guardians_leave() -> None:
    """Rows of a version that took such times; and any bank may be some minutes ahead."""
    desk = SmsDesk()
    ahead = replace(ENTRY, confirmed_at=T0 + 8 * HOUR)
    puts(desk, ahead)
    desk.writes("LEAVE", T0 + HOUR)
    for night in (T0 + 9 * HOUR, T0 + 33 * HOUR):
        assert puts(desk, ahead, now=night) == {"g_1": "unchanged"}
    puts(desk, replace(ahead, id="crm-77"), now=T0 + 57 * HOUR)
    assert stands(desk, "crm-77").state is G.LEFT, "nor under another id"
    since = replace(ahead, id="crm-77", confirmed_at=T0 + 60 * HOUR)
    assert puts(desk, since, now=T0 + 61 * HOUR) == {"crm-77": "applied"}
    puts(desk, now=T0 + 62 * HOUR)
    puts(desk, replace(since, id="g_9"), now=T0 + 63 * HOUR)
    assert stands(desk, "g_9").state is G.CONFIRMED, "a later yes is kept"
