"""What tests about guardians share: two guardians, one asked, one enrolled, and what the timeline says of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tests.unit.builders import T0
from tests.unit.desk import Desk, someone
from wakeup.domain.confirmation import Confirmation
from wakeup.domain.guardian import Guardian, GuardianState
from wakeup.domain.ids import CaseId, CustomerId, GuardianId
from wakeup.domain.sms import Sms
from wakeup.usecases.guardians.ask_guardian import ask_guardian
from wakeup.usecases.guardians.consents import WARD_AGREED, record_consent
from wakeup.usecases.inputs import Person

DAUGHTER, SON = "+6598880001", "+6598880002"
NIGHT = T0 + timedelta(hours=15)
"""01:00 in Singapore."""


def guardian(phone: str = DAUGHTER, bank_id: str = "g_1", **changes: Any) -> Person:
    return replace(someone(phone, bank_id, "Lin"), consented_at=T0 - timedelta(days=30), locale="en", **changes)


def asks(desk: Desk, case_id: CaseId, now: datetime = T0) -> str | None:
    return desk.on(case_id, now, lambda file: ask_guardian(file, "test"))


def asked(desk: Desk, case_id: CaseId) -> list[Confirmation]:
    return list(desk.run(lambda unit: unit.confirmations.of_case(case_id)))


def texts(desk: Desk, case_id: CaseId) -> list[Sms]:
    return list(desk.run(lambda unit: unit.texts.of_case(case_id)))


def enrol(desk: Desk, customer: str = "u_1", **changes: Any) -> Guardian:
    """Enrol a long-standing guardian through the bank's list. `agreed=False`: the customer did not agree."""
    long_ago = T0 - timedelta(days=90)
    phone, agreed = changes.pop("phone", DAUGHTER), changes.pop("agreed", True)

    def work(unit: Any) -> Guardian:
        usual: dict[str, Any] = {
            "customer_id": CustomerId(customer), "id": GuardianId("g_1"), "rank": 1, "state": GuardianState.CONFIRMED,
            "phone": phone, "number_index": unit.index("number", phone), "region": "SG", "line_type": "mobile",
            "name": "Lin", "locale": "en", "enrolled_at": long_ago, "number_since": long_ago,
            "confirmed_at": long_ago,
        }  # fmt: skip
        made = Guardian(**{**usual, **changes})
        unit.guardians.add(made)
        if agreed:
            record_consent(unit, made.customer_id, made.id, WARD_AGREED, long_ago, by="customer", channel="app")
        return made

    return desk.run(work)


def reasons(desk: Desk, case_id: CaseId) -> list[str]:
    """The reasons in the timeline why guardians were passed over or left out."""
    rows = desk.timeline(case_id)
    return [row["reason"] for row in rows if row["kind"] in {"guardian_passed_over", "guardian_left_out"}]
