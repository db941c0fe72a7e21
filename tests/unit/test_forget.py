"""What is erased, when, and what prevents it. An erased customer is found by no search and opened by no user."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import SQLModel

from tests.unit.builders import T0
from tests.unit.desk import PHONE, POLICY, Desk, wait
from wakeup.domain.attempt import AttemptState
from wakeup.domain.case import CaseEvent
from wakeup.domain.confirmation import Confirmation, Step
from wakeup.domain.errors import ConflictError, NotFoundError
from wakeup.domain.ids import AttemptId, CaseId, ConfirmationId, CustomerId, PartyId, TransferId
from wakeup.domain.party import Payee
from wakeup.domain.policy import Retention
from wakeup.domain.transfer import Transfer
from wakeup.storage.customer_rows import WITHOUT_CUSTOMER, rows_of_customer
from wakeup.storage.mapping import table_of
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.console.case_view import read_case
from wakeup.usecases.conversation.recording_retention import LOOK_AGAIN as A_DAY
from wakeup.usecases.conversation.recording_retention import begin_deletion, due_recordings, register_recording
from wakeup.usecases.guardians.enrol_guardians import Entry, put_guardians
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.personal_data.dossier import begin_export, export, hold, lift
from wakeup.usecases.personal_data.forget import LOOK_AGAIN, ObstaclesError, Overdue, erase, forget_words, overdue
from wakeup.usecases.records import CallEvent, SpokenTurn, Talk
from wakeup.usecases.repositories.erasure import Obstacle
from wakeup.usecases.repositories.texts import Received

DAY = timedelta(days=1)
MONTH, YEARS = 30 * DAY, 1000 * DAY
WHO = CustomerId("u_1")
SID = "RE" + "1" * 32
TALK = AttemptId("att_talk")


@pytest.fixture
def desk() -> Desk:
    return Desk(replace(POLICY, retention=Retention(speech=MONTH, records=YEARS)))


def flagged(desk: Desk, n: int = 1, now: datetime = T0, customer: str = WHO) -> CaseId:
    """A case with a guardian, and with something said about the guardian."""
    case_id = CaseId(desk.flag(n, now, customer_id=customer, phone=PHONE, guardians=()).case_id)

    def speak(unit: SqlUnit) -> None:
        attempt = unit.attempts.of_case(case_id)[0]
        spoken: dict[str, Any] = {"customer_id": CustomerId(customer), "attempt_id": attempt.id}
        unit.talks.add(
            Talk(**spoken, case_id=case_id, turns=1, finished=True, started_at=now, turned_at=now,
                 state='{"node": "end"}', named=())
        )  # fmt: skip
        unit.talks.add_turn(SpokenTurn(**spoken, n=1, at=now, turn='{"utterances": []}', input="speech 他说他是警察"))
        unit.records.call_event(
            CallEvent(call_sid="CA1", source="status", sequence=n, event="completed", **spoken, received_at=now,
                      raw=json.dumps({"To": PHONE}))
        )  # fmt: skip

    desk.run(speak)
    return case_id


def settle(desk: Desk, case_id: CaseId, now: datetime = T0) -> None:
    """Settle the case, so that nothing is under way any more."""

    def end(unit: SqlUnit) -> None:
        for attempt in unit.attempts.of_case(case_id):
            unit.attempts.save(replace(attempt, state=AttemptState.CANCELED, ended_at=now, check_at=None))
        unit.connection.exec_driver_sql("UPDATE outbox SET state = 'delivered'")

    desk.run(end)
    desk.on(case_id, now, lambda file: file.move(CaseEvent.SETTLE))


def due(desk: Desk, now: datetime) -> Overdue:
    return desk.run(overdue, now, 10)


def kinds(desk: Desk, case_id: CaseId) -> list[str]:
    return [row["kind"] for row in desk.timeline(case_id)]


def test_words_go_a_month_after_the_case_was_settled_and_once(desk: Desk) -> None:
    case_id = flagged(desk)
    assert not due(desk, T0 + 9 * MONTH).words, "it is not settled"
    settle(desk, case_id, T0 + DAY)
    assert due(desk, T0).next_due == T0 + DAY + MONTH
    assert not due(desk, T0 + MONTH).words
    assert not desk.run(forget_words, case_id, T0 + MONTH)
    assert due(desk, T0 + DAY + MONTH).words == [case_id]
    assert desk.run(forget_words, case_id, T0 + DAY + MONTH)
    assert not desk.run(forget_words, case_id, T0 + DAY + MONTH), "another node was quicker"
    assert not due(desk, T0 + 2 * MONTH).words
    view = desk.run(read_case, case_id, T0 + 2 * MONTH)
    assert view.talks == () and view.words_deleted == T0 + DAY + MONTH
    assert view.parties[0].phone == PHONE and view.erased is None, "who it was is known as long as the records are"
    assert kinds(desk, case_id).count("words_deleted") == 1


def test_a_case_that_is_looked_at_again_keeps_its_words(desk: Desk) -> None:
    case_id = flagged(desk)
    settle(desk, case_id)
    desk.on(case_id, T0 + DAY, lambda file: file.move(CaseEvent.REOPEN_REVIEW))
    assert not due(desk, T0 + 2 * MONTH).words
    desk.on(case_id, T0 + 2 * MONTH, lambda file: file.move(CaseEvent.SETTLE))
    assert not due(desk, T0 + 2 * MONTH).words and due(desk, T0 + 3 * MONTH).words == [case_id]


def test_a_legal_hold_keeps_words_recordings_and_the_customer(desk: Desk) -> None:
    case_id = flagged(desk)
    desk.on(case_id, T0, lambda file: register_recording(file, file.unit.attempts.of_case(case_id)[0], SID))
    settle(desk, case_id)
    desk.run(hold, WHO, "court/2026-17", "kim", T0)
    late = T0 + 2 * YEARS
    found = due(desk, late)
    assert not found.words and not found.customers and found.next_due is None
    assert not desk.run(forget_words, case_id, late)
    assert desk.run(due_recordings, late, 9).found == [SID] and not desk.run(begin_deletion, SID, late)
    with pytest.raises(ConflictError, match=r"legal_hold court/2026-17"):
        desk.run(erase, WHO, "kim", late)
    held = desk.run(read_case, case_id, late).legal_hold
    assert held is not None and held.ticket == "court/2026-17"
    desk.run(lift, WHO, "kim", late)
    assert due(desk, late).words == [case_id] and desk.run(begin_deletion, SID, late + A_DAY)


def test_a_customer_goes_years_after_their_last_case(desk: Desk) -> None:
    first = flagged(desk)
    settle(desk, first)
    desk.run(forget_words, first, T0 + MONTH)
    assert due(desk, T0 + YEARS - DAY).customers == []
    second = flagged(desk, 2, T0 + YEARS - DAY)
    found = due(desk, T0 + YEARS)
    assert not found.customers and found.next_due == T0 + YEARS + LOOK_AGAIN, "a newer case is no reason to spin"
    settle(desk, second, T0 + YEARS)
    assert not due(desk, T0 + 2 * YEARS - DAY).customers
    desk.run(forget_words, second, T0 + 2 * YEARS)
    assert due(desk, T0 + 2 * YEARS).customers == [WHO]
    desk.run(erase, WHO, "retention", T0 + 2 * YEARS)
    assert due(desk, T0 + 9 * YEARS) == Overdue(words=[], customers=[], next_due=None)


def test_a_customer_whose_guardian_is_newer_keeps_them(desk: Desk) -> None:
    """The bank does not name guardians with each event. Without the list, the next event would find none to ask."""
    case_id, late = flagged(desk), T0 + YEARS + MONTH
    settle(desk, case_id)
    desk.run(forget_words, case_id, T0 + MONTH)
    assert due(desk, late).customers == [WHO]
    desk.run(put_guardians, WHO, [an_entry()], late - DAY)
    assert due(desk, late).customers == [], "erasing would take away who was named yesterday"
    assert due(desk, late + YEARS).customers == [WHO]
    desk.run(put_guardians, WHO, [], late)
    assert due(desk, late).customers == [WHO], "there is nobody to lose"


def an_entry() -> Entry:
    return Entry(
        id="g_1", phone="+6598765432", region="SG", line_type="mobile", name="Lin", relation="child", locale="en",
        minor=False, linked=False, rank=1, accounts=(), agreed_at=None, agreed_channel="", agreed_wording="",
        confirmed_at=None, confirmed_channel="", confirmed_wording="", zone="Asia/Singapore", ward="Mei",
    )  # fmt: skip


def test_while_staff_have_to_act_no_customer_is_erased(desk: Desk) -> None:
    case_id = flagged(desk)
    before = desk.timeline(case_id)
    with pytest.raises(ObstaclesError) as refused:
        desk.run(erase, WHO, "kim", T0)
    assert {what for what, _ in refused.value.found} == {Obstacle.CASE_NOT_SETTLED, Obstacle.CALL_NOT_OVER}
    assert case_id in str(refused.value)
    desk.on(case_id, T0, lambda file: file.move(CaseEvent.SETTLE))
    with pytest.raises(ConflictError, match="call_not_over"):
        desk.run(erase, WHO, "kim", T0)
    assert desk.timeline(case_id)[: len(before)] == before and desk.run(read_case, case_id, T0).parties
    with pytest.raises(NotFoundError):
        desk.run(erase, CustomerId("nobody"), "kim", T0)


@pytest.mark.parametrize("gone", ["allowed", "released"])
def test_a_guardian_who_may_still_answer_about_a_payment_that_left_keeps_the_customer(desk: Desk, gone: str) -> None:
    case_id = flagged(desk)
    settle(desk, case_id)
    desk.run(lambda unit: ask(unit, case_id))
    desk.run(lambda unit: unit.connection.exec_driver_sql(f"UPDATE transfers SET state = '{gone}', act_at = NULL"))
    with pytest.raises(ConflictError, match="guardian_may_answer cnf_1"):
        desk.run(erase, WHO, "kim", T0)
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE confirmations SET code = NULL"))
    assert desk.run(erase, WHO, "kim", T0).cases == 1


def ask(unit: SqlUnit, case_id: CaseId) -> None:
    unit.confirmations.add(
        Confirmation(
            id=ConfirmationId("cnf_1"), customer_id=WHO, number_index="n", case_id=case_id, party_id=PartyId("p"), n=1,
            code="42", why="rung", asked_at=T0, due_at=T0, expires_at=T0, step=Step.REMIND,
        )
    )  # fmt: skip


def test_a_customer_who_was_talked_out_of_it_days_ago_is_remembered_for_that_long(desk: Desk) -> None:
    case_id = flagged(desk)
    settle(desk, case_id)
    until = T0 + 3 * DAY

    def shake(unit: SqlUnit) -> None:
        customer = unit.customers.lock(WHO)
        assert customer is not None
        unit.customers.save(replace(customer, shaken_until=until))

    desk.run(shake)
    with pytest.raises(ConflictError, match="shaken u_1"):
        desk.run(erase, WHO, "kim", until - timedelta(seconds=1))
    assert desk.run(erase, WHO, "kim", until).cases == 1


def test_a_decision_the_core_has_not_heard_keeps_its_customer(desk: Desk) -> None:
    case_id = flagged(desk)
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE transfers SET state = 'held'"))
    settle(desk, case_id)
    for state, stands in (("due", True), ("dead", True), ("superseded", False)):
        desk.run(message, state)
        if stands:
            with pytest.raises(ConflictError, match="message_not_delivered msg_1"):
                desk.run(erase, WHO, "kim", T0)
    assert desk.run(erase, WHO, "kim", T0).cases == 1


def message(unit: SqlUnit, state: str) -> None:
    unit.connection.exec_driver_sql("DELETE FROM outbox")
    unit.connection.exec_driver_sql(
        "INSERT INTO outbox (id, transfer_id, case_id, decision_id, sequence, state, tries, due_at, late_at)"
        " VALUES ('msg_1', 't_1', 'c', 'd', 1, ?, 0, '2026-01-01 00:00:00', '2026-01-01 00:00:00')",
        (state,),
    )


def everything(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    def read(unit: SqlUnit) -> dict[str, list[tuple[Any, ...]]]:
        return {
            table.name: [tuple(row) for row in unit.connection.exec_driver_sql(f"SELECT * FROM {table.name}")]
            for table in SQLModel.metadata.sorted_tables
        }

    return desk.run(read)


def test_an_erased_customer_is_found_by_no_search_and_opened_by_no_key(desk: Desk) -> None:
    case_id, other = flagged(desk), flagged(desk, 2, customer="u_2")
    settle(desk, case_id)
    settle(desk, other)
    index = desk.run(lambda unit: unit.index("number", PHONE))
    seen = desk.run(read_case, other, T0)
    assert desk.run(erase, WHO, "kim", T0 + DAY).cases == 1
    left = everything(desk)
    mine = [row for rows in left.values() for row in rows if WHO in row or case_id in row]
    assert mine and not [row for row in mine if index in row], "no keyed hash of the number is left with them"
    assert not [row for row in mine if any(isinstance(cell, bytes) and cell for cell in row)], "nothing is sealed"
    view = desk.run(read_case, case_id, T0 + DAY)
    assert (
        view.erased == T0 + DAY and not view.parties and not view.talks and view.transfers[0].payee == Payee(account="")
    )
    assert view.timeline and view.transfers[0].decisions, "what was decided stays"
    assert desk.run(read_case, other, T0) == seen, "nobody else loses anything"
    [(_, _, note)] = desk.run(lambda unit: unit.admin.newest(1))
    assert (note.kind, note.by, note.data["customer"]) == ("customer_erased", "kim", WHO)
    with pytest.raises(NotFoundError):
        desk.run(erase, WHO, "kim", T0 + DAY)
    with pytest.raises(NotFoundError):
        desk.run(begin_export, WHO, "kim", T0 + DAY)


def test_an_erased_customer_who_is_cheated_again_is_protected_like_any_other(desk: Desk) -> None:
    old = flagged(desk)
    settle(desk, old)
    desk.run(erase, WHO, "kim", T0 + DAY)
    new = CaseId(desk.run(open_case, wait(7, T0 + 2 * DAY, customer_id=WHO, phone=PHONE), T0 + 2 * DAY).case_id)
    assert new != old and desk.decisions(TransferId("t_7"))
    view = desk.run(read_case, new, T0 + 2 * DAY)
    assert view.parties[0].phone == PHONE and view.erased is None
    assert desk.run(read_case, old, T0 + 2 * DAY).erased == T0 + DAY, "the old case stays forgotten under the new key"
    assert not desk.run(lambda unit: unit.parties.of_case(unit.cases.lock(old)))
    with pytest.raises(NotFoundError):
        desk.run(lambda unit: unit.transfers.payee(desk_transfer(unit, "t_1")))


def desk_transfer(unit: SqlUnit, transfer_id: str) -> Transfer:
    found = unit.transfers.get(TransferId(transfer_id))
    assert found is not None
    return found


def test_recordings_of_an_erased_customer_are_deleted_at_once(desk: Desk) -> None:
    case_id = flagged(desk)
    desk.on(case_id, T0, lambda file: register_recording(file, file.unit.attempts.of_case(case_id)[0], SID))
    settle(desk, case_id)
    assert desk.run(erase, WHO, "kim", T0 + DAY).recordings == 1
    assert "retention" in desk.wakes
    assert desk.run(due_recordings, T0 + DAY, 9).found == [SID] and desk.run(begin_deletion, SID, T0 + DAY)


def test_the_dossier_holds_every_row_opened_and_no_key(desk: Desk) -> None:
    case_id = flagged(desk)
    flagged(desk, 2, customer="u_2")
    desk.run(begin_export, WHO, "kim", T0)
    found = desk.run(export, WHO).tables
    assert {"customers", "cases", "transfers", "parties", "attempts", "talks", "turns", "call_events"} <= set(found)
    [party] = found["parties"]
    assert party["phone"] == PHONE and "number_index" not in party
    assert found["turns"][0]["input"] == "speech 他说他是警察" and found["talks"][0]["state"] == {"node": "end"}
    assert found["call_events"][0]["raw"] == {"To": PHONE}
    assert found["transfers"][0]["account"] == "a_1"
    assert all(row.get("case_id", case_id) == case_id for rows in found.values() for row in rows)
    assert not [row for rows in found.values() for row in rows if row.get("unreadable")]
    assert not [name for rows in found.values() for row in rows for name in row if name.endswith(("_index", "_key"))]
    [(_, _, note)] = desk.run(lambda unit: unit.admin.newest(1))
    assert note.kind == "customer_exported"


def test_no_code_is_in_the_dossier_and_words_stay_as_they_were_written(desk: Desk) -> None:
    case_id = flagged(desk)
    words = "[NaN, 7.10]"

    def write(unit: SqlUnit) -> None:
        text: dict[str, Any] = {"customer_id": WHO, "number_index": "n"}
        unit.texts.receive(Received(message_sid="SM1", received_at=T0, taken_as="other_code", body=words, **text))
        ask(unit, case_id)

    desk.run(write)
    found = desk.run(export, WHO).tables
    assert found["replies"][0]["body"] == words
    assert "code" not in found["confirmations"][0] and "call_code" not in found["attempts"][0]


def test_a_row_that_cannot_be_opened_is_shown_as_unreadable(desk: Desk) -> None:
    flagged(desk)
    desk.run(lambda unit: unit.connection.exec_driver_sql("UPDATE transfers SET sealed = x'00'"))
    assert desk.run(export, WHO).tables["transfers"][0]["unreadable"] is True


def test_every_table_belongs_to_customers_or_to_no_person() -> None:
    with_customer, without = (
        {table.name for table in rows_of_customer()},
        {table_of(row).name for row in WITHOUT_CUSTOMER},
    )
    assert with_customer | without == set(SQLModel.metadata.tables) and not with_customer & without


@pytest.mark.parametrize("ticket", ["", "Mei Chen", "a" * 41, "案件1"])
def test_a_ticket_has_no_room_for_a_name(desk: Desk, ticket: str) -> None:
    flagged(desk)
    with pytest.raises(ConflictError, match="ticket"):
        desk.run(hold, WHO, ticket, "kim", T0)


def test_a_hold_begins_and_ends_once(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        desk.run(hold, WHO, "c-1", "kim", T0)
    flagged(desk)
    desk.run(hold, WHO, "c-1", "kim", T0)
    with pytest.raises(ConflictError):
        desk.run(hold, WHO, "c-2", "kim", T0)
    desk.run(lift, WHO, "kim", T0)
    with pytest.raises(ConflictError):
        desk.run(lift, WHO, "kim", T0)
    log = [note.kind for _, _, note in desk.run(lambda unit: unit.admin.newest(2))]
    assert log == ["legal_hold_ended", "legal_hold_begun"]
