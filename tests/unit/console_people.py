"""Console users for stories about reviews."""

from __future__ import annotations

from typing import Any

from tests.unit.builders import T0
from tests.unit.desk import Desk
from wakeup.domain.ids import CaseId
from wakeup.domain.review import Reason, Review
from wakeup.domain.staff import PersonId, Staff, StaffId, StaffRole
from wakeup.usecases.review.review import Order, claim


def a_staff(name: str, role: StaffRole = StaffRole.SUPERVISOR, **changes: Any) -> Staff:
    usual: dict[str, Any] = {
        "id": StaffId(f"usr_{name}"),
        "name": name,
        "person": PersonId(f"p_{name}"),
        "role": role,
        "password_hash": "$none",
        "made_at": T0,
    }
    return Staff(**{**usual, **changes})


def hire(desk: Desk, *people: Staff) -> None:
    for one in people:
        desk.run(lambda unit, member: unit.staff.add(member), one)


def review_of(desk: Desk, case_id: CaseId) -> Review:
    return desk.run(lambda unit: unit.reviews.get(case_id)) or Review(case_id=case_id)


def order(desk: Desk, name: str, case_id: CaseId, reason: Reason | None = None, text: str = "", **more: Any) -> Order:
    """An order by a user who sees the case as it is now, unless told otherwise."""
    version = more.pop("version", review_of(desk, case_id).version)
    seen = more.pop("seen", None)
    return Order(
        staff_id=StaffId(f"usr_{name}"), case_id=case_id, version=version, reason=reason, text=text, seen=seen
    )  # fmt: skip


def take(desk: Desk, name: str, case_id: CaseId, now: Any = T0) -> Review:
    return desk.run(claim, order(desk, name, case_id), now)
