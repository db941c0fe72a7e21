"""The rung that calls a guardian: who is called, who never is, and what is checked again just before it rings."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire, order
from tests.unit.desk import PHONE, POLICY, take_claims
from tests.unit.guardian_steps import DAUGHTER, SON, asks, enrol, guardian, reasons
from tests.unit.sms_desk import SmsDesk
from tests.unit.test_climb import OURS, attempts, climb_until, rungs
from wakeup.domain.attempt import Attempt, AttemptState, Errand
from wakeup.domain.case import CaseEvent
from wakeup.domain.confirmation import GuardianAnswer
from wakeup.domain.guardian import GuardianState
from wakeup.domain.ids import CaseId, CustomerId, GuardianId
from wakeup.domain.outcome import Contact, Disposition
from wakeup.domain.party import CUSTOMER_ROLES, Payee, Role
from wakeup.domain.review import Reason
from wakeup.domain.rung import RungKind, RungState
from wakeup.domain.transfer import Tier
from wakeup.usecases.case.stop_calls import stop_calls
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.desk.reach_out import take_over
from wakeup.usecases.dispatch.next_ringing import plan_what_follows
from wakeup.usecases.dispatch.write_intent import Intent, write_intent
from wakeup.usecases.inputs import Number
from wakeup.usecases.intake.queries import call_status
from wakeup.usecases.ladder.call_guardian import call_guardian
from wakeup.usecases.repositories.texts import Channel
from wakeup.usecases.review.review import give_back

FAMILY = (guardian(), guardian(SON, "g_2"))


def flagged(desk: SmsDesk, **event: Any) -> CaseId:
    return desk.flag(1, **{"tier": Tier.CRITICAL, "phone": PHONE, "guardians": FAMILY, **event}).case_id


def calls(desk: SmsDesk, case_id: CaseId, now: timedelta = 10 * MINUTE) -> str | None:
    return desk.on(case_id, T0 + now, call_guardian)


def theirs(desk: SmsDesk, case_id: CaseId) -> list[Attempt]:
    """The calls that are planned to guardians."""
    ids = desk.on(
        case_id, T0,
        lambda file: {p.id for p in file.unit.parties.of_case(file.case) if p.role is Role.GUARDIAN},
    )  # fmt: skip
    return [attempt for attempt in attempts(desk, case_id) if attempt.party_id in ids]


def rings(desk: SmsDesk, case_id: CaseId, now: timedelta) -> Intent | None:
    """The guardian's phone is about to ring. Returns None if the last checks forbid it."""
    planned = {attempt.id for attempt in theirs(desk, case_id)}
    claims = desk.run(take_claims, T0 + now, 9)
    found = [desk.run(write_intent, claim, OURS, T0 + now) for claim in claims if claim.attempt_id in planned]
    return found[0]


def change(desk: SmsDesk, case_id: CaseId, **fields: Any) -> None:
    desk.on(case_id, T0, lambda file: file.update(replace(file.case, **fields)))


def test_the_rung_rings_a_guardian_who_was_asked_by_text_and_is_silent() -> None:
    desk = SmsDesk()
    case_id = flagged(desk)
    climb_until(desk, case_id, T0 + 10 * MINUTE)
    assert rungs(desk, case_id)[RungKind.TEXT_GUARDIAN] == (RungState.TAKEN, None)
    assert rungs(desk, case_id)[RungKind.CALL_GUARDIAN] == (RungState.TAKEN, None)
    [attempt] = theirs(desk, case_id)
    assert attempt.due_at == T0 + 10 * MINUTE
    intent = rings(desk, case_id, 10 * MINUTE)
    assert intent is not None
    assert intent.order.to == DAUGHTER


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"typology": "extortion"}, "extortion"),
        ({"signals": ("family_risk",)}, "family_risk"),
        ({"guardians": ()}, "no_guardian"),
        ({"guardians": (guardian(linked=True),)}, "linked"),
        ({"guardians": (guardian(minor=True),)}, "minor"),
        ({"guardians": (guardian(PHONE),)}, "customers_number"),
        ({"guardians": (replace(guardian(), consented_at=T0 - timedelta(days=6)),)}, "too_new"),
        ({"guardians": (replace(guardian(), consented_at=None),)}, "no_consent"),
        ({"payee": Payee(name="Lin", account="a")}, "none_eligible"),
    ],
)
def test_a_guardian_who_may_not_be_called_is_left_out_with_the_reason(event: dict[str, Any], reason: str) -> None:
    desk = SmsDesk()
    case_id = flagged(desk, **event)
    assert calls(desk, case_id) == reason
    assert theirs(desk, case_id) == []


def test_a_customer_who_wants_no_guardian_is_obeyed() -> None:
    desk = SmsDesk()
    case_id = flagged(desk)
    change(desk, case_id, guardian_declined=True)
    assert calls(desk, case_id) == "declined"
    assert asks(desk, case_id) == "declined"


