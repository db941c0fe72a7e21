"""What an agent has not recorded yet stays within reach after the call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.console.console_client import Browser, ConsoleClient, play
from tests.console.test_desk import KIM, comes_to_work, has_nobody_any_more, takes_the_call, takes_the_next
from wakeup.domain.agent import AgentState
from wakeup.domain.fast_dataclass import replace
from wakeup.storage.unit_of_work import SqlUnit

Browsers = Callable[[], Browser]
NO_CALL = "No customer is on the line with you."
WARNED = {"outcome": "coached", "reason": "warned"}


def test_the_last_call_is_on_the_desk_until_its_outcome_is_recorded() -> None:
    async def story(house: ConsoleClient, browsers: Browsers) -> None:
        case_id = await house.flag(held=False)
        await comes_to_work(house)
        await takes_the_call(house, case_id)
        await house.store.run(has_nobody_any_more)
        kim = browsers()
        await kim.sign_in("kim")
        page = await kim.get("/console/desk")
        assert f"desk/{case_id}/outcome" in page.text and "To be recorded" in page.plain
        assert "On the line" not in page.plain and f"desk/{case_id}/guardian" not in page.text
        done = await kim.post(f"/console/desk/{case_id}/outcome", {**page.hidden("outcome"), **WARNED})
        assert done.headers["Location"] == f"/console/desk?sent=outcome:{case_id}", "the browser forgets what was typed"
        assert await house.state() == "held" and NO_CALL in (await kim.get("/console/desk")).plain

    play(story)


def test_earlier_calls_without_an_outcome_are_listed_and_open_from_there() -> None:
    async def story(house: ConsoleClient, browsers: Browsers) -> None:
        case_id, other = await house.flag(1, held=False), await house.flag(2, held=False)
        await comes_to_work(house)
        await takes_the_call(house, case_id)
        house.moment += timedelta(minutes=3)
        await house.store.run(takes_the_next, other, house.moment)
        kim, ann = browsers(), browsers()
        await kim.sign_in("kim")
        page = await kim.get("/console/desk")
        assert "Your calls without an outcome" in page.plain and f"desk/{other}/outcome" in page.text
        link = f"/console/desk?case={case_id}"
        earlier = await kim.get(link)
        assert link in page.text and "This is an earlier call of yours." in earlier.plain
        assert f"desk/{case_id}/outcome" in earlier.text and f"desk/{other}/" not in earlier.text
        assert '<div id="of-case" hidden>' in earlier.text, "another customer is on the line now"
        await kim.post(f"/console/desk/{case_id}/outcome", {**earlier.hidden("outcome"), **WARNED})
        assert "Your calls without an outcome" not in (await kim.get("/console/desk")).plain
        await ann.sign_in("ann")
        assert f"desk/{case_id}" not in (await ann.get(link)).text, "only who talked to the customer"

    play(story)


def test_a_call_of_the_day_before_is_listed_no_more() -> None:
    async def story(house: ConsoleClient, browsers: Browsers) -> None:
        case_id = await house.flag(held=False)
        await comes_to_work(house)
        await takes_the_call(house, case_id)
        await house.store.run(has_nobody_any_more)
        house.moment += timedelta(hours=25)
        kim = browsers()
        await kim.sign_in("kim")
        assert NO_CALL in (await kim.get("/console/desk")).plain

    play(story)


def test_the_page_says_that_an_outcome_is_unsent_and_the_wrap_up_goes_on() -> None:
    async def story(house: ConsoleClient, browsers: Browsers) -> None:
        await comes_to_work(house)
        kim = browsers()
        await kim.sign_in("kim")
        page = await kim.get("/console/desk")
        before = await house.store.read(lambda unit: unit.agents.lock(KIM))
        house.moment += timedelta(minutes=1)
        for state, idle_since in ((AgentState.READY, before.idle_since), (AgentState.WRAP_UP, house.moment)):
            await house.store.run(is_in, state)
            assert (await kim.post("/console/desk/writing", {"csrf": page.csrf})).status == 204
            after = await house.store.read(lambda unit: unit.agents.lock(KIM))
            assert after.idle_since == idle_since

    play(story)


def is_in(unit: SqlUnit, state: AgentState) -> None:
    agent = unit.agents.lock(KIM)
    assert agent is not None
    unit.agents.save(replace(agent, state=state))
