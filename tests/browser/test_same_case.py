"""A guardian of the same case is on the line next: the desk is no longer about the customer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.paused_world import HeldWorld
from tests.browser.test_desk import held, is_hired, signs_in, takes_it
from tests.browser.test_drafts import NOTE, nothing_is_lost, writes
from tests.scenario.colleagues import NUMBERS, says
from tests.scenario.talks import is_rung, is_told
from tests.scenario.test_guardian_call import asked, ring_guardian
from tests.scenario.world import LIN, World, iso
from wakeup.domain.agent import AgentEvent
from wakeup.domain.ids import CaseId
from wakeup.simulator.handset import HandsetCall

pytestmark = pytest.mark.timeout(300)
Windows = Callable[..., BrowserContext]
__all__ = ["held"]


async def rings_ada(world: World, call: HandsetCall) -> HandsetCall:
    await call.presses("0")
    agent = await world.handset(NUMBERS["ada"]).expect_call(within=15)
    await agent.answers()
    await takes_it(world, agent)
    return agent


async def the_customer_talks(world: World) -> tuple[CaseId, HandsetCall, HandsetCall]:
    await is_hired(world)
    await says(world, "ada", AgentEvent.BE_READY)
    event = world.event(tier="high")
    son = {"id": "g_1", "name": "林小明", "phone": LIN, "locale": "zh-CN", "relation": "son"}
    event["guardians"] = [{**son, "consented_at": iso(world.clock.now())}]
    world.handset()
    answer = await world.flag(event)
    customer = await is_rung(world)
    await is_told(customer)
    return CaseId(answer.body["case_id"]), customer, await rings_ada(world, customer)


async def then_the_guardian(world: World, case_id: CaseId, customer: HandsetCall, agent: HandsetCall) -> HandsetCall:
    await agent.hangs_up()
    await world.sleep(3)
    await customer.hangs_up()
    await says(world, "ada", AgentEvent.BE_READY)
    phone = world.handset(LIN)
    await world.service.store.run(ring_guardian, case_id, world.clock.now())
    guardian = await phone.expect_call(within=60)
    await guardian.answers()
    await asked(guardian)
    return await rings_ada(world, guardian)


def test_what_is_known_of_the_customer_is_covered_when_their_guardian_is_on_the_line(
    held: HeldWorld, open_window: Windows
) -> None:
    case_id, customer, agent = held.do(the_customer_talks(held.world))
    ada = open_window().new_page()
    signs_in(ada, held, "ada")
    writes(ada)
    ada.get_by_label("I verified that it was the customer").check()
    ada.select_option("#outcome-reason", "line_lost")
    held.do(then_the_guardian(held.world, case_id, customer, agent))
    expect(ada.get_by_role("alert").filter(has_text="You are in another call now.")).to_be_in_viewport()
    expect(ada.locator("#at-hand")).to_be_hidden()
    expect(ada.locator(".coach")).to_be_hidden()
    expect(ada.locator("#outcome-text")).to_have_value(NOTE)
    ada.get_by_role("button", name="Record it").click()
    expect(ada.get_by_text("Not the customer: a guardian.")).to_be_visible()
    assert [(row["contact"], row["outcome"]) for row in held.world.timeline("learned")][-1:] == [
        ("right_party", "coached")
    ], "it is recorded as what the customer said"


def test_what_was_typed_for_either_talk_of_a_case_is_kept_apart(held: HeldWorld, open_window: Windows) -> None:
    case_id, customer, agent = held.do(the_customer_talks(held.world))
    ada = open_window().new_page()
    signs_in(ada, held, "ada")
    writes(ada)
    ada.select_option("#outcome-reason", "warned")
    held.do(then_the_guardian(held.world, case_id, customer, agent))
    with ada.expect_request("**/desk/live"):
        ada.get_by_role("link", name="Go to this call").click()
    expect(ada.get_by_text("Not the customer: a guardian.")).to_be_visible()
    expect(ada.locator("#outcome-text")).to_have_value("")
    ada.fill("#outcome-text", "the son knows of nothing")
    ada.locator("#unrecorded a").click()
    nothing_is_lost(ada)
    expect(ada.locator("#outcome-reason")).to_have_value("warned")
    ada.get_by_role("button", name="Record it").click()
    expect(ada.locator("#outcome-text")).to_have_value("the son knows of nothing")


def test_back_fills_no_form_with_what_is_known_of_another_talk(held: HeldWorld, open_window: Windows) -> None:
    case_id, customer, agent = held.do(the_customer_talks(held.world))
    ada = open_window().new_page()
    signs_in(ada, held, "ada")
    writes(ada)
    ada.get_by_label("The customer agrees, on the line").check()
    ada.locator("#at-hand a").click()
    expect(ada.get_by_role("heading", name="Case")).to_be_visible()
    held.do(then_the_guardian(held.world, case_id, customer, agent))
    ada.go_back()
    expect(ada.get_by_text("Not the customer: a guardian.")).to_be_visible()
    expect(ada.locator("#outcome-text")).to_have_value("")
    expect(ada.locator("input[name=outcome]:checked")).to_have_count(0)
    expect(ada.get_by_label("The customer agrees, on the line")).not_to_be_checked()
    ada.locator("#unrecorded a").click()
    nothing_is_lost(ada)


def test_a_desk_on_which_is_written_says_that_the_customer_has_hung_up(held: HeldWorld, open_window: Windows) -> None:
    _, customer, _ = held.do(the_customer_talks(held.world))
    ada = open_window().new_page()
    signs_in(ada, held, "ada")
    writes(ada)
    expect(ada.get_by_role("button", name="Bring the guardian into the call")).to_be_visible()
    held.do(customer.hangs_up())
    held.do(held.world.sleep(3))
    expect(ada.get_by_text("The customer has hung up.")).to_be_in_viewport()
    expect(ada.locator("#at-hand")).to_contain_text("To be recorded")
    expect(ada.get_by_role("button", name="Bring the guardian into the call")).to_be_hidden()
    expect(ada.get_by_role("button", name="Hand the customer on")).to_be_hidden()
    nothing_is_lost(ada)
