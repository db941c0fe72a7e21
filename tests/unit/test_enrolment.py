"""How the bank enrols guardians, and what guardians agree to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.enrolling import DAY, ENTRY, MEI, G, changes, history, loose_texts, puts, sends, stands
from tests.unit.guardian_steps import DAUGHTER, SON, asks, guardian
from tests.unit.sms_desk import S, SmsDesk
from wakeup.domain.case import CaseEvent
from wakeup.domain.errors import ConflictError
from wakeup.domain.guardian import GuardianState
from wakeup.domain.sms import SmsKind
from wakeup.usecases.ports import Placement, PostResult, RefusalCause
from wakeup.usecases.texts.text_receipts import check_text, record_text_search, text_checks_due


def invited(desk: SmsDesk, **changes: Any) -> str:
    """The code in the invitation."""
    puts(desk, replace(ENTRY, **changes))
    desk.send(T0)
    code = stands(desk).code
    assert code is not None
    return code


def test_a_list_that_comes_again_after_a_newer_one_is_not_put_back() -> None:
    desk = SmsDesk()
    son = replace(ENTRY, id="g_2", rank=2, phone=SON, accounts=())
    assert sends(desk, "e_1", ENTRY, son) == {"g_1": "applied", "g_2": "applied"}
    assert sends(desk, "e_2", son, now=T0 + MINUTE) == {"g_2": "unchanged", "g_1": "applied"}
    assert sends(desk, "e_1", ENTRY, son, now=T0 + HOUR) == {"g_2": "unchanged"}, (
        "its answer was lost, and asked for again"
    )
    assert stands(desk).state is G.REMOVED
    with pytest.raises(ConflictError):
        sends(desk, "e_1", son, now=T0 + HOUR)


@pytest.mark.parametrize("in_a_case", [False, True])
@pytest.mark.parametrize("emptied", ["by a list", "at once"])
def test_an_older_list_that_comes_late_brings_no_removed_guardian_back(emptied: str, in_a_case: bool) -> None:
    """A scammer talked the customer into naming them; the bank corrected that, and its queue sends the first list after
    the second."""
    desk = SmsDesk()
    puts(desk, replace(ENTRY, id="g_2", phone=SON), now=T0 - DAY)
    if in_a_case:
        desk.flag(1, customer_id="u_1")
    if emptied == "by a list":
        sends(desk, "e_2", now=T0 + MINUTE)
    else:
        puts(desk, now=T0 + MINUTE)
    with pytest.raises(ConflictError) as refused:
        sends(desk, "e_1", ENTRY, now=T0 + HOUR, occurred_at=T0 + MINUTE - timedelta(seconds=1))
    assert refused.value.field == "occurred_at"
    assert changes(desk, T0 + 80 * HOUR) == (1 if in_a_case else 0)
    assert [(g.id, g.state) for g in desk.run(lambda unit: unit.guardians.of_customer(MEI))] == [("g_2", G.REMOVED)]


def test_the_later_to_arrive_of_two_lists_of_the_same_moment_counts() -> None:
    desk = SmsDesk()
    assert sends(desk, "e_1", ENTRY, occurred_at=T0) == {"g_1": "applied"}
    assert sends(desk, "e_2", now=T0 + MINUTE, occurred_at=T0) == {"g_1": "applied"}
    assert stands(desk).state is G.REMOVED


def test_a_bank_that_removes_all_at_once_is_obeyed_though_its_clock_is_ahead() -> None:
    desk = SmsDesk()
    sends(desk, "e_1", ENTRY, now=T0, occurred_at=T0 + 4 * MINUTE)
    assert puts(desk, now=T0 + MINUTE) == {"g_1": "applied"}
    with pytest.raises(ConflictError):
        sends(desk, "e_2", ENTRY, now=T0 + HOUR, occurred_at=T0 + 3 * MINUTE)


def test_a_repeated_list_is_told_that_its_change_waits() -> None:
    desk = SmsDesk()
    puts(desk, ENTRY)
    desk.flag(1, T0 + MINUTE, customer_id="u_1")
    other = replace(ENTRY, phone=SON)
    assert sends(desk, "e_1", other, now=T0 + HOUR) == {"g_1": "waits"}
    assert sends(desk, "e_1", other, now=T0 + HOUR) == {"g_1": "waits"}


def test_a_guardian_is_invited_agrees_and_may_be_asked_a_week_later() -> None:
    desk = SmsDesk()
    assert puts(desk, ENTRY) == {"g_1": "applied"}
    [sms] = loose_texts(desk)
    code = stands(desk).code
    assert (sms.kind, sms.phone, sms.segments) == (SmsKind.INVITATION, DAUGHTER, 1)
    assert f"Reply {code}1 yes, {code}2 no" in sms.body
    assert stands(desk).state is G.INVITED
    desk.send(T0)
    assert desk.writes(f"{code} 1", T0 + MINUTE) == "agreed"
    assert stands(desk).state is G.CONFIRMED
    assert history(desk) == [("ward_agreed", "customer"), ("invited", "system"), ("guardian_agreed", "guardian")]
    soon = desk.flag(1, T0 + DAY, customer_id="u_1")
    assert asks(desk, soon.case_id, T0 + DAY) == "too_new"
    later = desk.flag(2, T0 + 8 * DAY, customer_id="u_2")
    assert asks(desk, later.case_id, T0 + 8 * DAY) == "no_guardian", "somebody else's"


@pytest.mark.parametrize(
    ("reply", "state"),
    [("{code} 2", G.DECLINED), ("no", G.DECLINED), ("不同意", G.DECLINED), ("yes", G.CONFIRMED), ("{code} 好的", G.CONFIRMED),
     ("who is this?", G.INVITED), ("{code}", G.INVITED), ("leave", G.LEFT)],
)  # fmt: skip
def test_a_reply_to_an_invitation_sets_the_guardians_state(reply: str, state: GuardianState) -> None:
    desk = SmsDesk()
    code = invited(desk)
    desk.writes(reply.format(code=code), T0 + MINUTE)
    assert stands(desk).state is state
    assert (stands(desk).confirmed_at is not None) is (state is G.CONFIRMED), "who said no has agreed to nothing"
    assert desk.send(T0 + HOUR) == [], "an invitation is never explained"


def test_there_is_one_invitation_ever() -> None:
    desk = SmsDesk()
    invited(desk)
    for hours in (1, 48, 400):
        puts(desk, replace(ENTRY, name=f"Lin {hours}"), now=T0 + hours * HOUR)
        assert desk.send(T0 + hours * HOUR) == []
    puts(desk, now=T0 + 500 * HOUR)
    assert stands(desk).state is G.REMOVED
    puts(desk, ENTRY, now=T0 + 501 * HOUR)
    assert desk.send(T0 + 501 * HOUR) == [], "not even after a removal"


@pytest.mark.parametrize(
    "placement",
    [
        Placement(proof=PostResult.NOT_SENT, reason="ClientConnectorError", retry_after_s=3 * DAY.total_seconds()),
        Placement(proof=PostResult.REFUSED, code=21211, fault=RefusalCause.NUMBER, reason="no_such_number"),
    ],
)
def test_an_invitation_that_never_went_out_is_not_the_one_they_get(placement: Placement) -> None:
    desk = SmsDesk()
    puts(desk, ENTRY)
    desk.send(T0, placement)
    named = stands(desk)
    assert (named.state, named.code, named.invited_at) == (G.NAMED, None, None)
    assert desk.send(T0 + DAY) == []
    puts(desk, now=T0 + DAY)
    puts(desk, ENTRY, now=T0 + DAY + HOUR)
    assert len(desk.send(T0 + DAY + HOUR)) == 1
    assert stands(desk).state is G.INVITED


def test_the_same_list_invites_a_guardian_whom_no_invitation_ever_reached() -> None:
    desk = SmsDesk()
    puts(desk, ENTRY)
    desk.send(T0, Placement(proof=PostResult.REFUSED, code=21211, fault=RefusalCause.NUMBER, reason="no_such_number"))
    assert stands(desk).state is G.NAMED
    assert puts(desk, ENTRY, now=T0 + DAY) == {"g_1": "unchanged"}
    assert len(desk.send(T0 + DAY)) == 1
    assert (stands(desk).state, stands(desk).enrolled_at) == (G.INVITED, T0)


def test_an_invitation_that_may_have_gone_out_is_the_one_they_get() -> None:
    desk = SmsDesk()
    puts(desk, ENTRY)
    desk.send(T0, Placement(proof=PostResult.UNKNOWN))
    for seconds in (5, 30, 120):
        now = T0 + timedelta(seconds=seconds)
        [overdue] = desk.run(text_checks_due, now, 9).found
        desk.run(check_text, overdue, now)
        desk.run(record_text_search, overdue, [], now)
    assert stands(desk).state is G.INVITED
    puts(desk, now=T0 + DAY)
    puts(desk, ENTRY, now=T0 + DAY + HOUR)
    assert desk.send(T0 + DAY + HOUR) == []


def test_another_name_for_the_same_number_is_no_new_guardian_to_invite() -> None:
    desk = SmsDesk()
    puts(desk, ENTRY, replace(ENTRY, id="g_2", rank=2))
    assert len(desk.send(T0)) == 1
    puts(desk, replace(ENTRY, id="g_9"), now=T0 + DAY)
    assert desk.send(T0 + DAY) == []


def test_a_number_that_comes_back_was_invited_before() -> None:
    desk = SmsDesk()
    invited(desk)
    puts(desk, replace(ENTRY, phone=SON), now=T0 + DAY)
    assert len(desk.send(T0 + DAY)) == 1
    puts(desk, ENTRY, now=T0 + 2 * DAY)
    assert desk.send(T0 + 2 * DAY) == []
    assert stands(desk).state is G.NAMED


def test_an_invitation_that_waited_for_the_day_is_not_sent_to_a_guardian_s_former_number() -> None:
    desk = SmsDesk()
    night = T0 + 15 * HOUR
    puts(desk, ENTRY, now=night)
    puts(desk, replace(ENTRY, phone=SON), now=night + HOUR)
    sent = desk.send(T0 + 22 * HOUR)
    assert [one.phone for name in sent if (one := desk.run(lambda unit, name: unit.texts.get(name), name))] == [SON]
    # Changed and changed back in one night: recorded once.
    other = SmsDesk()
    for phone, hour in ((DAUGHTER, 15), (SON, 16), (DAUGHTER, 17)):
        puts(other, replace(ENTRY, phone=phone), now=T0 + hour * HOUR)
    assert len(other.send(T0 + 22 * HOUR)) == 1


def test_a_guardian_may_pause_resume_and_leave_at_any_time() -> None:
    desk = SmsDesk()
    desk.writes(f"{invited(desk)} 1", T0)
    for word, state in (
        ("pause", G.PAUSED),
        ("恢复", G.CONFIRMED),
        ("pause", G.PAUSED),
        ("LEAVE", G.LEFT),
        ("pause", G.LEFT),
        ("resume", G.CONFIRMED),
    ):
        desk.writes(word, T0 + MINUTE)
        assert stands(desk).state is state
    assert [kind for kind, _ in history(desk)][-5:] == ["paused", "resumed", "paused", "left", "resumed"]


@pytest.mark.parametrize(("word", "state"), [("LEAVE", G.LEFT), ("pause", G.PAUSED), ("2", G.DECLINED)])
@pytest.mark.parametrize("lists", [((), (ENTRY,)), ((replace(ENTRY, id="crm-77"),),)])
def test_a_guardians_own_word_outlives_a_new_list(word: str, state: GuardianState, lists: tuple[Any, ...]) -> None:
    """The bank removes and re-adds the guardian, or uses another id, with consent it had asked for before."""
    desk = SmsDesk()
    asked = T0 + MINUTE
    code = invited(desk)
    if state is not G.DECLINED:
        desk.writes(f"{code} 1", T0 + MINUTE)
    desk.writes(word, T0 + HOUR)
    assert stands(desk).state is state
    for n, entries in enumerate(lists, start=1):
        puts(desk, *(replace(entry, confirmed_at=asked) for entry in entries), now=T0 + n * DAY)
    [entry] = lists[-1]
    assert stands(desk, entry.id).state is state
    case_id = desk.flag(1, T0 + 30 * DAY, customer_id="u_1").case_id
    assert asks(desk, case_id, T0 + 30 * DAY) == f"guardian_{state}"
    if state is not G.DECLINED:
        desk.writes("resume", T0 + 31 * DAY)
        assert stands(desk, entry.id).state is G.CONFIRMED, "they themselves may come back"


def test_a_guardian_who_told_the_bank_yes_after_the_no_is_one_again() -> None:
    desk = SmsDesk()
    desk.writes(f"{invited(desk)} 2", T0)
    puts(desk, replace(ENTRY, confirmed_at=T0 + DAY), now=T0 + 2 * DAY)
    assert stands(desk).state is G.CONFIRMED


def test_a_guardian_whom_the_bank_asked_itself_needs_no_invitation() -> None:
    desk = SmsDesk()
    agreed = T0 - 30 * DAY
    puts(desk, replace(ENTRY, confirmed_at=agreed, confirmed_channel="branch", confirmed_wording="form-7"))
    assert (stands(desk).state, stands(desk).confirmed_at) == (G.CONFIRMED, agreed)
    assert loose_texts(desk) == []


def test_a_customer_may_agree_later_and_the_guardian_is_invited_then() -> None:
    desk = SmsDesk()
    puts(desk, replace(ENTRY, agreed_at=None))
    assert stands(desk).state is G.NAMED
    later = T0 + HOUR
    assert puts(desk, replace(ENTRY, agreed_at=later), now=T0 + HOUR) == {"g_1": "applied"}
    assert stands(desk).state is G.INVITED
    assert ("ward_agreed", "customer") in history(desk)
    assert puts(desk, replace(ENTRY, agreed_at=later), now=T0 + 2 * HOUR) == {"g_1": "unchanged"}


def test_a_guardian_may_agree_at_the_bank_later_though_nothing_else_has_changed() -> None:
    desk = SmsDesk()
    puts(desk, ENTRY)
    assert stands(desk).state is G.INVITED
    there: dict[str, Any] = {"confirmed_at": T0 + HOUR, "confirmed_channel": "branch", "confirmed_wording": "form-7"}
    assert puts(desk, replace(ENTRY, **there), now=T0 + 2 * HOUR) == {"g_1": "applied"}
    assert (stands(desk).state, stands(desk).confirmed_at) == (G.CONFIRMED, T0 + HOUR)
    assert puts(desk, replace(ENTRY, **there), now=T0 + 3 * HOUR) == {"g_1": "unchanged"}


@pytest.mark.parametrize("word", ["LEAVE", "PAUSE"])
def test_a_guardian_who_left_or_paused_comes_back_by_a_later_consent_under_the_same_id(word: str) -> None:
    desk = SmsDesk()
    desk.writes(f"{invited(desk)} 1", T0)
    desk.writes(word, T0 + HOUR)
    before = replace(ENTRY, confirmed_at=T0 + MINUTE)
    assert puts(desk, before, now=T0 + DAY) == {"g_1": "unchanged"}
    since = replace(ENTRY, confirmed_at=T0 + DAY)
    assert puts(desk, since, now=T0 + 2 * DAY) == {"g_1": "applied"}
    assert (stands(desk).state, stands(desk).confirmed_at) == (G.CONFIRMED, T0 + DAY)
    assert puts(desk, since, now=T0 + 3 * DAY) == {"g_1": "unchanged"}


def test_a_guardian_who_leaves_is_not_asked_about_a_customer_for_whom_only_events_name_them() -> None:
    desk, later = SmsDesk(), T0 + 30 * DAY
    desk.writes(f"{invited(desk)} 1", T0)
    family = (guardian(),)
    case_id = desk.flag(1, later, customer_id="u_2", guardians=family).case_id
    assert asks(desk, case_id, later) is None
    desk.send(later)
    assert desk.writes("LEAVE", later + MINUTE) == "stop"
    assert stands(desk).state is G.LEFT
    assert [c.state for c in desk.run(lambda unit: unit.confirmations.of_case(case_id))] == [S.OPTED_OUT]
    desk.on(case_id, later + HOUR, lambda file: file.move(CaseEvent.SETTLE))
    again = desk.flag(2, later + DAY, customer_id="u_2", guardians=family).case_id
    assert asks(desk, again, later + DAY) == "opted_out"


@pytest.mark.parametrize("changes", [{"agreed_at": None}, {"minor": True}, {"linked": True}])
def test_a_guardian_who_is_unfit_or_not_agreed_to_is_not_invited(changes: dict[str, Any]) -> None:
    desk = SmsDesk()
    puts(desk, replace(ENTRY, **changes))
    assert loose_texts(desk) == []
    assert stands(desk).state is G.NAMED


def test_no_relative_is_invited_where_the_family_may_be_the_danger() -> None:
    desk = SmsDesk()
    case_id = desk.flag(1, customer_id="u_1", signals=("family_risk",)).case_id
    desk.on(case_id, T0, lambda file: file.move(CaseEvent.SETTLE))
    assert puts(desk, ENTRY, now=T0 + 30 * DAY) == {"g_1": "applied"}
    assert loose_texts(desk) == []


def test_an_invitation_comes_by_day() -> None:
    desk = SmsDesk()
    puts(desk, ENTRY, now=T0 + 15 * HOUR)
    assert loose_texts(desk)[0].due_at == T0 + 22 * HOUR


def test_an_invitation_that_could_not_be_sent_all_evening_waits_for_the_morning() -> None:
    desk, evening = SmsDesk(), T0 + 10 * HOUR + 30 * MINUTE
    puts(desk, ENTRY, now=evening)
    desk.send(evening, Placement(proof=PostResult.NOT_SENT, reason="ClientConnectorError"))
    assert desk.send(evening + 3 * HOUR) == [], "half past eleven"
    [sms] = loose_texts(desk)
    assert sms.due_at == T0 + 22 * HOUR
    assert desk.send(sms.due_at) == [sms.id]


def test_a_guardian_who_is_about_to_be_replaced_hears_of_it_at_any_hour() -> None:
    desk = SmsDesk()
    desk.writes(f"{invited(desk)} 1", T0)
    desk.flag(1, T0 + DAY, customer_id=MEI, minutes=24 * 60, hold_max=T0 + 3 * DAY)
    night = T0 + DAY + 15 * HOUR
    puts(desk, replace(ENTRY, phone=SON), now=night)
    [sms] = [one for one in loose_texts(desk) if one.kind is SmsKind.NUMBER_CHANGED]
    assert sms.phone == DAUGHTER
    assert sms.id in desk.send(night)


def test_another_number_has_agreed_to_nothing_yet() -> None:
    desk = SmsDesk()
    desk.writes(f"{invited(desk)} 1", T0)
    puts(desk, replace(ENTRY, phone=SON), now=T0 + DAY)
    assert (stands(desk).state, stands(desk).number_since) == (G.INVITED, T0 + DAY)
    assert loose_texts(desk)[-1].phone == SON


def test_the_same_list_again_changes_nothing() -> None:
    desk = SmsDesk()
    puts(desk, ENTRY)
    before = stands(desk)
    assert puts(desk, ENTRY, now=T0 + DAY) == {"g_1": "unchanged"}
    assert stands(desk) == before


def test_an_empty_list_names_no_guardian() -> None:
    desk = SmsDesk()
    assert puts(desk) == {}
    assert desk.run(lambda unit: unit.customers.lock(MEI)) is None


def test_an_entry_never_shows_who_it_is() -> None:
    assert not {DAUGHTER, "Lin", "daughter", "001-234", "Mei"} & set(repr(ENTRY).replace("'", " ").split())
    assert timedelta(days=7) == 7 * DAY
