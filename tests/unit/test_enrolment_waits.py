"""Changes that the bank makes to guardians wait while a case is open."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.enrolling import DAY, ENTRY, MEI, G, changes, loose_texts, puts, stands
from tests.unit.guardian_steps import DAUGHTER, SON, asks
from tests.unit.sms_desk import SmsDesk
from tests.unit.test_warning_after_allow import news
from wakeup.domain.sms import SmsKind
from wakeup.usecases.guardians.enrol_guardians import Entry
from wakeup.usecases.inputs import TransferNews


def test_a_change_during_an_open_case_waits_and_the_old_contact_hears_of_it() -> None:
    desk = SmsDesk()
    long_ago = T0 - 30 * DAY
    puts(desk, replace(ENTRY, agreed_at=long_ago, confirmed_at=long_ago), now=T0 - 20 * DAY)
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


def test_a_guardian_who_was_added_during_an_open_case_and_is_on_the_next_list_no_more_is_not_enrolled() -> None:
    desk = SmsDesk()
    desk.flag(1, customer_id="u_1")
    assert puts(desk, ENTRY, replace(ENTRY, id="g_2", rank=2, phone=SON), now=T0 + MINUTE) == {
        "g_1": "waits",
        "g_2": "waits",
    }
    assert puts(desk, ENTRY, now=T0 + HOUR) == {"g_1": "waits", "g_2": "applied"}
    assert puts(desk, now=T0 + 2 * HOUR) == {"g_1": "applied"}
    assert changes(desk, T0 + 80 * HOUR) == 0
    assert desk.run(lambda unit: unit.guardians.of_customer(MEI)) == []
    assert loose_texts(desk) == [], "no invitation either"


@pytest.mark.parametrize("waiting", [(), (replace(ENTRY, phone=SON),)])
def test_a_list_that_is_applied_at_once_replaces_a_change_that_still_waits(waiting: tuple[Entry, ...]) -> None:
    """Otherwise the older change would be applied after the newer one."""
    desk = SmsDesk()
    puts(desk, ENTRY, now=T0 - 20 * DAY)
    opened = desk.flag(1, customer_id="u_1")
    assert puts(desk, *waiting, now=T0 + MINUTE) == {"g_1": "waits"}
    news(desk, TransferNews.CANCELLED_IN_APP, opened.transfer_id, T0 + 2 * MINUTE)
    assert puts(desk, replace(ENTRY, name="Lin Hua"), now=T0 + HOUR) == {"g_1": "applied"}
    assert changes(desk, T0 + 80 * HOUR) == 0
    assert (stands(desk).name, stands(desk).phone) == ("Lin Hua", DAUGHTER)


def test_a_removal_that_is_applied_at_once_replaces_a_change_that_still_waits() -> None:
    desk = SmsDesk()
    puts(desk, ENTRY, now=T0 - 20 * DAY)
    opened = desk.flag(1, customer_id="u_1")
    assert puts(desk, replace(ENTRY, phone=SON), now=T0 + MINUTE) == {"g_1": "waits"}
    news(desk, TransferNews.CANCELLED_IN_APP, opened.transfer_id, T0 + 2 * MINUTE)
    assert puts(desk, now=T0 + HOUR) == {"g_1": "applied"}
    assert changes(desk, T0 + 80 * HOUR) == 0
    assert stands(desk).state is G.REMOVED
