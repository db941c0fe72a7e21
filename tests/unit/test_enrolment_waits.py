"""Changes that the bank makes to guardians wait while a case is open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.enrolling import DAY, ENTRY, G, changes, loose_texts, puts, stands
from tests.unit.sms_desk import SmsDesk
from tests.unit.test_ask_guardian import DAUGHTER, SON, asks
from wakeup.domain.sms import SmsKind


def test_a_change_during_an_open_case_waits_and_the_old_contact_hears_of_it() -> None:
    desk = SmsDesk()
    long_ago = T0 - 30 * DAY
    puts(desk, replace(ENTRY, confirmed_at=long_ago), now=T0 - 20 * DAY)
    case_id = desk.flag(1, customer_id="u_1").case_id
    assert puts(desk, replace(ENTRY, phone=SON), now=T0 + MINUTE) == {"g_1": "waits"}
    assert stands(desk).phone == DAUGHTER
    [told] = loose_texts(desk)
    assert (told.kind, told.phone) == (SmsKind.NUMBER_CHANGED, DAUGHTER)
    assert "guardian_change_waits" in [row["kind"] for row in desk.timeline(case_id)]
    assert asks(desk, case_id, T0 + 2 * MINUTE) == "changing"
    assert puts(desk, replace(ENTRY, phone=SON), now=T0 + HOUR) == {"g_1": "waits"}
    assert len(loose_texts(desk)) == 1, "said once"
    assert changes(desk, T0 + 71 * HOUR) == 0
    assert changes(desk, T0 + 73 * HOUR) == 1
    assert (stands(desk).phone, stands(desk).state) == (SON, G.INVITED)


@pytest.mark.parametrize("event", [{"typology": "extortion"}, {"signals": ("family_risk",)}])
def test_where_the_family_must_not_hear_the_old_contact_does_not_either(event: dict[str, Any]) -> None:
    """A victim of violence has the person who beats her taken off her list. He must not be told of it."""
    desk = SmsDesk()
    long_ago = T0 - 30 * DAY
    puts(desk, replace(ENTRY, confirmed_at=long_ago), now=T0 - 20 * DAY)
    case_id = desk.flag(1, customer_id="u_1", **event).case_id
    assert puts(desk, now=T0 + MINUTE) == {"g_1": "waits"}
    assert loose_texts(desk) == []
    assert "guardian_not_told" in [row["kind"] for row in desk.timeline(case_id)]


def test_a_removal_during_an_open_case_waits_too_and_may_be_taken_back() -> None:
    desk = SmsDesk()
    puts(desk, replace(ENTRY, confirmed_at=T0 - 30 * DAY), now=T0 - 20 * DAY)
    desk.flag(1, customer_id="u_1")
    assert puts(desk, now=T0 + MINUTE) == {"g_1": "waits"}
    assert puts(desk, replace(ENTRY, confirmed_at=T0 - 30 * DAY), now=T0 + HOUR) == {"g_1": "unchanged"}
    assert changes(desk, T0 + 80 * HOUR) == 0
    assert stands(desk).state is G.CONFIRMED
