"""An agent's desk in a real browser: the case opens by itself when she takes the call, and what she records is kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import LiveConsole
from tests.browser.paused_world import HeldWorld
from tests.browser.test_console import accessible, fits, press, sign_in
from tests.console.console_client import password_hash
from tests.scenario.colleagues import NUMBERS, says
from tests.scenario.talks import reach
from tests.scenario.world import World
from wakeup.domain.agent import AgentEvent
from wakeup.domain.ids import CaseId
from wakeup.domain.staff import PersonId, Staff, StaffId, StaffRole
from wakeup.ivr.wording import spoken_digits
from wakeup.simulator.conference import MET
from wakeup.simulator.handset import HandsetCall
from wakeup.usecases.agents.agents import NewAgent, enrol_agent

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


async def check_code(world: World, case_id: CaseId) -> str:
    """The code of the customer's call, which goes on."""
    found = await world.service.store.read(lambda unit: unit.attempts.of_case(case_id))
    return next(one.call_code for one in found if one.call_code)


def at_her_desk(window: BrowserContext, held: HeldWorld) -> Page:
    page = window.new_page()
    signs_in(page, held, "ada")
    expect(page.get_by_text("its case opens here by itself")).to_be_visible()
    return page


def opens_the_desk(page: Page, held: HeldWorld) -> None:
    """The desk asks for its stream once it keeps what is typed."""
    with page.expect_request("**/desk/live"):
        page.goto(f"{held.console}/desk")


def test_an_agent_takes_a_call_and_records_its_outcome(held: HeldWorld, open_window: Windows) -> None:
    held.do(is_hired(held.world))
    ada = at_her_desk(open_window(), held)
    ada.get_by_role("button", name=AgentEvent.BE_READY.value.removeprefix("be_"), exact=True).click()
    expect(ada.locator("h1 .state")).to_have_text("ready")
    agent = held.do(asks_for_a_person(held.world))
    expect(ada.get_by_text("Your phone is ringing")).to_be_visible()
    held.do(takes_it(held.world, agent))
    expect(ada.locator("#at-hand")).to_contain_text("On the line")
    expect(ada.locator(".coach")).to_contain_text("警察")
    expect(ada.locator(".turns").first).to_contain_text("您有一笔转账")
    case = ada.locator("#at-hand a").get_attribute("href") or ""
    code = spoken_digits(held.do(check_code(held.world, CaseId(case.rpartition("/")[2]))), "zh")
    for path in ("/console/desk", case):
        ada.goto(held.console.removesuffix("/console") + path)
        expect(ada.get_by_text("••••。再念一遍：••••")).to_be_visible()
        assert code not in ada.content(), "only our automated voice reads the check code"
    opens_the_desk(ada, held)
    accessible(ada)
    press(ada, "3")
    press(ada, "4")
    expect(ada.locator('input[value="coached"]')).to_be_checked()
    ada.get_by_label("I verified that it was the customer").check()
    ada.select_option("#outcome-reason", "warned")
    ada.fill("#outcome-text", "somebody was in the room")
    held.do(agent.hangs_up())
    held.do(held.world.sleep(3))
    # She is writing, so the page is not replaced while she does.
    expect(ada.get_by_text("Your desk has changed.")).to_be_visible()
    expect(ada.locator("#over")).to_be_visible()
    ada.get_by_role("button", name="Record it").click()
    expect(ada.get_by_text("Saved.")).to_be_visible()
    expect(ada.locator("#at-hand")).to_contain_text("To be recorded")
    ada.set_viewport_size({"width": 390, "height": 900})
    fits(ada)
    held.pass_time(lambda world: world.tellings() == [("hold", "coached")], 60)
    ada.get_by_role("button", name="ready", exact=True).click()
    expect(ada.locator("h1 .state")).to_have_text("ready")


def test_the_case_opens_by_itself_also_after_a_search(held: HeldWorld, open_window: Windows) -> None:
    held.do(is_hired(held.world))
    ada = at_her_desk(open_window(), held)
    ada.get_by_role("button", name="ready", exact=True).click()
    expect(ada.locator("h1 .state")).to_have_text("ready")
    opens_the_desk(ada, held)
    ada.fill("#q", "u_1")
    agent = held.do(asks_for_a_person(held.world))
    expect(ada.locator("#team time")).to_have_text(re.compile(r"^\d+:\d\d left$"))
    held.do(takes_it(held.world, agent))
    expect(ada.locator("#at-hand")).to_contain_text("On the line")


