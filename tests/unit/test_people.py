"""Who is rung, and how patiently."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.builders import T0
from tests.unit.desk import Desk


def party(desk: Desk, case_id: Any) -> Any:
    return desk.run(lambda unit: unit.parties.of_case(unit.cases.lock(case_id))[0])


@pytest.mark.parametrize(
    ("told", "unhurried"),
    [
        ({}, False),
        ({"birth_year": T0.year - 64}, False),
        ({"birth_year": T0.year - 65}, True),
        ({"birth_year": T0.year - 30, "vulnerable": True}, True),
    ],
)
def test_the_old_and_the_vulnerable_are_given_time_and_no_year_of_birth_is_kept(
    told: dict[str, Any], unhurried: bool
) -> None:
    desk = Desk()
    assert party(desk, desk.flag(1, **told).case_id).unhurried is unhurried
