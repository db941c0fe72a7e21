"""Which guardians are asked, which never are, and what is recorded about it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import POLICY, Desk, said, someone
from tests.unit.guardian_steps import DAUGHTER, NIGHT, SON, asked, asks, enrol, guardian, reasons, texts
from wakeup.domain.case import CaseEvent
from wakeup.domain.confirmation import ConfirmationState, Step
from wakeup.domain.guardian import GuardianState
from wakeup.domain.ids import CustomerId, GuardianId
from wakeup.domain.outcome import Outcome
from wakeup.domain.party import Payee
from wakeup.domain.policy import Messages
from wakeup.domain.sms import SmsKind, SmsState
from wakeup.domain.transfer import Tier
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.inputs import Number
from wakeup.usecases.repositories.guardians import Change
from wakeup.usecases.repositories.texts import Channel


def test_the_first_guardian_gets_a_prompt_with_a_code_and_the_timeline_says_so(desk: Desk) -> None:
    opened = desk.flag(1, guardians=(guardian(), guardian(SON, "g_2")), tier=Tier.CRITICAL)
    assert asks(desk, opened.case_id) is None
    assert "message" in desk.wakes
    [confirmation], [sms] = asked(desk, opened.case_id), texts(desk, opened.case_id)
    assert (confirmation.state, confirmation.n, confirmation.step) == (ConfirmationState.QUEUED, 1, Step.REMIND)
    assert (sms.kind, sms.state, sms.phone, sms.segments) == (SmsKind.PROMPT, SmsState.QUEUED, DAUGHTER, 2)
    assert sms.confirmation_id == confirmation.id
    assert f"Reply {confirmation.code}1 worried" in sms.body
    assert "Mei" in sms.body
    kinds = [row["kind"] for row in desk.timeline(opened.case_id)]
    assert kinds[-2:] == ["guardian_asked", "sms_planned"]


def test_while_a_prompt_is_open_no_other_guardian_is_asked(desk: Desk) -> None:
    opened = desk.flag(1, guardians=(guardian(), guardian(SON, "g_2")))
    assert asks(desk, opened.case_id) is None
    assert asks(desk, opened.case_id) == "prompt_open"
    assert len(asked(desk, opened.case_id)) == 1


def test_two_cases_at_one_number_never_share_a_code(desk: Desk) -> None:
    codes = set()
    for n in range(1, 40):
        opened = desk.flag(n, guardians=(guardian(bank_id=f"g_{n}"),))
        assert asks(desk, opened.case_id) is None
        codes.add(asked(desk, opened.case_id)[0].code)
    assert len(codes) == 39


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"typology": "extortion"}, "extortion"),
        ({"signals": ("family_risk",)}, "family_risk"),
        ({"guardians": ()}, "no_guardian"),
        ({"guardians": (guardian(linked=True),)}, "linked"),
        ({"guardians": (guardian(minor=True),)}, "minor"),
        ({"guardians": (guardian(accounts=("a_1",)),)}, "payee"),
        ({"payee": Payee(name="Wong", account="a_1", phone="9888 0001")}, "payee"),
        ({"payee": Payee(name=" lin ", account="a_1")}, "payee"),
        ({"phone": DAUGHTER}, "customers_number"),
        ({"alternates": (someone(DAUGHTER, "u_1"),)}, "customers_number"),
        ({"guardians": (replace(guardian(), consented_at=None),)}, "no_consent"),
        ({"guardians": (replace(guardian(), consented_at=T0 - timedelta(days=6, hours=23)),)}, "too_new"),
        ({"guardians": (replace(guardian(), number=Number(e164=DAUGHTER, region="CN", line_type="mobile")),)},
         "sms_one_way_and_template_bound"),
        ({"guardians": (replace(guardian(), number=Number(e164=DAUGHTER, region="SG", line_type="fixed_line")),)},
         "sms_not_to_this_kind_of_line"),
        ({"guardians": (replace(guardian(), number=Number(e164=DAUGHTER, region="FR", line_type="mobile")),)},
         "sms_destination_refused"),
    ],
)  # fmt: skip
def test_a_guardian_who_may_not_be_asked_is_left_out_with_the_reason(
    desk: Desk, event: dict[str, Any], reason: str
) -> None:
    opened = desk.flag(1, **{"guardians": (guardian(),), **event})
    assert asks(desk, opened.case_id) == reason
    assert not asked(desk, opened.case_id)
    assert not texts(desk, opened.case_id)
    assert desk.timeline(opened.case_id)[-1]["reason"] == reason


def test_the_next_guardian_is_asked_when_the_first_is_left_out(desk: Desk) -> None:
    opened = desk.flag(1, guardians=(guardian(linked=True), guardian(SON, "g_2")))
    assert asks(desk, opened.case_id) is None
    assert [sms.phone for sms in texts(desk, opened.case_id)] == [SON]
    assert reasons(desk, opened.case_id) == ["linked", "linked"], "when the event came, and when we asked"


def test_a_payee_who_comes_with_a_later_transfer_is_no_guardian_any_more(desk: Desk) -> None:
    opened = desk.flag(1, guardians=(guardian(),), customer_id="u_1")
    desk.flag(2, customer_id="u_1", phone="+6590000001", payee=Payee(name="L", account="x", phone=DAUGHTER))
    assert asks(desk, opened.case_id) == "payee"


def test_a_warning_in_a_later_event_bars_a_guardian_and_the_family(desk: Desk) -> None:
    opened = desk.flag(1, guardians=(guardian(),), customer_id="u_1")
    desk.flag(2, customer_id="u_1", phone="+6590000001", guardians=(guardian(linked=True),))
    assert asks(desk, opened.case_id) == "linked"
    desk.flag(3, customer_id="u_1", phone="+6590000001", signals=("family_risk",))
    assert asks(desk, opened.case_id) == "family_risk"


def test_another_number_for_a_guardian_whom_only_events_name_carries_no_weight_for_a_week(desk: Desk) -> None:
    first = desk.flag(1, customer_id="u_1", guardians=(guardian(),)).case_id
    desk.on(first, T0, lambda file: file.move(CaseEvent.SETTLE))

    def asked_in_a_case_of(day: int) -> str | None:
        now = T0 + timedelta(days=day)
        case_id = desk.flag(day, now, customer_id="u_1", guardians=(guardian(SON),)).case_id
        reason = asks(desk, case_id, now)
        desk.on(case_id, now, lambda file: file.move(CaseEvent.SETTLE))
        return reason

    assert [asked_in_a_case_of(day) for day in (3, 9, 11)] == ["too_new", "too_new", None]


@pytest.mark.parametrize("where", ["in the first event", "in a joining one", "in one about a known payment"])
def test_a_family_that_may_be_the_danger_is_remembered_with_the_customer(desk: Desk, where: str) -> None:
    risk: dict[str, Any] = {"signals": ("family_risk",)}
    opened = desk.flag(1, customer_id="u_1", **(risk if where == "in the first event" else {}))
    if where == "in a joining one":
        desk.flag(2, customer_id="u_1", **risk)
    elif where == "in one about a known payment":
        desk.flag(2, customer_id="u_1", transfer_id=opened.transfer_id, **risk)
    desk.on(opened.case_id, T0, lambda file: file.move(CaseEvent.SETTLE))
    later = desk.flag(3, T0 + timedelta(days=3), customer_id="u_1", guardians=(guardian(),))
    assert later.case_id != opened.case_id
    assert asks(desk, later.case_id, T0 + timedelta(days=3)) == "family_risk"


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"state": GuardianState.INVITED, "confirmed_at": None}, "guardian_invited"),
        ({"state": GuardianState.PAUSED}, "guardian_paused"),
        ({"state": GuardianState.LEFT}, "guardian_left"),
        ({"minor": True}, "minor"),
        ({"linked": True}, "linked"),
        ({"number_since": T0 - timedelta(days=6)}, "too_new"),
        ({"confirmed_at": T0 - timedelta(days=6)}, "too_new"),
        ({}, None),
    ],
)
def test_the_banks_standing_entry_decides(desk: Desk, entry: dict[str, Any], reason: str | None) -> None:
    """The bank's list also decides when the event names the same guardian with old consent."""
    opened = desk.flag(1, customer_id="u_1", guardians=(guardian(),))
    enrol(desk, **entry)
    assert asks(desk, opened.case_id) == reason


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"state": GuardianState.LEFT}, "guardian_left"),
        ({"state": GuardianState.PAUSED}, "guardian_paused"),
        ({"linked": True}, "linked"),
        ({"minor": True}, "minor"),
        ({"state": GuardianState.REMOVED}, "guardian_removed"),
        ({}, None),
    ],
)
def test_the_banks_standing_entry_decides_by_number_whatever_id_the_event_gives(
    desk: Desk, entry: dict[str, Any], reason: str | None
) -> None:
    opened = desk.flag(1, customer_id="u_1", guardians=(guardian(bank_id="crm-77"),))
    enrol(desk, **entry)
    assert asks(desk, opened.case_id) == reason


