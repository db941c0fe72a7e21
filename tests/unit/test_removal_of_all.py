"""A bank that removes all guardians of a customer at once, and what counts as the newest list then."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.builders import MINUTE, T0
from tests.unit.enrolling import ENTRY, MEI, puts, sends
from tests.unit.guardian_steps import SON
from tests.unit.sms_desk import SmsDesk
from wakeup.domain.errors import ConflictError
from wakeup.usecases.guardians.enrol_guardians import put_guardians


def test_a_list_that_follows_a_removal_in_the_same_second_is_taken() -> None:
    """The removal counts from our clock, and banks write whole seconds."""
    desk = SmsDesk()
    sends(desk, "e_1", ENTRY, occurred_at=T0)
    at_once = T0 + MINUTE
    assert puts(desk, now=at_once + timedelta(milliseconds=400)) == {"g_1": "applied"}
    new = replace(ENTRY, id="g_2", phone=SON)
    assert sends(desk, "e_2", new, now=at_once + timedelta(seconds=1), occurred_at=at_once) == {"g_2": "applied"}


def test_a_removal_may_carry_the_banks_own_time() -> None:
    desk = SmsDesk()
    sends(desk, "e_1", ENTRY, occurred_at=T0)
    behind = T0 + MINUTE
    assert desk.run(put_guardians, MEI, (), T0 + 2 * MINUTE, behind) == {"g_1": "applied"}
    with pytest.raises(ConflictError) as refused:
        sends(desk, "e_2", ENTRY, now=T0 + 2 * MINUTE, occurred_at=T0 + timedelta(seconds=59))
    assert "2026-11-22T02:01:00Z" in str(refused.value), "the bank sees how far its clock is behind"
    assert sends(desk, "e_3", ENTRY, now=T0 + 2 * MINUTE, occurred_at=behind) == {"g_1": "applied"}