@pytest.mark.parametrize("state", [GuardianState.PAUSED, GuardianState.LEFT, GuardianState.INVITED])
def test_the_banks_standing_entry_decides_here_too(state: GuardianState) -> None:
    desk = SmsDesk()
    case_id = flagged(desk, guardians=(guardian(),))
    enrol(desk, state=state)
    assert calls(desk, case_id) == f"guardian_{state}"


@pytest.mark.parametrize("channel", list(Channel))
def test_a_guardian_who_opted_out_is_passed_over_for_the_next(channel: Channel) -> None:
    desk = SmsDesk()
    case_id = flagged(desk)
    desk.run(lambda unit: unit.do_not_call.add(unit.index("number", DAUGHTER), channel, "stop", T0))
    assert calls(desk, case_id) is None
    assert reasons(desk, case_id) == ["opted_out"]
    intent = rings(desk, case_id, 10 * MINUTE)
    assert intent is not None
    assert intent.order.to == SON


@pytest.mark.parametrize(("answer", "reason"), [("1", "answered"), ("2", "answered"), ("3", "answered"), ("4", None)])
def test_a_guardian_who_has_answered_is_not_called_unless_they_are_unsure(answer: str, reason: str | None) -> None:
    desk = SmsDesk()
    case_id = flagged(desk, guardians=(guardian(),))
    assert asks(desk, case_id) is None
    desk.send(T0)
    [confirmation] = desk.run(lambda unit: unit.confirmations.of_case(case_id))
    desk.writes(f"{confirmation.code} {answer}", T0 + MINUTE)
    assert calls(desk, case_id) == reason


def test_a_guardian_at_ease_is_not_called_but_the_next_is() -> None:
    desk = SmsDesk()
    case_id = flagged(desk)
    assert asks(desk, case_id) is None
    desk.send(T0)
    [confirmation] = desk.run(lambda unit: unit.confirmations.of_case(case_id))
    desk.writes(f"{confirmation.code} 2", T0 + MINUTE)
    assert calls(desk, case_id) is None
    intent = rings(desk, case_id, 10 * MINUTE)
    assert intent is not None
    assert intent.order.to == SON


@pytest.mark.parametrize("answer", [GuardianAnswer.WORRIED, GuardianAnswer.AWARE, GuardianAnswer.WILL_CALL])
def test_a_guardian_who_wrote_is_still_called_for_a_customer_who_waits(answer: GuardianAnswer) -> None:
    desk = SmsDesk()
    case_id = flagged(desk, guardians=(guardian(),))
    assert asks(desk, case_id) is None
    desk.send(T0)
    assert calls(desk, case_id, timedelta()) is None
    [confirmation] = desk.run(lambda unit: unit.confirmations.of_case(case_id))
    desk.run(lambda unit: unit.confirmations.save(replace(confirmation, answer=answer, answered_at=T0)))
    [planned] = theirs(desk, case_id)
    desk.run(lambda unit: unit.attempts.save(replace(planned, errand=Errand.COMPANY)))
    assert rings(desk, case_id, MINUTE) is not None


def test_a_guardian_who_has_left_since_the_call_was_planned_is_not_called() -> None:
    desk = SmsDesk()
    case_id = flagged(desk, guardians=(guardian(),), customer_id="u_1")
    entry = enrol(desk)
    assert calls(desk, case_id, timedelta()) is None
    desk.run(lambda unit: unit.guardians.save(replace(entry, state=GuardianState.LEFT)))
    assert rings(desk, case_id, MINUTE) is None
    assert any(row.get("reason") == "guardian_left" for row in desk.timeline(case_id))


def test_each_further_ringing_is_for_the_next_guardian() -> None:
    desk = SmsDesk()
    case_id = flagged(desk)
    assert [calls(desk, case_id), calls(desk, case_id), calls(desk, case_id)] == [None, None, "none_eligible"]
    assert len({attempt.number_index for attempt in theirs(desk, case_id)}) == 2


