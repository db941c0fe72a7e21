"""A desk with its staff, and Hypothesis settings: property tests check what is true, not how fast the machine is."""

from __future__ import annotations

import pytest
from hypothesis import settings

from tests.unit.console_people import a_staff, hire
from tests.unit.desk import Desk
from wakeup.domain.staff import StaffRole

settings.register_profile("wakeup", deadline=None)
settings.load_profile("wakeup")


@pytest.fixture
def desk() -> Desk:
    """A desk and its staff: Ann, Ben and Cat are supervisors, Kim is an agent, and each other role has one account."""
    desk = Desk()
    hire(
        desk, a_staff("ann"), a_staff("ben"), a_staff("cat"), a_staff("kim", StaffRole.AGENT),
        a_staff("vera", StaffRole.VIEWER), a_staff("root", StaffRole.ADMIN), a_staff("aud", StaffRole.AUDITOR),
    )  # fmt: skip
    return desk
