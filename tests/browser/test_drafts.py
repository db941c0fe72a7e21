"""What an agent types at the desk is neither lost nor taken for another customer's."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.paused_world import HeldWorld
from tests.browser.test_console import accessible, fits, press
from tests.browser.test_desk import ada_is_in_a_talk, held, signs_in
from tests.scenario.colleagues import NUMBERS
from tests.scenario.talks import reach
from tests.scenario.world import World
from wakeup.domain.agent import AgentState
from wakeup.simulator.handset import HandsetCall
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.agents.agents import read_agents

pytestmark = pytest.mark.timeout(300)
Windows = Callable[..., BrowserContext]
NOTE = "somebody in the room dictates the answers"
__all__ = ["held"]


def writes(page: Page) -> None:
    expect(page.locator("#at-hand")).to_be_visible()
    press(page, "4")
    expect(page.locator('input[value="coached"]')).to_be_checked()
    page.fill("#outcome-text", NOTE)


def nothing_is_lost(page: Page) -> None:
    expect(page.locator("#outcome-text")).to_have_value(NOTE)
    expect(page.locator('input[value="coached"]')).to_be_checked()


def drafts(page: Page) -> list[str]:
    found: list[str] = page.evaluate("Object.keys(sessionStorage)")
    return found


async def state(world: World) -> AgentState:
    [ada] = await world.service.store.read(read_agents, world.clock.now())
    return ada.agent.state


async def ends_every_session(world: World, name: str) -> None:
    def end(unit: SqlUnit) -> None:
        account = unit.staff.named(name)
        assert account is not None and unit.staff.end_all(account.id) == 1

    await world.service.store.run(end)
    await world.sleep(60)


async def hangs_up(world: World, agent: HandsetCall) -> None:
    await agent.hangs_up()
    await world.sleep(3)


async def takes_another(world: World) -> None:
    call = await reach(world, n=2, phone="+6591234577", typology="fake_invest", amount="99000.00")
    await call.presses("0")
    agent = await world.handset(NUMBERS["ada"]).expect_call(within=10)
    await agent.answers()
    await agent.hears("Wakeup")
    await agent.presses("1")
    await world.sleep(3)


def test_no_button_of_the_desk_throws_away_what_the_agent_typed(held: HeldWorld, open_window: Windows) -> None:
    agent = held.do(ada_is_in_a_talk(held.world))
    window = open_window()
    ada = window.new_page()
    signs_in(ada, held, "ada")
    writes(ada)
    ada.get_by_label("The customer agrees, on the line").check()
    ada.get_by_role("button", name="Text the next guardian").click()
    expect(ada.get_by_role("alert")).to_have_text("no guardian is known")
    nothing_is_lost(ada)
    expect(ada.get_by_label("The customer agrees, on the line")).not_to_be_checked()
    ada.fill("#hand_on-text", "she is frightened")
    ada.get_by_role("button", name="Hand the customer on").click()
    expect(ada.get_by_role("alert")).to_contain_text("the customer stays with you")
    nothing_is_lost(ada)
    held.do(hangs_up(held.world, agent))
    expect(ada.locator("h1 .state")).to_have_text("wrap up")
    ada.get_by_role("link", name="Look again").click()
    nothing_is_lost(ada)
    ada.get_by_role("button", name="ready", exact=True).click()
    expect(ada.locator("h1 .state")).to_have_text("ready")
    nothing_is_lost(ada)
    ada.select_option("#outcome-reason", "warned")
    with ada.expect_request("**/desk/live"):
        ada.get_by_role("button", name="Record it").click()
    expect(ada.get_by_text("No customer is on the line with you.")).to_be_visible()
    assert [key.split(":")[2] for key in drafts(ada)] == ["hand_on"], "what was recorded is forgotten"
    assert ada.url.endswith("/console/desk"), "loaded again, the page forgets nothing"
    second = window.new_page()
    second.goto(held.console)
    second.get_by_role("button", name="Sign out", exact=True).click()
    second.wait_for_selector("#name")
    expect(ada.locator("#name")).to_be_visible()
    assert not drafts(ada) and not drafts(second), "nothing personal stays after a sign-out"


SESSION_MIN = 30
HIDES = """hidden => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


NO_TIMERS = "window.setTimeout = window.setInterval = () => 0"
"""A hidden tab may be frozen: it hears of the end from the other tab alone."""


