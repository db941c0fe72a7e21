"""An agent's desk in a real browser: the case opens by itself when she takes the call, and what she writes down holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.held_world import HeldWorld
from tests.browser.test_console import accessible, fits
from tests.console.house import password_hash
from tests.scenario.colleagues import NUMBERS
from tests.scenario.talks import reach
from tests.scenario.world import World
from wakeup.domain.agent import AgentEvent
from wakeup.domain.staff import PersonId, Staff, StaffId, StaffRole
from wakeup.simulator.handset import HandsetCall
from wakeup.usecases.agents import NewAgent, enrol_agent

pytestmark = pytest.mark.timeout(300)
Windows = Callable[..., BrowserContext]


@pytest.fixture
def held(tmp_path: Path) -> Iterator[HeldWorld]:
    held = HeldWorld(tmp_path)
    yield held
    held.close()


async def is_hired(world: World) -> None:
    store, now = world.service.store, world.clock.now()
    ada = Staff(
        id=StaffId("usr_ada"), name="ada", person=PersonId("p_ada"), role=StaffRole.AGENT,
        password_hash=password_hash(), made_at=now,
    )  # fmt: skip
    await store.run(lambda unit: unit.staff.add(ada))
    await store.run(enrol_agent, NewAgent(name="ada", address=NUMBERS["ada"], languages=("zh", "en")), "root", now)


async def asks_for_a_person(world: World) -> HandsetCall:
    call = await reach(world, typology="police_imp")
    await call.presses("0")
    agent = await world.handset(NUMBERS["ada"]).expect_call(within=10)
    await agent.answers()
    await agent.hears("Wakeup")
    return agent


async def takes_it(world: World, agent: HandsetCall) -> None:
    await agent.presses("1")
    await world.sleep(3)


def at_her_desk(window: BrowserContext, held: HeldWorld) -> Page:
    page = window.new_page()
    page.goto(held.console)
    page.fill("#name", "ada")
    page.fill("#password", held.password)
    page.press("#password", "Enter")
    page.wait_for_selector("h1")
    page.keyboard.press("w")
    expect(page.get_by_text("A case opens here by itself")).to_be_visible()
    return page


def test_an_agent_takes_a_call_and_writes_down_what_it_has_come_to(held: HeldWorld, open_window: Windows) -> None:
    held.do(is_hired(held.world))
    ada = at_her_desk(open_window(), held)
    ada.get_by_role("button", name=AgentEvent.BE_READY.value.removeprefix("be_"), exact=True).click()
    expect(ada.locator("h1 .state")).to_have_text("ready")
    agent = held.do(asks_for_a_person(held.world))
    expect(ada.get_by_text("Your telephone rings")).to_be_visible()
    held.do(takes_it(held.world, agent))
    expect(ada.locator("#at-hand")).to_contain_text("On the line")
    expect(ada.locator(".coach")).to_contain_text("警察")
    expect(ada.locator(".turns").first).to_contain_text("您有一笔转账")
    accessible(ada)
    ada.keyboard.press("4")
    expect(ada.locator('input[value="coached"]')).to_be_checked()
    ada.get_by_label("I made sure that it was the customer").check()
    ada.select_option("#outcome-reason", "warned")
    ada.fill("#outcome-text", "somebody was in the room")
    held.do(agent.hangs_up())
    held.do(held.world.sleep(3))
    # She is writing: the page does not go from under her hands.
    expect(ada.get_by_text("Something changed at your desk.")).to_be_visible()
    ada.get_by_role("button", name="Write it down").click()
    expect(ada.get_by_text("It is written down.")).to_be_visible()
    expect(ada.locator("#at-hand")).to_contain_text("To be written down")
    ada.set_viewport_size({"width": 390, "height": 900})
    fits(ada)
    held.pass_time(lambda world: world.tellings() == [("hold", "coached")], 60)
    ada.get_by_role("button", name="ready", exact=True).click()
    expect(ada.locator("h1 .state")).to_have_text("ready")
