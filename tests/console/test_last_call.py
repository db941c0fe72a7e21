"""What an agent has not recorded yet stays within reach after the call."""

from __future__ import annotations

from datetime import timedelta

from tests.console.console_client import Browsers, ConsoleClient
from tests.console.test_desk import KIM, comes_to_work, has_nobody_any_more, takes_the_call, takes_the_next
from wakeup.domain.agent import AgentState
from wakeup.domain.fast_dataclass import replace
from wakeup.storage.unit_of_work import SqlUnit

NO_CALL = "No customer is on the line with you."
WARNED = {"outcome": "coached", "reason": "warned"}


async def test_the_last_call_is_on_the_desk_until_its_outcome_is_recorded(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(held=False)
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    await console.store.run(has_nobody_any_more)
    kim = browsers()
    await kim.sign_in("kim")
    page = await kim.get("/console/desk")
    assert f"desk/{case_id}/outcome" in page.text and "To be recorded" in page.plain
    assert "On the line" not in page.plain and f"desk/{case_id}/guardian" not in page.text
    done = await kim.post(f"/console/desk/{case_id}/outcome", {**page.hidden("outcome"), **WARNED})
    sent = f"/console/desk?sent=outcome:{case_id}:att_c-4"
    assert done.headers["Location"] == sent, "the browser forgets what was typed"
    assert await console.state() == "held" and NO_CALL in (await kim.get("/console/desk")).plain


async def test_earlier_calls_without_an_outcome_are_listed_and_open_from_there(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, other = await console.flag(1, held=False), await console.flag(2, held=False)
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    console.moment += timedelta(minutes=3)
    await console.store.run(takes_the_next, other, console.moment)
    kim, ann = browsers(), browsers()
    await kim.sign_in("kim")
    page = await kim.get("/console/desk")
    assert "Your calls without an outcome" in page.plain and f"desk/{other}/outcome" in page.text
    link = f"/console/desk?case={case_id}&talk=att_c-4"
    earlier = await kim.get(link)
    assert link.replace("&", "&amp;") in page.text and "This is an earlier call of yours." in earlier.plain
    assert f"desk/{case_id}/outcome" in earlier.text and f"desk/{other}/" not in earlier.text
    assert '<div id="of-case" hidden>' in earlier.text, "another customer is on the line now"
    await kim.post(f"/console/desk/{case_id}/outcome", {**earlier.hidden("outcome"), **WARNED})
    assert "Your calls without an outcome" not in (await kim.get("/console/desk")).plain
    await ann.sign_in("ann")
    assert f"desk/{case_id}" not in (await ann.get(link)).text, "only who talked to the customer"


async def test_an_outcome_that_is_sent_twice_is_answered_as_saved(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag(held=False)
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    kim = browsers()
    await kim.sign_in("kim")
    sent = {**(await kim.get("/console/desk")).hidden("outcome"), **WARNED, "text": "she was told\r\nwhat to say"}
    for _ in range(2):
        done = await kim.post(f"/console/desk/{case_id}/outcome", sent)
        assert (done.status, done.headers["Location"]) == (303, f"/console/desk?sent=outcome:{case_id}:att_c-4")
    assert (await kim.post(f"/console/desk/{case_id}/outcome", {**sent, "text": "another"})).status == 409


async def test_a_call_of_the_day_before_is_listed_no_more(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag(held=False)
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    await console.store.run(has_nobody_any_more)
    console.moment += timedelta(hours=25)
    kim = browsers()
    await kim.sign_in("kim")
    assert NO_CALL in (await kim.get("/console/desk")).plain


async def test_the_page_says_that_an_outcome_is_unsent_and_the_wrap_up_goes_on(
    console: ConsoleClient, browsers: Browsers
) -> None:
    await comes_to_work(console)
    kim = browsers()
    await kim.sign_in("kim")
    page = await kim.get("/console/desk")
    before = await console.store.read(lambda unit: unit.agents.lock(KIM))
    console.moment += timedelta(minutes=1)
    for state, idle_since in ((AgentState.READY, before.idle_since), (AgentState.WRAP_UP, console.moment)):
        await console.store.run(is_in, state)
        assert (await kim.post("/console/desk/writing", {"csrf": page.csrf})).status == 204
        after = await console.store.read(lambda unit: unit.agents.lock(KIM))
        assert after.idle_since == idle_since


def is_in(unit: SqlUnit, state: AgentState) -> None:
    agent = unit.agents.lock(KIM)
    assert agent is not None
    unit.agents.save(replace(agent, state=state))
