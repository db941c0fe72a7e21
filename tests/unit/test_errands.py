"""What a call is for: a guardian's own appointment is no call to join a conference."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import ClassVar

import pytest

from tests.unit.agents_at_desk import comes_to_work, listens, on_the_line, takes_it, waits
from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import a_staff, hire, order
from tests.unit.desk import Desk
from tests.unit.guardian_steps import DAUGHTER, SON, guardian
from tests.unit.sms_desk import SmsDesk
from tests.unit.test_appointments import appointment_of, people_wanted, promised
from tests.unit.test_call_guardian import FAMILY, calls, ends, flagged, theirs
from tests.unit.test_recording_flags import CONVERSATION, a_talk
from wakeup.domain.attempt import Attempt, AttemptState, Errand
from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.outcome import Contact, Disposition
from wakeup.domain.review import Reason
from wakeup.domain.staff import StaffRole
from wakeup.domain.transfer import Tier
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.input_nodes import Conference
from wakeup.ivr.turn import ConferenceStatus, Input, MeetingNews, Silence
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.appointments import plan_appointment
from wakeup.usecases.conversation.conference_call import conference_input, ring_for_company
from wakeup.usecases.desk.bring_guardian import bring_guardian
from wakeup.usecases.desk.reach_out import take_over
from wakeup.usecases.inputs import Number, Person

AT = T0 + 25 * MINUTE


def guardian_asks_for_another_call(desk: SmsDesk, *guardians: Person) -> tuple[CaseId, Attempt]:
    """No colleague was free, so the guardian was told when they will be called again."""
    case_id = flagged(desk, minutes=240, guardians=guardians)
    assert calls(desk, case_id) is None
    [first] = theirs(desk, case_id)
    desk.on(case_id, T0 + 11 * MINUTE, lambda file: plan_appointment(file, first))
    ends(desk, case_id, first, 11 * MINUTE, disposition=Disposition.ANSWERED, contact=Contact.GUARDIAN)
    _, appointment = theirs(desk, case_id)
    assert (appointment.promised, appointment.due_at) == (True, AT)
    return case_id, appointment


class OneConference:
    """A speaker whose script is a single conference node."""

    nodes: ClassVar = {
        "meeting": Conference(
            who="guardian", prompts=("p",), waiting="p", joining="p", ended="n", left="n", failed="n", nobody_came="n",
            limit="n", nobody_ready="n",
        ),
    }  # fmt: skip

    def pinned(self, _conversation: Conversation) -> SimpleNamespace:
        return SimpleNamespace(script=self)


def who_comes(desk: Desk, case_id: CaseId, now: datetime) -> ConferenceStatus:
    """What a silent customer hears at the conference node of their call."""

    def waits_for_company(file: CaseFile) -> Input:
        [own, *_] = file.unit.attempts.of_case(case_id)
        return conference_input(file, own, a_talk(), Silence(), replace(CONVERSATION, node="meeting"))

    heard = desk.on(case_id, now, waits_for_company)
    assert isinstance(heard, MeetingNews)
    return heard.how


def newest(desk: Desk, case_id: CaseId) -> Attempt:
    return desk.run(lambda unit: unit.attempts.of_case(case_id))[-1]


def test_a_call_to_the_customer_is_for_the_ladder_or_an_appointment() -> None:
    desk = SmsDesk()
    case_id = promised(desk)
    own, *_ = desk.run(lambda unit: unit.attempts.of_case(case_id))
    assert own.errand is Errand.LADDER
    assert appointment_of(desk, case_id).errand is Errand.APPOINTMENT


def test_a_call_to_a_guardian_is_for_the_ladder_or_for_company() -> None:
    desk = SmsDesk()
    case_id = flagged(desk)
    own = newest(desk, case_id)
    assert calls(desk, case_id) is None
    [rung] = theirs(desk, case_id)
    desk.on(case_id, T0, lambda file: ring_for_company(file, own))
    _, company = theirs(desk, case_id)
    assert (rung.errand, company.errand) == (Errand.LADDER, Errand.COMPANY)


def test_a_call_about_a_conversation_is_for_the_agent_the_listener_or_the_guest(desk: Desk) -> None:
    comes_to_work(desk, "ada", "+6531580101")
    case_id = CaseId(desk.flag(1, guardians=(guardian(),)).case_id)
    talk = takes_it(desk, waits(desk, on_the_line(desk, case_id)))
    assert talk.offer is not None
    assert desk.run(lambda unit: unit.attempts.get(AttemptId(talk.offer or ""))).errand is Errand.AGENT
    comes_to_work(desk, "sue", "+6531580109", StaffRole.SUPERVISOR)
    listens(desk, "sue", talk)
    assert newest(desk, case_id).errand is Errand.LISTENER
    desk.run(bring_guardian, order(desk, "ada", case_id), T0, agreed=True)
    assert newest(desk, case_id).errand is Errand.GUEST


def test_a_guardians_own_appointment_is_no_call_for_company() -> None:
    desk = SmsDesk()
    _, appointment = guardian_asks_for_another_call(desk, *FAMILY)
    assert appointment.errand is Errand.APPOINTMENT


def test_a_guardian_who_misses_their_appointment_gives_way_to_the_next() -> None:
    """As after any call that a guardian does not answer. No customer is waiting on the line for them."""
    desk = SmsDesk()
    case_id, appointment = guardian_asks_for_another_call(desk, *FAMILY)
    ends(desk, case_id, appointment, AT - T0)
    *_, then = theirs(desk, case_id)
    assert (then.state, then.promised, then.due_at) == (AttemptState.PLANNED, False, AT)
    assert then.number_index != appointment.number_index


def test_the_only_guardian_is_rung_again_who_misses_their_appointment() -> None:
    desk = SmsDesk()
    case_id, appointment = guardian_asks_for_another_call(desk, guardian())
    ends(desk, case_id, appointment, AT - T0)
    *_, again = theirs(desk, case_id)
    assert (again.state, again.promised, again.due_at) == (AttemptState.PLANNED, False, AT + 5 * MINUTE)
    assert again.party_id == appointment.party_id


def test_a_guardian_whose_appointment_the_phone_company_does_not_make_is_told_to_staff() -> None:
    desk = SmsDesk()
    case_id, appointment = guardian_asks_for_another_call(desk, *FAMILY)
    ends(desk, case_id, appointment, AT - T0, disposition=Disposition.FAILED)
    assert people_wanted(desk, case_id)


def test_an_appointment_for_later_keeps_no_other_guardian_from_a_customer_who_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.unit.desk.Mute", OneConference)
    desk = SmsDesk()
    case_id, appointment = guardian_asks_for_another_call(desk, *FAMILY)
    assert who_comes(desk, case_id, T0 + 12 * MINUTE) is ConferenceStatus.COMING
    *_, rung = theirs(desk, case_id)
    assert rung.promised and rung.number_index != appointment.number_index
    ends(desk, case_id, rung, 13 * MINUTE)
    assert who_comes(desk, case_id, T0 + 13 * MINUTE) is ConferenceStatus.NOBODY_CAME
    assert who_comes(desk, case_id, AT) is ConferenceStatus.COMING


def test_a_call_put_off_to_the_morning_keeps_no_other_guardian_from_a_customer_who_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.unit.desk.Mute", OneConference)
    desk = SmsDesk()
    case_id = flagged(desk, minutes=240, guardians=FAMILY)
    assert calls(desk, case_id) is None
    [first] = theirs(desk, case_id)
    desk.on(case_id, T0, lambda file: file.unit.attempts.save(replace(first, due_at=AT)))
    assert who_comes(desk, case_id, T0 + 12 * MINUTE) is ConferenceStatus.COMING
    *_, rung = theirs(desk, case_id)
    assert rung.promised and rung.number_index != first.number_index
    ends(desk, case_id, rung, 13 * MINUTE)
    assert who_comes(desk, case_id, T0 + 13 * MINUTE) is ConferenceStatus.NOBODY_CAME
    assert who_comes(desk, case_id, AT) is ConferenceStatus.COMING


@pytest.mark.parametrize(("tier", "rung"), [(Tier.HIGH, SON), (Tier.CRITICAL, DAUGHTER)])
def test_a_guardian_who_sleeps_is_woken_for_a_customer_who_waits_only_in_a_critical_case(tier: Tier, rung: str) -> None:
    """It is 02:00 in London and 10:00 in Singapore."""
    desk = SmsDesk()
    asleep = replace(guardian(), number=Number(e164=DAUGHTER, region="SG", line_type="mobile", zones="Europe/London"))
    case_id = flagged(desk, tier=tier, guardians=(asleep, guardian(SON, "g_2")))
    desk.on(case_id, T0, lambda file: ring_for_company(file, file.calls()[0]))
    [call] = theirs(desk, case_id)
    assert desk.on(case_id, T0, lambda file: file.unit.parties.get(call.party_id, file.case.customer_id).phone) == rung


def test_a_take_over_leaves_a_guardians_appointment_to_staff() -> None:
    """The take-over cancels the call, whose time the guardian had been told."""
    desk = SmsDesk()
    hire(desk, a_staff("ann", StaffRole.SUPERVISOR))
    case_id, appointment = guardian_asks_for_another_call(desk, *FAMILY)
    assert not people_wanted(desk, case_id)
    desk.run(take_over, order(desk, "ann", case_id, Reason.CONTACT_CUSTOMER), T0 + 12 * MINUTE)
    assert theirs(desk, case_id)[-1].state is AttemptState.CANCELED
    assert appointment.id == theirs(desk, case_id)[-1].id
    assert people_wanted(desk, case_id)
