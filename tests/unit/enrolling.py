"""A bank that enrols guardians, for the stories about enrolment."""

from __future__ import annotations

from datetime import datetime

from tests.unit.builders import HOUR, T0
from tests.unit.guardian_steps import DAUGHTER
from tests.unit.sms_desk import SmsDesk
from wakeup.domain.guardian import Guardian, GuardianState
from wakeup.domain.ids import CustomerId, GuardianId
from wakeup.domain.sms import Sms
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.guardians.enrol_guardians import (
    Entry,
    GuardiansIn,
    apply_change,
    changes_due,
    put_guardians,
    replace_guardians,
)

MEI = CustomerId("u_1")
G = GuardianState
DAY = 24 * HOUR
ENTRY = Entry(
    id="g_1", rank=1, phone=DAUGHTER, region="SG", line_type="mobile", zone="Asia/Singapore", name="Lin", relation="daughter",
    locale="en", minor=False, linked=False, accounts=("001-234",), agreed_at=T0, agreed_channel="app",
    agreed_wording="guardian-terms-3", confirmed_at=None, confirmed_channel="", confirmed_wording="", ward="Mei",
)  # fmt: skip


def puts(desk: SmsDesk, *entries: Entry, now: datetime = T0) -> dict[str, str]:
    return desk.run(put_guardians, MEI, entries, now)


def sends(
    desk: SmsDesk, event_id: str, *entries: Entry, now: datetime = T0, occurred_at: datetime | None = None
) -> dict[str, str]:
    """Put the list as a message from the bank, which may arrive twice."""
    content = repr(entries)
    wanted = GuardiansIn(
        event_id=event_id, content_hash=content, customer_id=MEI, occurred_at=occurred_at or now, wanted=entries
    )  # fmt: skip
    return desk.run(replace_guardians, wanted, now)


def stands(desk: SmsDesk, identity: str = "g_1") -> Guardian:
    found = desk.run(lambda unit: unit.guardians.get(MEI, GuardianId(identity)))
    assert found is not None
    return found


def history(desk: SmsDesk, identity: str = "g_1") -> list[tuple[str, str]]:
    rows = desk.run(lambda unit: unit.guardians.consents(MEI, GuardianId(identity)))
    return [(row.kind, row.by) for row in rows]


def loose_texts(desk: SmsDesk) -> list[Sms]:
    """SMS that belong to no case."""

    def read(unit: SqlUnit) -> list[Sms]:
        found = [unit.texts.get(sms_id) for sms_id in unit.texts.due(T0 + 365 * DAY, 99)]
        return [sms for sms in found if sms is not None and sms.case_id is None]

    return desk.run(read)


def changes(desk: SmsDesk, now: datetime) -> int:
    """Apply the changes that have waited long enough. Returns how many there were."""
    due = desk.run(changes_due, now, 9).found
    for whose in due:
        desk.run(apply_change, *whose, now)
    return len(due)
