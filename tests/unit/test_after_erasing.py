"""What still arrives about an erased customer is accepted, protects where it can, and stores no personal data."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.console_people import order, take
from tests.unit.desk import PHONE, Desk, said, wait
from tests.unit.test_forget import SID, WHO, an_entry, everything, flagged, settle
from wakeup.domain.case import CaseState
from wakeup.domain.ids import CallSid, CaseId, CustomerId, SmsId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.review import Reason
from wakeup.domain.sms import Sms, SmsKind
from wakeup.domain.transfer import Tier
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.conversation.call_in import Caller, ask_for_person
from wakeup.usecases.conversation.recording_consent import keep_recording
from wakeup.usecases.conversation.recording_retention import due_recordings
from wakeup.usecases.desk.reach_out import follow_up
from wakeup.usecases.guardians.enrol_guardians import put_guardians
from wakeup.usecases.idempotency import Inbound
from wakeup.usecases.inputs import MessageIn, TransferEventIn, TransferNews
from wakeup.usecases.intake.news import apply_transfer_event
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.receive_event import receive_batch
from wakeup.usecases.personal_data.forget import erase
from wakeup.usecases.review.review import add_note
from wakeup.usecases.texts.receive_reply import receive_reply
from wakeup.usecases.texts.send_texts import Sender, TextStarted, start_text

DAY = timedelta(days=1)
LATER = T0 + DAY


def erased(desk: Desk, ended: str = "refused") -> CaseId:
    case_id = flagged(desk)
    desk.run(lambda unit: unit.connection.exec_driver_sql(f"UPDATE transfers SET state = '{ended}', act_at = NULL"))
    settle(desk, case_id)
    desk.run(erase, WHO, "kim", LATER)
    return case_id


def again(n: int = 1, **changes: Any) -> Any:
    return replace(wait(n, LATER, customer_id=WHO, phone=PHONE, **changes), event_id="evt_again")


def erased_before(unit: SqlUnit, repository: Any, lock: str) -> None:
    """Erase the customer while the lock is awaited, as happens on PostgreSQL when the erasing transaction holds it."""
    taken = getattr(repository, lock)

    def waits(who: CustomerId) -> Any:
        setattr(repository, lock, taken)
        erase(unit, WHO, "kim", LATER)
        return taken(who)

    setattr(repository, lock, waits)


@pytest.mark.parametrize("tier", [Tier.MEDIUM, Tier.CRITICAL])
def test_another_event_about_an_old_transfer_is_answered_with_its_decision(desk: Desk, tier: Tier) -> None:
    erased(desk)
    done = desk.run(open_case, again(tier=tier), LATER)
    assert done.decision.transfer_id == TransferId("t_1")


def test_an_old_case_of_an_erased_customer_who_came_again_can_be_followed_up(desk: Desk) -> None:
    """What staff wrote in it was encrypted with a key that is gone."""
    case_id, at = flagged(desk), T0 + MINUTE
    desk.teach(case_id, said(Outcome.DISTRESS, TransferId("t_1"), at, 1), at)
    take(desk, "ann", case_id, at)
    desk.run(add_note, order(desk, "ann", case_id, text="her son is with her"), at)
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE transfers SET state = 'allowed', act_at = NULL"))
    settle(desk, case_id)
    desk.run(erase, WHO, "kim", LATER)
    for comes in (wait(7, LATER, customer_id=WHO, phone=PHONE), again(tier=Tier.CRITICAL)):
        desk.run(open_case, comes, LATER)
    assert desk.run(lambda unit: unit.cases.lock(case_id)).state is CaseState.IN_REVIEW
    take(desk, "ann", case_id, LATER)
    desk.run(follow_up, order(desk, "ann", case_id, Reason.OTHER, "the bank has stopped it"), LATER)
    assert desk.run(lambda unit: unit.cases.lock(case_id)).state is CaseState.SETTLED


def test_an_erased_case_is_not_shown_to_staff_again_when_the_bank_raises_its_tier_too_late(desk: Desk) -> None:
    case_id = erased(desk, "allowed")
    desk.run(open_case, again(tier=Tier.CRITICAL), LATER)
    assert "alarm:tier_raised_after_allow" in desk.wakes
    assert desk.run(lambda unit: unit.cases.lock(case_id)).state is CaseState.SETTLED


def test_a_batch_with_an_old_transfer_of_an_erased_customer_protects_all_others(desk: Desk) -> None:
    erased(desk)
    batch = [again(), wait(5, LATER), wait(6, LATER)]
    results = desk.run(receive_batch, Inbound(client="bank", webhook_id="w", body_hash="h"), batch, LATER)
    assert len(results) == 3 and desk.decisions(TransferId("t_5")) and desk.decisions(TransferId("t_6"))


@pytest.mark.parametrize("kind", ["call_started_in_app", "confirmed_in_app"])
def test_news_of_an_old_transfer_are_taken(desk: Desk, kind: str) -> None:
    erased(desk)
    news = TransferEventIn(
        event_id="evt_n",
        content_hash="h",
        transfer_id="t_1",
        kind=TransferNews(kind),
        occurred_at=LATER,
        decide_by=None,
        hold_max=None,
    )
    assert desk.run(apply_transfer_event, news, LATER).known


def test_a_recording_that_is_told_of_late_is_deleted_at_once(desk: Desk) -> None:
    case_id = flagged(desk)
    [call] = desk.run(lambda unit: unit.attempts.of_case(case_id))
    settle(desk, case_id)
    desk.run(lambda unit: unit.attempts.save(replace(unit.attempts.get(call.id), call_sid=CallSid("CA1"))))
    desk.run(erase, WHO, "kim", LATER)
    desk.run(keep_recording, call.id, "CA1", SID, 70, LATER)
    assert desk.run(due_recordings, LATER, 9).found == [SID]


def test_an_erased_customers_texts_and_calls_leave_no_keyed_hash(desk: Desk) -> None:
    case_id = flagged(desk)
    desk.run(receive_reply, MessageIn(message_sid="SM1", from_=PHONE, body="who are you", stops=False), T0)
    desk.run(ask_for_person, Caller(call_sid="CA9", from_=PHONE), T0)
    settle(desk, case_id)
    index = desk.run(lambda unit: unit.index("number", PHONE))
    desk.run(erase, WHO, "kim", LATER)
    left = [(table, row) for table, rows in everything(desk).items() for row in rows if index in row]
    assert left == []


def test_a_text_whose_customer_is_erased_while_it_waits_for_its_lock_is_not_sent(desk: Desk) -> None:
    case_id = flagged(desk)
    settle(desk, case_id)
    sms = Sms(
        id=SmsId("sms_1"), kind=SmsKind.NUMBER_CHANGED, customer_id=WHO, guardian_id=None, number_index="x.hash",
        region="SG", line_type="mobile", phone=PHONE, body="hello", template="t", segments=1, due_at=T0,
        latest_at=LATER + DAY,
    )  # fmt: skip
    desk.run(lambda unit: unit.texts.add(sms))

    def sent(unit: SqlUnit) -> TextStarted:
        erased_before(unit, unit.customers, "lock")
        return start_text(unit, Sender(account="AC", from_="+1"), sms.id, LATER)

    assert desk.run(sent).order is None
    [row] = desk.run(lambda unit: unit.connection.exec_driver_sql("SELECT state, number_index FROM sms").all())
    assert tuple(row) == ("suppressed", "")


def test_guardians_who_come_at_the_same_moment_are_kept_under_a_new_key(desk: Desk) -> None:
    case_id = flagged(desk)
    settle(desk, case_id)

    def put(unit: SqlUnit) -> dict[str, str]:
        erased_before(unit, unit.cases, "lock_unsettled")
        return put_guardians(unit, WHO, [an_entry()], LATER)

    assert desk.run(put)
    assert [g.name for g in desk.run(lambda unit: unit.guardians.of_customer(WHO))] == ["Lin"]