def is_told_and_keeps_the_text(page: Page) -> None:
    """The session is over. The text can still be sent, after signing in, and is stored nowhere."""
    # Not `#lost`: a page that has heard nothing for a while says that before it knows of the end.
    expect(page.locator("#ended")).to_be_visible()
    nothing_is_lost(page)
    assert not drafts(page)


def frozen_desk_with_text(held: HeldWorld, window: BrowserContext) -> Page:
    """Ada's desk in a talk, with an outcome that she has not sent, in a tab that is hidden since."""
    held.do(ada_is_in_a_talk(held.world))
    ada = window.new_page()
    ada.add_init_script(NO_TIMERS)
    signs_in(ada, held, "ada")
    writes(ada)
    ada.evaluate(HIDES, True)
    return ada


def test_what_was_typed_in_a_hidden_tab_is_not_kept_for_the_next_user(held: HeldWorld, open_window: Windows) -> None:
    window = open_window()
    ada = frozen_desk_with_text(held, window)
    held.do(held.world.sleep((SESSION_MIN + 1) * 60))
    ann = window.new_page()
    ann.goto(held.console)
    ann.wait_for_selector("#name")
    is_told_and_keeps_the_text(ada)
    signs_in(ann, held, "ann")
    asked: list[str] = []
    ada.on("request", lambda request: asked.append(request.url))
    ada.evaluate(HIDES, False)
    ada.fill("#outcome-text", "typed after the end")
    expect(ada.locator("#lost")).to_be_visible()
    assert not asked, "the page of one user follows no news of another"
    assert not drafts(ada)


def test_a_draft_of_another_session_is_removed_when_a_page_is_loaded(held: HeldWorld, open_window: Windows) -> None:
    held.do(ada_is_in_a_talk(held.world))
    ada = open_window().new_page()
    signs_in(ada, held, "ada")
    writes(ada)
    ada.evaluate("sessionStorage.setItem('draft:another-session:outcome:case_1', '{}')")
    ada.reload()
    nothing_is_lost(ada)
    assert len(drafts(ada)) == 1


def test_text_that_a_reload_restored_stays_when_the_session_ends(held: HeldWorld, open_window: Windows) -> None:
    held.do(ada_is_in_a_talk(held.world))
    ada = open_window().new_page()
    signs_in(ada, held, "ada")
    writes(ada)
    ada.reload()
    nothing_is_lost(ada)
    held.do(ends_every_session(held.world, "ada"))
    is_told_and_keeps_the_text(ada)


def test_a_desk_says_that_another_tab_signed_out_also_after_signing_in_again(
    held: HeldWorld, open_window: Windows
) -> None:
    window = open_window()
    ada = frozen_desk_with_text(held, window)
    second = window.new_page()
    second.goto(held.console)
    second.get_by_role("button", name="Sign out", exact=True).click()
    second.wait_for_selector("#name")
    signs_in(second, held, "ada")
    ada.evaluate(HIDES, False)
    is_told_and_keeps_the_text(ada)


def test_a_desk_whose_session_was_replaced_says_so_when_its_wrap_up_is_not_extended(
    held: HeldWorld, open_window: Windows
) -> None:
    agent = held.do(ada_is_in_a_talk(held.world))
    window = open_window()
    ada = window.new_page()
    signs_in(ada, held, "ada")
    writes(ada)

    def without_a_session(route: Route) -> None:
        # Only here, and with no stream after it: one that is opened anew tells the page that its session is over.
        ada.route("**/desk/live", lambda _: None)
        window.clear_cookies()
        route.continue_()

    ada.route("**/desk/writing", without_a_session)
    with ada.expect_response("**/desk/writing"):
        held.do(hangs_up(held.world, agent))
    is_told_and_keeps_the_text(ada)


def test_a_desk_says_so_too_when_its_agent_has_signed_in_again_meanwhile(held: HeldWorld, open_window: Windows) -> None:
    """The page hears nothing of it, and its next word is answered with a page and not with a refusal."""
    agent = held.do(ada_is_in_a_talk(held.world))
    window = open_window()
    ada = window.new_page()
    signs_in(ada, held, "ada")
    writes(ada)
    ada.route("**/desk/live", lambda _: None)
    window.clear_cookies()
    asked = window.request.get(f"{held.console}/sign-in").text()
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked))
    come = window.request.post(f"{held.console}/sign-in", form={**fields, "name": "ada", "password": held.password})
    assert come.ok and "Sign out" in come.text()
    with ada.expect_response("**/desk/writing") as said:
        held.do(hangs_up(held.world, agent))
    assert said.value.status == 303
    is_told_and_keeps_the_text(ada)