def test_a_desk_that_was_open_before_its_agent_was_enrolled_becomes_theirs(
    live: LiveConsole, open_window: Windows
) -> None:
    kim = sign_in(open_window(), live, "kim")
    with kim.expect_request("**/desk/live"):
        kim.goto(f"{live.base}/console/desk")
    expect(kim.locator("#state")).to_have_count(0)
    agent = NewAgent(name="kim", address="+6531234567", languages=("en",))
    live.run(live.console.store.run(enrol_agent, agent, "root", live.console.moment))
    expect(kim.locator("#state")).to_be_visible()


async def ann_has_a_telephone(world: World) -> None:
    world.handset(NUMBERS["ben"])
    store, now = world.service.store, world.clock.now()
    await store.run(enrol_agent, NewAgent(name="ann", address=NUMBERS["ben"], languages=("zh",)), "root", now)


async def ada_is_in_a_talk(world: World) -> HandsetCall:
    await is_hired(world)
    await says(world, "ada", AgentEvent.BE_READY)
    agent = await asks_for_a_person(world)
    await takes_it(world, agent)
    return agent


async def is_let_in(world: World, phone: str = NUMBERS["ben"]) -> HandsetCall:
    call = await world.handset(phone).expect_call(within=10)
    await call.answers()
    await call.presses("1")
    await call.hears(MET)
    # Wait until the phone company's webhook has reached the service as well.
    await world.sleep(1)
    return call


def signs_in(page: Page, held: HeldWorld, name: str) -> None:
    page.goto(held.console)
    page.fill("#name", name)
    page.fill("#password", held.password)
    page.press("#password", "Enter")
    # The sign-in page has a heading too.
    page.wait_for_selector("nav", state="attached")
    # The desk asks for its stream once it keeps what is typed.
    with page.expect_request("**/desk/live"):
        press(page, "w")


def test_a_supervisor_listens_whispers_barges_and_leaves(held: HeldWorld, open_window: Windows) -> None:
    agent = held.do(ada_is_in_a_talk(held.world))
    held.do(ann_has_a_telephone(held.world))
    ann = open_window().new_page()
    signs_in(ann, held, "ann")
    ann.get_by_role("button", name="listen", exact=True).click()
    expect(ann.locator("#team")).to_contain_text("ann – is being called")
    own = held.do(is_let_in(held.world))
    expect(ann.locator("#team")).to_contain_text("ann – listen")
    for way in ("whisper", "barge"):
        ann.get_by_role("button", name=way, exact=True).click()
        expect(ann.get_by_role("button", name=way, exact=True)).to_be_disabled()
        held.do(held.world.sleep(2))
    entered = [(row["muted"], row["coach"]) for row in held.world.company.ledger.of("room_entered")]
    assert entered[2:] == [(True, ""), (False, agent.sid), (False, "")]
    accessible(ann)
    ann.get_by_role("button", name="Leave the call").click()
    held.do(own.ended())
    expect(ann.get_by_role("button", name="Leave the call")).to_have_count(0)
    held.do(held.world.sleep(2))
    told = [(row["kind"], row["by"]) for row in held.world.timeline() if row["kind"].startswith("listening")]
    assert told == [(f"listening_{kind}", "ann") for kind in ("asked", "begun", "changed", "changed", "over")]
    assert agent.status == "in-progress"


def test_an_agent_brings_a_guardian_in_and_hands_the_customer_on(held: HeldWorld, open_window: Windows) -> None:
    agent = held.do(ada_is_in_a_talk(held.world))
    ada = open_window().new_page()
    signs_in(ada, held, "ada")
    ada.get_by_role("button", name="Bring the guardian into the call").click()
    expect(ada.get_by_role("alert")).to_have_text("the customer must agree first")
    ada.get_by_label("The customer agrees, on the line").check()
    ada.get_by_role("button", name="Bring the guardian into the call").click()
    expect(ada.get_by_role("alert")).to_have_text("no guardian is known")
    ada.fill("#hand_on-text", "she is frightened")
    ada.get_by_role("button", name="Hand the customer on").click()
    expect(ada.get_by_role("alert")).to_contain_text("the customer stays with you")
    expect(ada.locator("#hand_on-text")).to_have_value("she is frightened")
    held.do(ann_has_a_telephone(held.world))
    ann = open_window().new_page()
    signs_in(ann, held, "ann")
    ann.get_by_role("button", name="ready", exact=True).click()
    expect(ann.locator("h1 .state")).to_have_text("ready")
    ada.get_by_role("button", name="Hand the customer on").click()
    expect(ada.locator("#at-hand")).to_contain_text("To be recorded")
    held.do(is_let_in(held.world))
    held.do(agent.ended())
    expect(ann.locator("#at-hand")).to_contain_text("On the line")
    expect(ann.get_by_text("she is frightened")).to_be_visible()
    ann.set_viewport_size({"width": 390, "height": 900})
    fits(ann)
    accessible(ann)
