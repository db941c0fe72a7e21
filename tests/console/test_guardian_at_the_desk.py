"""A guardian is on the line with an agent: the desk says so, and offers no reason that speaks of the customer."""

from __future__ import annotations

from tests.console.console_client import Browsers, ConsoleClient
from tests.console.test_coaching import coached
from tests.console.test_desk import comes_to_work, is_rung_for_it, takes_the_call, talks_in_a_call
from wakeup.domain.ids import CaseId
from wakeup.storage.unit_of_work import SqlUnit


def is_the_guardian(unit: SqlUnit, case_id: CaseId) -> None:
    """The call in which the agent talks goes to a guardian of the case."""
    is_rung_for_it(unit, case_id)
    talks_in_a_call(unit, case_id)
    unit.connection.exec_driver_sql(f"UPDATE attempts SET party_id = 'pty_s' WHERE case_id = '{case_id}'")


async def test_the_desk_says_that_a_guardian_is_on_the_line(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag(held=False)
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    kim = browsers()
    await kim.sign_in("kim")
    page = await kim.get("/console/desk")
    assert "Not the customer" not in page.plain and 'value="customer_reached"' in page.text
    assert "I verified that it was the customer" in page.plain
    await console.store.run(is_the_guardian, case_id)
    page = await kim.get("/console/desk")
    assert "Not the customer: a guardian." in page.plain and "say nothing of a payment" in page.plain
    assert "林小明" not in page.text, "names are masked"
    assert 'value="not_the_customer"' in page.text
    for reached in ('value="customer_reached"', 'value="warned"', "I verified that it was the customer"):
        assert reached not in page.text
    wish = {**page.hidden("outcome"), "outcome": "dissuaded", "reason": "warned", "text": "her son told me"}
    refused = await kim.post(f"/console/desk/{case_id}/outcome", wish)
    assert refused.status == 409 and "the customer was not on the line" in refused.plain
    assert "her son told me" in refused.text


async def test_an_agent_has_no_questions_about_the_payment_for_a_guardian(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, kim = await coached(console, browsers)
    assert "转这笔钱" in (await kim.get("/console/desk")).plain
    await console.store.run(is_the_guardian, case_id)
    page = (await kim.get("/console/desk")).plain
    assert "转这笔钱" not in page and "One safe step" not in page, "read out, they would tell of the payment"
    assert "Never ask for a code" in page