def test_what_is_typed_before_the_pages_scripts_have_loaded_is_kept(held: HeldWorld, open_window: Windows) -> None:
    held.do(ada_is_in_a_talk(held.world))
    ada = open_window().new_page()
    signs_in(ada, held, "ada")
    expect(ada.locator("#at-hand")).to_be_visible()
    ada.route("**/drafts.js", lambda _: None)
    ada.goto(f"{held.console}/desk", wait_until="commit")
    ada.fill("#outcome-text", NOTE)
    # The page asks for its stream once its scripts have run.
    with ada.expect_request("**/desk/live"):
        ada.unroute("**/drafts.js")
    ada.reload()
    expect(ada.locator("#outcome-text")).to_have_value(NOTE)


def test_the_wrap_up_lasts_while_an_outcome_is_unsent_but_not_for_ever(held: HeldWorld, open_window: Windows) -> None:
    agent = held.do(ada_is_in_a_talk(held.world))
    ada = open_window().new_page()
    signs_in(ada, held, "ada")
    writes(ada)
    with ada.expect_response("**/desk/writing"):
        held.do(hangs_up(held.world, agent))
    for _ in range(5):
        with ada.expect_response("**/desk/writing"):
            held.do(held.world.sleep(110))
    assert held.do(state(held.world)) is AgentState.WRAP_UP
    held.do(held.world.sleep(60))
    assert held.do(state(held.world)) is AgentState.READY
    ada.reload()
    expect(ada.locator("#at-hand")).to_contain_text("To be recorded")
    nothing_is_lost(ada)


def test_the_wrap_up_lasts_while_the_desk_with_the_outcome_is_hidden(held: HeldWorld, open_window: Windows) -> None:
    agent = held.do(ada_is_in_a_talk(held.world))
    ada = open_window().new_page()
    ada.clock.install()
    signs_in(ada, held, "ada")
    writes(ada)
    ada.evaluate(HIDES, True)
    held.do(hangs_up(held.world, agent))
    for _ in range(3):
        held.do(held.world.sleep(60))
        with ada.expect_response("**/desk/writing"):
            ada.clock.run_for(20_000)
    assert held.do(state(held.world)) is AgentState.WRAP_UP


def test_the_card_of_one_customer_is_covered_when_another_is_on_the_line(held: HeldWorld, open_window: Windows) -> None:
    agent = held.do(ada_is_in_a_talk(held.world))
    ada = open_window(width=390).new_page()
    signs_in(ada, held, "ada")
    earlier = ada.locator("#at-hand").inner_text()
    writes(ada)
    held.do(hangs_up(held.world, agent))
    # The longest wrap-up is over.
    held.do(held.world.sleep(605))
    held.do(takes_another(held.world))
    alert = ada.get_by_role("alert").filter(has_text="You are in another call now.")
    expect(alert).to_be_in_viewport()
    expect(ada.locator("#at-hand")).to_be_hidden()
    expect(ada.locator(".coach")).to_be_hidden()
    expect(ada.get_by_role("button", name="Text the next guardian")).to_be_hidden()
    nothing_is_lost(ada)
    fits(ada)
    accessible(ada)
    ada.get_by_role("link", name="Go to this call").click()
    expect(ada.locator("#at-hand")).to_contain_text("On the line")
    assert ada.locator("#at-hand").inner_text() != earlier
    expect(ada.locator("#outcome-text")).to_have_value("")
    ada.locator("#unrecorded a").click()
    expect(ada.get_by_text("This is an earlier call of yours.")).to_be_visible()
    expect(ada.get_by_text("Your phone is ringing")).to_have_count(0)
    expect(ada.locator("#unrecorded")).to_have_count(0)
    expect(alert).to_be_in_viewport()
    nothing_is_lost(ada)
    ada.select_option("#outcome-reason", "warned")
    ada.get_by_role("button", name="Record it").click()
    expect(ada.locator("#at-hand")).to_contain_text("On the line")
    expect(ada.locator("#unrecorded")).to_have_count(0)
