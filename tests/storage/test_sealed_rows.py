"""Rows that an earlier version sealed are read by every later one, and their words have the same form and place."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

from tests.unit.builders import T0, a_transfer
from tests.unit.desk import POLICY, Desk, dependencies
from wakeup.domain.guardian import Guardian
from wakeup.domain.ids import AttemptId, CaseId, CustomerId, GuardianId, PartyId, SmsId
from wakeup.domain.party import Party, Payee, Role
from wakeup.domain.review import Act, ReviewAct
from wakeup.domain.sms import Sms, SmsKind
from wakeup.domain.staff import PersonId, StaffId
from wakeup.domain.transfer import Tier
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.records import CallEvent, Customer, SpokenTurn, Talk
from wakeup.usecases.repositories.guardians import Change
from wakeup.usecases.repositories.texts import Received, SmsEventRecord

EARLIER = {
    (table, row_id): b64decode(sealed)
    for table, row_id, sealed in map(str.split, (Path(__file__).parent / "sealed_rows.txt").read_text().splitlines())
}
"""What an earlier version stored: the wrapped key of the customer, and the sealed words of one row of each table."""
WRAPPED = EARLIER.pop(("customers", "u_1"))
MEI, CASE, CALL = CustomerId("u_1"), CaseId("case_1"), AttemptId("att_1")
TRANSFER, PAYEE = a_transfer(), Payee(name="王", account="001-2", phone="9123 4567")
PARTY = Party(
    id=PartyId("pty_1"), case_id=CASE, role=Role.CUSTOMER, phone="+6591234567", number_index="n", region="SG",
    line_type="mobile", name="美",
)  # fmt: skip
GUARDIAN = Guardian(
    customer_id=MEI, id=GuardianId("g_1"), rank=1, phone="+6598880001", number_index="n", region="SG",
    line_type="mobile", name="林", relation="daughter", locale="en", enrolled_at=T0, number_since=T0,
    accounts=("hash_1", "hash_2"),
)  # fmt: skip
CHANGE = Change(customer_id=MEI, guardian_id=GuardianId("g_1"), due_at=T0, wanted=None)
SMS = Sms(
    id=SmsId("sms_1"), kind=SmsKind.HINT, customer_id=MEI, number_index="n", region="SG", line_type="mobile",
    phone="+6598880001", body="您好", template="hint-zh-1", segments=1, due_at=T0, latest_at=T0,
)  # fmt: skip
RECEIPT = SmsEventRecord(
    message_sid="SM1", event="delivered", sms_id=SMS.id, customer_id=MEI, received_at=T0, raw='{"To":"+65"}'
)
REPLY = Received(
    message_sid="SM2", number_index="n", received_at=T0, taken_as="answer", customer_id=MEI, body="1234 不认识"
)
TALK = Talk(
    attempt_id=CALL, case_id=CASE, customer_id=MEI, turns=1, finished=True, started_at=T0, turned_at=T0,
    state='{"node": "end"}', named=(TRANSFER.id,),
)  # fmt: skip
TURN = SpokenTurn(attempt_id=CALL, customer_id=MEI, n=1, at=T0, turn='{"utterances": []}', input="speech 他说他是警察")
ACT = ReviewAct(
    id="act_1", case_id=CASE, customer_id=MEI, transfer_id=None, act=Act.NOTED, reason=None, by=StaffId("usr_ann"),
    name="ann", person=PersonId("p"), at=T0, text="rang the branch",
)  # fmt: skip
CALL_EVENT = CallEvent(
    call_sid="CA1", source="status", sequence=3, event="completed", attempt_id=CALL, customer_id=MEI, received_at=T0,
    raw='{"CallSid":"CA1"}',
)  # fmt: skip


def write(unit: SqlUnit) -> None:
    """Store one row in each table that has sealed words of a customer."""
    unit.customers.add(Customer(id=MEI, seen_at=T0, tier=Tier.MEDIUM, tier_at=T0))
    unit.transfers.add(TRANSFER, PAYEE)
    unit.parties.add([PARTY], MEI)
    unit.guardians.add(GUARDIAN)
    unit.guardians.wait(CHANGE)
    unit.texts.add(SMS)
    unit.texts.event(RECEIPT)
    unit.texts.receive(REPLY)
    unit.talks.add(TALK)
    unit.talks.add_turn(TURN)
    unit.reviews.add_act(ACT)
    unit.records.call_event(CALL_EVENT)


def test_the_rows_of_an_earlier_version_are_read() -> None:
    desk = Desk()
    desk.run(write)

    def replace_all(unit: SqlUnit) -> None:
        unit.connection.exec_driver_sql("UPDATE customers SET wrapped_key = ?", (WRAPPED,))
        for (table, _), sealed in EARLIER.items():
            unit.connection.exec_driver_sql(f"UPDATE {table} SET sealed = ?", (sealed,))

    desk.run(replace_all)

    def read(unit: SqlUnit) -> None:
        assert unit.transfers.payee(TRANSFER) == PAYEE
        assert unit.parties.get(PARTY.id, MEI) == PARTY
        assert (unit.guardians.get(MEI, GUARDIAN.id), unit.guardians.changes(MEI)) == (GUARDIAN, [CHANGE])
        assert unit.texts.get(SMS.id) == SMS
        assert (unit.talks.get(CALL, MEI), unit.talks.turn(CALL, MEI, 1)) == (TALK, TURN)
        assert unit.reviews.acts(CASE, MEI) == [ACT]

    desk.run(read)


def test_rows_are_sealed_as_an_earlier_version_sealed_them() -> None:
    desk = Desk()
    desk.run(write)
    vault = dependencies(POLICY).vault
    earlier_key = vault.customer_key("u_1", WRAPPED)

    def compare(unit: SqlUnit) -> None:
        sql = unit.connection.exec_driver_sql
        key = vault.customer_key("u_1", sql("SELECT wrapped_key FROM customers").scalar_one())
        for (table, row_id), earlier in EARLIER.items():
            sealed = sql(f"SELECT sealed FROM {table}").scalar_one()
            assert sealed != earlier
            words = vault.open(key, table, "sealed", row_id, sealed)
            assert words == vault.open(earlier_key, table, "sealed", row_id, earlier), table

    desk.run(compare)