@pytest.mark.parametrize("barred", [{"linked": True}, {"minor": True}])
def test_an_events_word_against_a_guardian_counts_under_another_id_too(desk: Desk, barred: dict[str, Any]) -> None:
    opened = desk.flag(1, customer_id="u_1", guardians=(guardian(bank_id="crm-77", **barred),))
    enrol(desk)
    assert asks(desk, opened.case_id) == next(iter(barred))


def test_another_number_in_the_event_than_the_one_we_know_is_not_written_to(desk: Desk) -> None:
    opened = desk.flag(1, customer_id="u_1", guardians=(guardian("+6590009999"),))
    enrol(desk)
    assert asks(desk, opened.case_id) is None
    assert [sms.phone for sms in texts(desk, opened.case_id)] == [DAUGHTER]


def test_an_enrolled_guardians_account_is_compared_with_the_payees(desk: Desk) -> None:
    opened = desk.flag(1, customer_id="u_1")
    enrol(desk, accounts=(desk.run(lambda unit: unit.index("account", "a_1")),))
    assert asks(desk, opened.case_id) == "payee"


def test_a_change_that_waits_leaves_the_old_entry_without_weight(desk: Desk) -> None:
    opened = desk.flag(1, customer_id="u_1")
    enrol(desk)
    change = Change(customer_id=CustomerId("u_1"), guardian_id=GuardianId("g_1"), due_at=T0 + 72 * HOUR, wanted=None)
    desk.run(lambda unit: unit.guardians.wait(change))
    assert asks(desk, opened.case_id) == "changing"