@pytest.mark.parametrize("enrolled", ["before", "since, by another id", "never"])
@pytest.mark.parametrize("named", ["g_1", "crm-77"])
def test_a_guardian_who_wants_no_more_calls_is_called_in_no_later_case_but_may_be_texted(
    enrolled: str, named: str
) -> None:
    """They pressed star, and were told: "we will not call you about such things again"."""
    desk = SmsDesk()
    case_id = flagged(desk, customer_id="u_1")
    if enrolled == "before":
        enrol(desk)
    assert calls(desk, case_id) is None
    [call] = theirs(desk, case_id)
    desk.run(lambda unit: unit.parties.silence(call.party_id))
    if enrolled == "since, by another id":
        enrol(desk, id=GuardianId("g_9"))
    desk.on(case_id, T0 + MINUTE, lambda file: file.move(CaseEvent.SETTLE))
    later = T0 + timedelta(days=3)
    family = (guardian(bank_id=named), guardian(SON, "g_2"))
    again = desk.flag(2, later, customer_id="u_1", tier=Tier.CRITICAL, phone=PHONE, guardians=family).case_id
    assert again != case_id
    assert desk.on(again, later, call_guardian) is None
    assert reasons(desk, again) == ["opted_out"]
    [other] = theirs(desk, again)
    assert other.number_index == desk.run(lambda unit: unit.index("number", SON))
    assert asks(desk, again, later) is None
    [sms] = desk.run(lambda unit: unit.texts.of_case(again))
    assert sms.phone == DAUGHTER


def test_no_more_calls_for_the_customer_leave_those_to_the_guardian() -> None:
    desk = SmsDesk()
    case_id = flagged(desk)
    assert calls(desk, case_id, timedelta()) is None

    def opts_out(file: CaseFile) -> None:
        file.update(replace(file.case, no_calls=True))
        stop_calls(file, "opt_out", roles=CUSTOMER_ROLES)

    desk.on(case_id, T0, opts_out)
    assert {a.state for a in attempts(desk, case_id) if a not in theirs(desk, case_id)} == {AttemptState.CANCELED}
    assert rings(desk, case_id, MINUTE) is not None


@pytest.mark.parametrize(
    ("news", "reason"),
    [({"family_risk": True}, "family_risk"), ({"guardian_declined": True}, "declined")],
)
def test_a_family_risk_or_a_customers_refusal_stops_a_planned_call_to_a_guardian(
    news: dict[str, bool], reason: str
) -> None:
    desk = SmsDesk()
    case_id = flagged(desk)
    assert calls(desk, case_id, timedelta()) is None
    change(desk, case_id, **news)
    assert rings(desk, case_id, MINUTE) is None
    assert any(row["kind"] == "attempt_suppressed" and row["reason"] == reason for row in desk.timeline(case_id))


@pytest.mark.parametrize(("words", "reason"), [("STOP", "opted_out"), ("1", "answered")])
def test_a_guardians_text_stops_a_planned_call_to_them_too(words: str, reason: str) -> None:
    desk = SmsDesk()
    case_id = flagged(desk, guardians=(guardian(),))
    assert asks(desk, case_id) is None
    desk.send(T0)
    assert calls(desk, case_id, timedelta()) is None
    [confirmation] = desk.run(lambda unit: unit.confirmations.of_case(case_id))
    assert confirmation.answer is None
    if words == "STOP":
        desk.writes(words, T0)
    else:
        aware = replace(confirmation, answer=GuardianAnswer.AWARE, answered_at=T0)
        desk.run(lambda unit: unit.confirmations.save(aware))
    assert rings(desk, case_id, MINUTE) is None
    assert any(row["kind"] == "attempt_suppressed" and row["reason"] == reason for row in desk.timeline(case_id))


def test_the_customers_app_shows_nothing_of_a_call_to_a_guardian() -> None:
    desk = SmsDesk()
    case_id = flagged(desk)
    assert calls(desk, case_id, timedelta()) is None
    assert rings(desk, case_id, MINUTE) is not None
    assert not desk.run(call_status, CustomerId("u_1")).calling


def ends(desk: SmsDesk, case_id: CaseId, attempt: Attempt, now: timedelta, **how: Any) -> None:
    """The guardian's call ends."""
    over = {"state": AttemptState.ENDED, "disposition": Disposition.NO_ANSWER, "contact": Contact.NOBODY, **how}
    gone = replace(attempt, intent_at=T0 + now, ended_at=T0 + now, **over)
    desk.run(lambda unit: unit.attempts.save(gone))
    desk.on(case_id, T0 + now, lambda file: plan_what_follows(file, gone))


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"disposition": Disposition.BUSY},
        {"disposition": Disposition.REJECTED},
        {"disposition": Disposition.FAILED},
        {"disposition": Disposition.ANSWERED, "contact": Contact.VOICEMAIL},
        {"disposition": Disposition.ANSWERED, "contact": Contact.CALL_SCREENER},
        {"disposition": Disposition.ANSWERED, "contact": Contact.WRONG_NUMBER},
        {"state": AttemptState.SUPPRESSED, "disposition": Disposition.SUPPRESSED},
        {"state": AttemptState.NOT_PLACED, "disposition": Disposition.UNKNOWN},
    ],
)
def test_a_guardian_who_does_not_come_to_the_phone_gives_way_to_the_next(how: dict[str, Any]) -> None:
    desk = SmsDesk()
    case_id = flagged(desk)
    assert calls(desk, case_id) is None
    [first] = theirs(desk, case_id)
    ends(desk, case_id, first, 11 * MINUTE, **how)
    _, second = theirs(desk, case_id)
    assert second.number_index != first.number_index
    assert second.due_at == T0 + 11 * MINUTE, "at once: nobody waits five minutes for the same phone"
    intent = rings(desk, case_id, 11 * MINUTE)
    assert intent is not None
    assert intent.order.to == SON


