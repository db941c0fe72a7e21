"""Changes of guardians that wait when the customer's key is given up: whoever the bank removed or changed is not asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.builders import HOUR, MINUTE, T0
from tests.unit.desk import someone
from tests.unit.enrolling import MEI, G, changes, puts, stands
from tests.unit.guardian_steps import DAUGHTER, SON, asks
from tests.unit.test_customer_consent import BOTH, LONG_AGO, a_case, enrolled
from tests.unit.test_lost_key import news
from tests.unit.test_one_bad_row import loses_the_key
from wakeup.usecases.guardians.enrol_guardians import Entry
from wakeup.usecases.inputs import TransferNews
from wakeup.usecases.personal_data.lost_keys import give_up_key

LATER = T0 + timedelta(hours=90)
EVENT_NAMES = replace(someone(DAUGHTER, "g_1"), consented_at=LONG_AGO)
LINKED, RENUMBERED = replace(BOTH, linked=True), replace(BOTH, phone=SON)


@pytest.mark.parametrize("listed", [(), (LINKED,), (RENUMBERED,)], ids=["removed", "linked", "another_number"])
def test_a_change_that_waited_bars_the_guardian_and_then_removes_them(listed: tuple[Entry, ...]) -> None:
    """What the bank wanted is lost, except that the entry was no longer right. Its next list says it again."""
    desk = enrolled()
    a_case(desk)
    assert puts(desk, *listed, now=T0 + MINUTE) == {"g_1": "waits"}
    loses_the_key(desk, MEI)
    assert desk.run(give_up_key, MEI, (), "kim", T0 + 2 * MINUTE) is not None
    news(desk, TransferNews.RELEASED, T0 + 3 * MINUTE)
    case_id = a_case(desk, T0 + HOUR, 2, guardians=(EVENT_NAMES,))
    assert asks(desk, case_id, T0 + HOUR) == "changing"
    changes(desk, LATER)
    assert stands(desk).state is G.REMOVED
    case_id = a_case(desk, LATER, 3, guardians=(EVENT_NAMES,))
    assert asks(desk, case_id, LATER) is not None


def test_the_banks_next_list_brings_the_guardian_back() -> None:
    desk = enrolled()
    a_case(desk)
    puts(desk, RENUMBERED, now=T0 + MINUTE)
    loses_the_key(desk, MEI)
    assert desk.run(give_up_key, MEI, (), "kim", T0 + 2 * MINUTE) is not None
    news(desk, TransferNews.RELEASED, T0 + 3 * MINUTE)
    assert puts(desk, RENUMBERED, now=T0 + HOUR) == {"g_1": "applied"}
    assert changes(desk, LATER) == 0
    assert (stands(desk).state, stands(desk).phone) == (G.CONFIRMED, SON)
    assert asks(desk, a_case(desk, LATER, 2), LATER) == "too_new"