def test_a_guardian_who_wants_no_texts_gets_none(desk: Desk) -> None:
    opened = desk.flag(1, guardians=(guardian(),))
    desk.run(lambda unit: unit.do_not_call.add(unit.index("number", DAUGHTER), Channel.SMS, "stop", T0))
    assert asks(desk, opened.case_id) == "opted_out"


def test_no_guardian_is_asked_about_a_case_that_is_over(desk: Desk) -> None:
    opened = desk.flag(1, guardians=(guardian(),), amount=Decimal(10), phone="+6590000077")
    desk.teach(opened.case_id, said(Outcome.CONSISTENT, opened.transfer_id, T0, 1), T0)
    desk.on(opened.case_id, T0 + 20 * MINUTE, settle_file)
    assert asks(desk, opened.case_id, T0 + 21 * MINUTE) == "nothing_pending"


def test_at_night_only_a_critical_case_writes_at_once(desk: Desk) -> None:
    high = desk.flag(1, NIGHT, guardians=(guardian(),), tier=Tier.HIGH)
    critical = desk.flag(2, NIGHT, guardians=(guardian(SON, "g_2"),), tier=Tier.CRITICAL)
    short = desk.flag(3, NIGHT, guardians=(guardian("+6598880003", "g_3"),), hold_max=NIGHT + HOUR)
    assert asks(desk, high.case_id, NIGHT) == "quiet_hours", "held until eight hours from now, day begins in seven"
    assert asks(desk, critical.case_id, NIGHT) is None
    assert texts(desk, critical.case_id)[0].due_at == NIGHT
    assert "quiet_hours_overridden" in [row["kind"] for row in desk.timeline(critical.case_id)]
    assert asks(desk, short.case_id, NIGHT) == "quiet_hours"


def test_a_prompt_that_waits_for_the_morning(desk: Desk) -> None:
    opened = desk.flag(1, NIGHT, guardians=(guardian(),), tier=Tier.HIGH, hold_max=NIGHT + 48 * HOUR)
    assert asks(desk, opened.case_id, NIGHT) is None
    assert texts(desk, opened.case_id)[0].due_at == NIGHT + 7 * HOUR


@pytest.mark.parametrize(("tier", "waits"), [(Tier.CRITICAL, False), (Tier.HIGH, True)])
@pytest.mark.parametrize("again", [True, False])
def test_a_prompt_that_waits_for_the_morning_goes_out_when_the_case_becomes_critical(
    desk: Desk, tier: Tier, waits: bool, again: bool
) -> None:
    flagged: dict[str, Any] = {"customer_id": "u_1", "hold_max": NIGHT + 48 * HOUR, "minutes": 60}
    opened = desk.flag(1, NIGHT, guardians=(guardian(),), tier=Tier.MEDIUM, **flagged)
    assert asks(desk, opened.case_id, NIGHT) is None
    later = NIGHT + MINUTE
    event: dict[str, Any] = {"n": 1, "event_id": "again", "content_hash": "other"} if again else {"n": 2}
    desk.flag(now=later, tier=tier, **flagged, **event)
    assert ("message" in desk.wakes) is not waits
    [sms], [confirmation] = texts(desk, opened.case_id), asked(desk, opened.case_id)
    assert sms.due_at == (NIGHT + 7 * HOUR if waits else later)
    assert confirmation.due_at == sms.due_at + POLICY.messages.remind_after


def test_a_prompt_does_not_wait_for_the_morning_when_a_case_in_review_becomes_critical(desk: Desk) -> None:
    flagged = {"customer_id": "u_1", "hold_max": NIGHT + 48 * HOUR}
    opened = desk.flag(1, NIGHT, guardians=(guardian(),), tier=Tier.MEDIUM, minutes=5, **flagged)
    assert asks(desk, opened.case_id, NIGHT) is None
    desk.on(opened.case_id, NIGHT + 5 * MINUTE, settle_file)
    later = NIGHT + 7 * MINUTE
    assert desk.flag(2, later, tier=Tier.CRITICAL, **flagged).case_id != opened.case_id
    assert [s.due_at for s in texts(desk, opened.case_id) if s.kind is SmsKind.PROMPT] == [later]


def test_a_policy_without_guardians_asks_no_guardian() -> None:
    desk = Desk(replace(POLICY, messages=Messages(max_guardians_per_case=0, destinations=POLICY.messages.destinations)))
    opened = desk.flag(1, guardians=(guardian(),))
    assert asks(desk, opened.case_id) == "enough_asked"