def test_a_guardian_who_sleeps_at_this_hour_gives_way_to_the_next() -> None:
    """It is 02:00 in London and 10:00 in Singapore."""
    desk = SmsDesk()
    asleep = replace(guardian(), number=Number(e164=DAUGHTER, region="SG", line_type="mobile", zones="Europe/London"))
    case_id = flagged(desk, tier=Tier.HIGH, guardians=(asleep, guardian(SON, "g_2")))
    assert calls(desk, case_id) is None
    assert rings(desk, case_id, 11 * MINUTE) is None
    first, second = theirs(desk, case_id)
    assert (first.state, second.due_at) == (AttemptState.SUPPRESSED, T0 + 11 * MINUTE)
    intent = rings(desk, case_id, 11 * MINUTE)
    assert intent is not None and intent.order.to == SON


@pytest.mark.parametrize(("phone", "region", "rung"), [("+447911123456", "GB", False), (DAUGHTER, "SG", True)])
def test_hours_of_a_guardian_known_from_enrolment_are_those_of_their_number(
    phone: str, region: str, rung: bool
) -> None:
    """The event names no guardian. It is 02:00 in London and 10:00 in Singapore, where the customer is."""
    served = {"SG": frozenset({"mobile"}), "GB": frozenset({"mobile"})}
    desk = SmsDesk(replace(POLICY, calling=replace(POLICY.calling, destinations=served)))
    case_id = flagged(desk, tier=Tier.HIGH, guardians=())
    enrol(desk, phone=phone, region=region)
    assert calls(desk, case_id) is None
    assert (rings(desk, case_id, 11 * MINUTE) is not None) is rung
    rows = [row["reason"] for row in desk.timeline(case_id) if row["kind"] == "attempt_suppressed"]
    assert rows == ([] if rung else ["quiet_hours"])


def test_after_all_guardians_were_called_the_last_is_tried_again_later() -> None:
    desk = SmsDesk()
    case_id = flagged(desk)
    assert calls(desk, case_id) is None
    ends(desk, case_id, theirs(desk, case_id)[0], 11 * MINUTE)
    ends(desk, case_id, theirs(desk, case_id)[1], 12 * MINUTE)
    numbers = [attempt.number_index for attempt in theirs(desk, case_id)]
    assert len(numbers) == 3 and numbers[1] == numbers[2] != numbers[0]
    assert theirs(desk, case_id)[2].due_at == T0 + 17 * MINUTE


@pytest.mark.parametrize(
    ("contact", "change"),
    [
        (Contact.GUARDIAN, {}),
        (Contact.NOBODY, {"guardian_worried": True}),
        (Contact.NOBODY, {"guardian_declined": True}),
        (Contact.NOBODY, {"family_risk": True}),
    ],
)
def test_no_other_guardian_is_called_when_it_is_needless_or_forbidden(contact: Contact, change: dict[str, Any]) -> None:
    desk = SmsDesk()
    case_id = flagged(desk)
    assert calls(desk, case_id) is None
    desk.on(case_id, T0, lambda file: file.update(replace(file.case, **change)))
    [first] = theirs(desk, case_id)
    ends(desk, case_id, first, 11 * MINUTE, disposition=Disposition.ANSWERED, contact=contact)
    assert len(theirs(desk, case_id)) == 1


def test_a_guardian_who_was_rung_for_a_customer_on_the_line_is_not_replaced_behind_their_back() -> None:
    desk = SmsDesk()
    case_id = flagged(desk)
    assert calls(desk, case_id) is None
    [first] = theirs(desk, case_id)
    ends(desk, case_id, first, 11 * MINUTE, errand=Errand.COMPANY)
    assert len(theirs(desk, case_id)) == 1


def test_the_guardians_call_comes_back_with_the_case_that_was_taken_over() -> None:
    desk = SmsDesk()
    hire(desk, a_staff("ann"))
    case_id = flagged(desk, minutes=120)
    climb_until(desk, case_id, T0 + 10 * MINUTE)
    desk.run(take_over, order(desk, "ann", case_id, Reason.CONTACT_CUSTOMER), T0 + 10 * MINUTE)
    assert [call.state for call in theirs(desk, case_id)] == [AttemptState.CANCELED]
    desk.run(give_back, order(desk, "ann", case_id), T0 + 11 * MINUTE)
    assert [call.state for call in theirs(desk, case_id)] == [AttemptState.CANCELED, AttemptState.PLANNED]
