"""A supervisor watches a call on the page of its case: turn by turn, with what each key meant."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.paused_world import HeldWorld
from tests.browser.test_console import accessible
from tests.browser.test_desk import held, signs_in
from tests.scenario.talks import answers, is_rung, is_told
from tests.scenario.world import World
from wakeup.domain.ids import CaseId
from wakeup.simulator.handset import HandsetCall

pytestmark = pytest.mark.timeout(300)
Windows = Callable[..., BrowserContext]
NOTE = "I hear somebody else in the room"
__all__ = ["held"]


async def is_called(world: World) -> tuple[CaseId, HandsetCall]:
    world.handset()
    answer = await world.flag(typology="police_imp")
    return CaseId(answer.body["case_id"]), await is_rung(world)


def watches(window: BrowserContext, held: HeldWorld, case_id: CaseId) -> Page:
    ann = window.new_page()
    signs_in(ann, held, "ann")
    expect(ann.get_by_role("heading", name="Desk")).to_be_visible()
    with ann.expect_request("**/watch/*"):
        ann.goto(f"{held.console}/cases/{case_id}")
    return ann


async def agrees(call: HandsetCall) -> None:
    await call.presses("1")
    await answers(call, "risky")


def test_a_call_is_shown_turn_by_turn_while_a_note_is_typed(held: HeldWorld, open_window: Windows) -> None:
    case_id, call = held.do(is_called(held.world))
    ann = watches(open_window(), held, case_id)
    expect(ann.locator("#line")).to_have_text("on the line · greeting")
    expect(ann.locator(".turns .ours")).to_have_count(1)
    ann.fill("#note-text", NOTE)
    held.do(is_told(call))
    expect(ann.locator("#line")).to_have_text("on the line · the payment")
    expect(ann.locator(".turns .theirs")).to_contain_text(
        ["pressed 1 (it is the customer)", "pressed 1 (the codes match)"]
    )
    held.do(agrees(call))
    expect(ann.locator("#line")).to_have_text("on the line · second question")
    expect(ann.locator(".turns .theirs").nth(2)).to_contain_text("pressed 1 (made the payment)")
    expect(ann.locator(".turns .theirs").nth(3)).to_contain_text(re.compile(r"pressed [12] \((yes|no)\)"))
    expect(ann.locator("#note-text")).to_be_focused()
    expect(ann.locator("#note-text")).to_have_value(NOTE)
    expect(ann.locator("#news")).to_be_hidden()
    accessible(ann)
    held.do(call.hangs_up())
    held.pass_time(lambda world: any(row["kind"] == "learned" for row in world.timeline()), 60)
    expect(ann.locator("#line")).to_have_text("")
    expect(ann.get_by_text("This case has changed.")).to_be_visible()


def test_what_was_unmasked_stays_on_the_page_while_the_call_goes_on(held: HeldWorld, open_window: Windows) -> None:
    case_id, call = held.do(is_called(held.world))
    ann = watches(open_window(), held, case_id)
    held.do(call.presses("1"))
    held.do(held.world.sleep(2))
    expect(ann.locator(".turns .theirs")).to_have_count(1)
    ann.get_by_text("Unmask", exact=True).click()
    ann.select_option("#unmask-reason", "contact_customer")
    with ann.expect_request("**/watch/*"):
        ann.get_by_role("button", name="Show names").click()
    expect(ann.locator("#went-on")).to_be_hidden()
    held.do(call.presses("1"))
    held.do(held.world.sleep(2))
    expect(ann.locator("#line")).to_have_text("on the line · the payment")
    expect(ann.locator(".turns .theirs")).to_have_count(1)
    expect(ann.get_by_text("The call went on; look again (masked)")).to_be_visible()
    expect(ann.locator("#news")).to_be_hidden()
