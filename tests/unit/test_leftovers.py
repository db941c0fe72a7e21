"""Data that is not deleted with any case is deleted after a period of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.unit.builders import HOUR, T0
from tests.unit.desk import PHONE, POLICY, Desk, someone
from tests.unit.enrolling import ENTRY, puts, stands
from tests.unit.sms_desk import SmsDesk
from tests.unit.test_enrolment import invited
from tests.unit.test_forget import DAY, MONTH, WHO, YEARS, an_entry, flagged, settle
from wakeup.domain.guardian import Guardian, GuardianState
from wakeup.domain.ids import CaseId, CustomerId, GuardianId, SmsId, TransferId
from wakeup.domain.policy import Retention
from wakeup.domain.sms import Sms, SmsKind, SmsState
from wakeup.usecases.console.board import find_by_phone
from wakeup.usecases.guardians.enrol_guardians import put_guardians
from wakeup.usecases.inputs import TransferEventIn, TransferNews
from wakeup.usecases.intake.news import EARLY_NEWS_WAITS, apply_transfer_event
from wakeup.usecases.personal_data.dossier import export, hold, lift
from wakeup.usecases.personal_data.forget import erase, forget_words
from wakeup.usecases.personal_data.leftovers import CALL_IN_KEPT, empty_guardian, leftovers, prune
from wakeup.usecases.repositories.call_ins import CallIn
from wakeup.usecases.repositories.texts import Received

G1 = GuardianId("g_1")
LIN = an_entry()
SOON = timedelta(seconds=1)


@pytest.fixture
def desk() -> Desk:
    return Desk(replace(POLICY, retention=Retention(speech=MONTH, records=YEARS)))


def named(desk: Desk, now: datetime = T0, customer: str = WHO, *, listed: bool = True) -> None:
    desk.run(put_guardians, CustomerId(customer), [replace(LIN, accounts=("001-234",))] if listed else [], now)


def to_erase(desk: Desk, now: datetime) -> list[str]:
    return list(desk.run(leftovers, now, 9).customers)


def to_empty(desk: Desk, now: datetime) -> list[str]:
    return [whose for whose, _ in desk.run(leftovers, now, 9).guardians]


def guardian(desk: Desk) -> Guardian:
    [found] = desk.run(lambda unit: unit.guardians.of_customer(WHO))
    return found


def rows(desk: Desk, table: str) -> int:
    return int(desk.run(lambda unit: unit.connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()))


def test_a_customer_without_a_case_is_erased_years_after_their_newest_guardian_came(desk: Desk) -> None:
    named(desk)
    desk.run(put_guardians, WHO, [LIN, replace(LIN, id="g_2", phone="+6598765433")], T0 + DAY)
    assert to_erase(desk, T0 + YEARS) == []
    assert to_erase(desk, T0 + DAY + YEARS) == [WHO], "once, however many they named"
    assert desk.run(erase, WHO, "retention", T0 + DAY + YEARS).cases == 0
    assert (rows(desk, "customers"), rows(desk, "guardians")) == (0, 0)
    assert to_erase(desk, T0 + 2 * YEARS) == []


def test_a_customer_who_had_a_case_is_no_leftover(desk: Desk) -> None:
    named(desk)
    settle(desk, flagged(desk))
    assert to_erase(desk, T0 + 9 * YEARS) == []


def test_a_legal_hold_keeps_those_without_a_case_too(desk: Desk) -> None:
    named(desk)
    desk.run(hold, WHO, "C-17", "kim", T0)
    named(desk, T0 + DAY, listed=False)
    assert (to_erase(desk, T0 + 9 * YEARS), to_empty(desk, T0 + 9 * YEARS)) == ([], [])
    assert not desk.run(empty_guardian, WHO, G1)
    desk.run(lift, WHO, "kim", T0 + 2 * DAY)
    assert to_erase(desk, T0 + 9 * YEARS) == [WHO]


def test_a_guardian_who_was_removed_loses_number_name_and_accounts(desk: Desk) -> None:
    named(desk)
    before = guardian(desk)
    assert (before.phone, before.accounts) == (LIN.phone, before.accounts) and before.accounts
    assert to_empty(desk, T0) == [], "who stands is kept"
    assert not desk.run(empty_guardian, WHO, G1)
    named(desk, T0 + DAY, listed=False)
    assert to_empty(desk, T0 + DAY) == [WHO]
    assert desk.run(empty_guardian, WHO, G1)
    after = guardian(desk)
    assert (after.phone, after.name, after.number_index, after.accounts) == ("", "", "", ())
    assert after.state == "removed" and to_empty(desk, T0 + DAY) == []
    assert desk.run(lambda unit: unit.guardians.of_number(before.number_index)) == []
    assert [one.kind for one in desk.run(lambda unit: unit.guardians.consents(WHO, G1))] == ["removed"]


@pytest.mark.parametrize("comes_back_as", ["g_1", "crm-77"])
def test_a_guardian_who_left_keeps_only_a_keyed_hash_so_that_no_list_undoes_it(comes_back_as: str) -> None:
    desk = SmsDesk(replace(POLICY, retention=Retention(speech=MONTH, records=YEARS)))
    desk.writes(f"{invited(desk)} 1", T0)
    desk.writes("LEAVE", T0 + HOUR)
    named(desk, T0 + DAY, listed=False)
    before = guardian(desk)
    assert to_empty(desk, T0 + DAY) == [WHO] and desk.run(empty_guardian, WHO, G1)
    after = guardian(desk)
    assert (after.phone, after.name, after.region, after.accounts) == ("", "", "", ())
    assert after.number_index == before.number_index and to_empty(desk, T0 + DAY) == [], "once"
    puts(desk, replace(ENTRY, id=comes_back_as, confirmed_at=T0), now=T0 + 2 * DAY)
    assert stands(desk, comes_back_as).state is GuardianState.LEFT


def test_a_guardian_who_is_named_again_is_new_to_us(desk: Desk) -> None:
    named(desk)
    named(desk, T0 + DAY, listed=False)
    assert desk.run(empty_guardian, WHO, G1)
    named(desk, T0 + 2 * DAY)
    assert not desk.run(empty_guardian, WHO, G1), "another node saw them as they stood before"
    after = guardian(desk)
    assert (after.phone, after.number_since) == (LIN.phone, T0 + 2 * DAY)


def test_a_removed_guardian_is_kept_as_long_as_a_case_needs_them(desk: Desk) -> None:
    named(desk)
    named(desk, T0, listed=False)
    case_id = flagged(desk)
    assert to_empty(desk, T0) == [] and not desk.run(empty_guardian, WHO, G1)
    settle(desk, case_id)
    assert to_empty(desk, T0 + DAY) == [] and not desk.run(empty_guardian, WHO, G1), "its words are kept for a month"
    desk.run(forget_words, case_id, T0 + MONTH)
    assert to_empty(desk, T0 + MONTH) == [WHO] and desk.run(empty_guardian, WHO, G1)


def case_with_lin(desk: Desk) -> CaseId:
    """A settled case whose event named the guardian, whom the bank has removed since. Its words are deleted."""
    desk.run(put_guardians, WHO, [replace(LIN, confirmed_at=T0 - DAY)], T0)
    person = replace(someone(LIN.phone, "g_1", "Lin"), consented_at=T0 - DAY)
    event = {"customer_id": WHO, "phone": PHONE, "guardians": (person,)}
    case_id = CaseId(desk.flag(1, T0 + HOUR, **event).case_id)
    settle(desk, case_id, T0 + 2 * HOUR)
    named(desk, T0 + DAY, listed=False)
    desk.run(forget_words, case_id, T0 + 2 * MONTH)
    return case_id


def parties(desk: Desk) -> list[tuple[str, str, bytes]]:
    query = "SELECT role, number_index, sealed FROM parties ORDER BY role"
    return [tuple(row) for row in desk.run(lambda unit: unit.connection.exec_driver_sql(query).all())]


def test_of_a_removed_guardian_the_cases_keep_no_number_and_no_name_either(desk: Desk) -> None:
    case_id = case_with_lin(desk)
    assert desk.run(find_by_phone, LIN.phone) == [case_id]
    assert desk.run(empty_guardian, WHO, G1)
    assert desk.run(find_by_phone, LIN.phone) == []
    (customer, _, whole), (role, number, sealed) = parties(desk)
    assert (customer, role, number, sealed) == ("customer", "guardian", "", b"") and whole
    assert desk.run(find_by_phone, PHONE) == [case_id], "the customer is still found"
    shown = [(one["role"], one.get("name")) for one in desk.run(export, WHO).tables["parties"]]
    assert sorted(role for role, _ in shown) == ["customer", "guardian"] and "Lin" not in dict(shown).values()


def an_sms(desk: Desk, n: int, **changes: Any) -> None:
    usual: dict[str, Any] = {
        "id": SmsId(f"sms_{n}"), "kind": SmsKind.PROMPT, "customer_id": WHO, "number_index": f"n_{n}", "region": "SG",
        "line_type": "mobile", "phone": LIN.phone, "body": f"words {n}", "template": "prompt/en/1", "segments": 1,
        "state": SmsState.DELIVERED, "due_at": T0, "latest_at": T0, "from_number": "+65", "intent_at": T0, "ended_at": T0,
    }  # fmt: skip
    desk.run(lambda unit: unit.texts.add(Sms(**{**usual, **changes})))


def test_the_sms_to_a_removed_guardian_lose_number_and_words_and_no_other_sms_does(desk: Desk) -> None:
    case_id = case_with_lin(desk)
    [(party, _)] = desk.run(lambda unit: unit.leftovers.named_as(WHO, G1))
    an_sms(desk, 1, guardian_id=G1)
    an_sms(desk, 2, case_id=case_id, party_id=party)
    an_sms(desk, 3, case_id=case_id, kind=SmsKind.OUTCOME)
    assert desk.run(empty_guardian, WHO, G1)
    assert [one.body for one in desk.run(lambda unit: unit.texts.of_case(case_id))] == ["words 3"]
    stored = desk.run(export, WHO).tables["sms"]
    assert [(one.get("phone"), one.get("body")) for one in stored] == [(None, None)] * 2 + [(LIN.phone, "words 3")]
    assert desk.run(lambda unit: unit.texts.sent_since("n_1", T0 - DAY)) == 1, "it counts against the limits"


def test_a_guardian_to_whom_an_sms_is_still_to_be_sent_keeps_their_number(desk: Desk) -> None:
    case_with_lin(desk)
    an_sms(desk, 1, guardian_id=G1, state=SmsState.QUEUED, intent_at=None, ended_at=None)
    assert to_empty(desk, T0 + 2 * MONTH) == []
    assert not desk.run(empty_guardian, WHO, G1)


def test_in_the_cases_too_the_keyed_hash_of_who_told_us_no_is_kept(desk: Desk) -> None:
    case_with_lin(desk)
    [_, (_, before, _)] = parties(desk)
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE parties SET ringable = 0 WHERE role = 'guardian'"))
    assert desk.run(empty_guardian, WHO, G1)
    assert parties(desk)[1] == ("guardian", before, b"")
    assert desk.run(lambda unit: unit.parties.guardian_stopped(WHO, before)), "the number is not rung again"


def test_a_guardian_who_is_still_to_be_rung_keeps_their_number(desk: Desk) -> None:
    case_id = case_with_lin(desk)
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE attempts SET state = 'planned', ended_at = NULL"))
    assert case_id and to_empty(desk, T0 + 2 * MONTH) == []
    assert not desk.run(empty_guardian, WHO, G1)


def test_texts_of_strangers_go_after_a_month_and_no_others(desk: Desk) -> None:
    case_id = flagged(desk)

    def wrote(sid: str, customer: CustomerId | None) -> None:
        text = Received(message_sid=sid, number_index="n", received_at=T0, taken_as="stop", customer_id=customer,
                        case_id=None if customer is None else case_id, body=None)  # fmt: skip
        desk.run(lambda unit: unit.texts.receive(text))

    for n in range(3):
        wrote(f"SM{n}", None)
    wrote("SM_hers", WHO)
    assert not desk.run(prune, T0 + MONTH - SOON, 9)
    assert rows(desk, "replies") == 4
    assert desk.run(prune, T0 + MONTH, 2), "there is more"
    assert not desk.run(prune, T0 + MONTH, 2)
    assert rows(desk, "replies") == 1


def test_announced_calls_go_a_day_after_they_could_begin_unless_a_court_keeps_them(desk: Desk) -> None:
    for n, customer in enumerate(("u_1", "u_2")):
        call_in = CallIn(number_index=f"n_{n}", case_id=CaseId("c"), customer_id=CustomerId(customer), until=T0)
        desk.run(lambda unit, one: unit.call_ins.expect(one), call_in)
    flagged(desk)
    desk.run(hold, WHO, "C-17", "kim", T0)
    desk.run(prune, T0 + CALL_IN_KEPT - SOON, 9)
    assert rows(desk, "call_ins") == 2
    desk.run(prune, T0 + CALL_IN_KEPT, 9)
    assert rows(desk, "call_ins") == 1


def test_news_of_a_transfer_that_never_came_goes_after_a_day(desk: Desk) -> None:
    news = TransferEventIn(
        event_id="n_1",
        content_hash="h",
        transfer_id=TransferId("t_1"),
        kind=TransferNews.RELEASED,
        occurred_at=T0,
    )
    desk.run(apply_transfer_event, news, T0)
    assert rows(desk, "early_news") == 1
    desk.run(prune, T0 + EARLY_NEWS_WAITS - SOON, 9)
    assert rows(desk, "early_news") == 1
    desk.run(prune, T0 + EARLY_NEWS_WAITS, 9)
    assert rows(desk, "early_news") == 0
