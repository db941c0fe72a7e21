"""The encrypted text of a row keeps its form: every later version reads the rows of an earlier one."""

from __future__ import annotations

import json
from datetime import datetime

from tests.unit.builders import T0
from tests.unit.desk import POLICY, Desk, dependencies
from tests.unit.enrolling import DAY, ENTRY, MEI, changes, history, puts, stands
from tests.unit.sms_desk import SmsDesk
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import GuardianId, TransferId
from wakeup.domain.party import Payee
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.repositories.guardians import Change

PAYEES = {
    '{"name":"王","account":"001-2","bank":"Star Bank","phone":"9123 4567"}': Payee(
        name="王", account="001-2", bank="Star Bank", phone="9123 4567"
    ),
    '{"name":null,"account":"001-2","bank":null,"phone":null}': Payee(account="001-2"),
}
WAITS = (
    '{"id": "g_1", "rank": 1, "phone": "+6598880001", "region": "SG", "line_type": "mobile", "zone": "Asia/Singapore", '
    '"name": "\\u6797", "relation": "daughter", "locale": "en", "minor": false, "linked": false, "accounts": ["001-234"], '
    '"agreed_at": "2026-11-20T10:00:00+08:00", "agreed_channel": "app", "agreed_wording": "guardian-terms-3", '
    '"confirmed_at": "2026-11-21T03:04:05.000060+00:00", "confirmed_channel": "branch", "confirmed_wording": "", '
    '"ward": "Mei"}'
)
LISTED = replace(
    ENTRY, name="林", agreed_at=datetime.fromisoformat("2026-11-20T10:00:00+08:00"),
    confirmed_at=datetime.fromisoformat("2026-11-21T03:04:05.000060+00:00"), confirmed_channel="branch",
)  # fmt: skip


def sealed_text(desk: Desk, table: str, row_id: str, where: str) -> str:
    """Return what the row of customer u_1 contains, as another program with the keys would read it."""

    def read(unit: SqlUnit) -> tuple[bytes, bytes]:
        sql = unit.connection.exec_driver_sql
        wrapped = sql("SELECT wrapped_key FROM customers WHERE id = 'u_1'").scalar_one()
        return wrapped, sql(f"SELECT sealed FROM {table} WHERE {where} = '{row_id}'").scalar_one()

    vault = dependencies(POLICY).vault
    wrapped, sealed = desk.run(read)
    return vault.open(vault.customer_key("u_1", wrapped), table, "sealed", row_id, sealed).decode()


def test_a_payee_is_stored_as_this_text() -> None:
    for text, payee in PAYEES.items():
        desk = Desk()
        desk.flag(1, T0, payee=payee)
        assert sealed_text(desk, "transfers", "t_1", "id") == text
        transfer = desk.transfer(TransferId("t_1"))
        assert desk.run(lambda unit, of: unit.transfers.payee(of), transfer) == payee


def test_a_waiting_change_of_a_guardian_is_stored_as_this_text() -> None:
    desk = SmsDesk()
    desk.flag(1, customer_id="u_1")
    assert puts(desk, LISTED) == {"g_1": "waits"}
    assert json.loads(sealed_text(desk, "guardian_changes", "g_1", "guardian_id")) == {"wanted": WAITS}


def test_a_change_that_waits_since_an_earlier_version_is_applied() -> None:
    desk = SmsDesk()
    desk.flag(1, customer_id="u_1")
    change = Change(customer_id=MEI, guardian_id=GuardianId("g_1"), due_at=T0 + DAY, wanted=WAITS)
    desk.run(lambda unit: unit.guardians.wait(change))
    assert changes(desk, T0 + DAY) == 1
    guardian = stands(desk)
    assert (guardian.name, guardian.confirmed_at) == ("林", LISTED.confirmed_at)
    assert history(desk) == [("ward_agreed", "customer"), ("guardian_agreed", "bank")]
    [agreed, _] = desk.run(lambda unit: unit.guardians.consents(MEI, GuardianId("g_1")))
    assert agreed.at == LISTED.agreed_at
