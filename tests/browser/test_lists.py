"""The lists of the board and of the queue follow the service, and move nothing under the reader's pointer or focus."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import LiveConsole
from tests.browser.test_console import NARROW, accessible, fits, sign_in, stops
from wakeup.domain.attempt import AttemptState
from wakeup.domain.ids import CallSid, CaseId
from wakeup.domain.transfer import Tier
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.intake.settle_case import settle_case

pytestmark = pytest.mark.timeout(120)
Windows = Callable[..., BrowserContext]


def order_of(page: Page) -> list[str]:
    found: list[str] = page.evaluate("[...document.querySelectorAll('#rows tr')].map((row) => row.dataset.id)")
    return found


def more_pressing(live: LiveConsole, *numbers: int) -> None:
    """Flag transfers whose windows end before all others."""
    for n in numbers:
        live.run(live.console.flag(n, held=False, decide_by=live.console.moment + timedelta(minutes=20 - n)))


async def is_held(live: LiveConsole, case_id: CaseId) -> None:
    live.console.moment += timedelta(hours=1)
    await live.console.store.run(settle_case, case_id, live.console.moment)


def two_on_the_board(live: LiveConsole, open_window: Windows) -> tuple[Page, CaseId]:
    case_id = live.run(live.console.flag(1, held=False))
    live.run(live.console.flag(2, held=False))
    vera = sign_in(open_window(), live, "vera")
    expect(vera.locator("#rows tr")).to_have_count(2)
    return vera, case_id


def test_no_row_moves_under_a_still_pointer_and_new_ones_come_when_it_leaves(
    live: LiveConsole, open_window: Windows
) -> None:
    vera, case_id = two_on_the_board(live, open_window)
    link = vera.locator('tr[data-id="t_1"] a')
    link.hover()
    shown = order_of(vera)
    more_pressing(live, 3, 4)
    expect(vera.locator("#newer")).to_have_text("2 new")
    vera.evaluate(
        "window.said = 0; new MutationObserver(() => { said += 1; })"
        ".observe(document.querySelector('.newer'), { subtree: true, childList: true, attributes: true })"
    )
    live.run(is_held(live, case_id))
    expect(vera.locator('tr[data-id="t_1"] .state')).to_have_class("state held")
    assert order_of(vera) == shown, "cells change, rows stay"
    assert vera.evaluate("said") == 0, "what is said already is not written again: a screen reader would repeat it"
    assert link.evaluate("it => it.matches(':hover')"), "what is clicked is what was meant"
    vera.mouse.move(2, 2)
    expect(vera.locator("#rows tr").first).to_have_attribute("data-id", "t_4")
    expect(vera.locator("#newer")).to_be_hidden()
    assert len(order_of(vera)) == 4


def test_a_row_with_the_focus_stays_where_it_is_and_its_cells_change(live: LiveConsole, open_window: Windows) -> None:
    vera, case_id = two_on_the_board(live, open_window)
    link = vera.locator('tr[data-id="t_1"] a')
    link.focus()
    shown = order_of(vera)
    more_pressing(live, 3)
    live.run(is_held(live, case_id))
    expect(vera.locator('tr[data-id="t_1"] .state')).to_have_class("state held")
    expect(vera.locator("#newer")).to_have_text("1 new")
    expect(link).to_be_focused()
    assert order_of(vera) == shown
    vera.locator("#q").focus()
    expect(vera.locator('tr[data-id="t_3"]')).to_be_visible()


def test_a_pointer_that_was_left_on_the_list_holds_it_for_a_minute_only(
    live: LiveConsole, open_window: Windows
) -> None:
    window = open_window()
    window.clock.install()
    live.run(live.console.flag(1, held=False))
    vera = sign_in(window, live, "vera")
    vera.locator('tr[data-id="t_1"] a').hover()
    more_pressing(live, 3)
    expect(vera.locator("#newer")).to_have_text("1 new")
    window.clock.fast_forward(61_000)
    expect(vera.locator("#rows tr").first).to_have_attribute("data-id", "t_3")


def test_the_queue_follows_the_service_and_says_when_it_hears_nothing(live: LiveConsole, open_window: Windows) -> None:
    first = live.run(live.console.flag(1, Tier.MEDIUM))
    ann, ben = sign_in(open_window(), live, "ann"), sign_in(open_window(), live, "ben")
    ann.goto(f"{live.base}/console/queue")
    row = ann.locator('tr[data-id="t_1"]')
    expect(row.locator("td").last).to_have_text("–")
    row.locator("td").nth(5).evaluate("it => getSelection().selectAllChildren(it)")
    ben.goto(f"{live.base}/console/cases/{first}")
    ben.get_by_role("button", name="Claim it").first.click()
    expect(row.locator("td").last).to_have_text("ben")
    assert ann.evaluate("getSelection().toString()"), "a selection in a cell that is the same stays"
    live.run(live.console.flag(2))
    expect(ann.locator('tr[data-id="t_2"]')).to_be_visible()
    expect(ann.locator("#counts")).to_contain_text(re.compile(r"Waiting\s+2"))
    fits(ann)
    accessible(ann)

    async def says_nothing(*_args: object, **_more: object) -> None:
        raise TimeoutError

    real, live.console.store.read = live.console.store.read, says_nothing  # type: ignore[method-assign]
    expect(ann.locator("#lost")).to_be_visible()
    live.console.store.read = real  # type: ignore[method-assign]
    expect(ann.locator("#lost")).to_be_hidden()
    live.console.log.lines[:] = [line for line in live.console.log.lines if line["level"] != "error"]


def test_an_empty_queue_fills_by_itself(live: LiveConsole, open_window: Windows) -> None:
    vera = sign_in(open_window(), live, "vera")
    vera.goto(f"{live.base}/console/queue")
    expect(vera.locator("#empty")).to_be_visible()
    live.run(live.console.flag(1))
    expect(vera.locator('tr[data-id="t_1"]')).to_be_visible()
    expect(vera.locator("#empty")).to_be_hidden()


def test_on_a_telephone_the_board_shows_the_call_and_who_has_the_case(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag(1, held=False))
    live.run(live.console.store.run(is_called, case_id, live.console.moment))
    ben = sign_in(open_window(), live, "ben")
    ben.goto(f"{live.base}/console/cases/{case_id}")
    ben.get_by_role("button", name="Claim it").first.click()
    expect(ben.get_by_text("You have this case until")).to_be_visible()
    ann = sign_in(open_window(NARROW), live, "ann")
    row = ann.locator('tr[data-id="t_1"]')
    expect(row.locator("td.hand")).to_have_text("ben")
    expect(row.locator("td.hand")).to_be_in_viewport()
    expect(row.locator("td.call .live")).to_be_visible()
    expect(row.locator("td.id")).to_be_hidden()
    fits(ann)
    accessible(ann)


def is_called(unit: SqlUnit, case_id: CaseId, now: datetime) -> None:
    [attempt] = unit.attempts.of_case(case_id)
    rings: dict[str, Any] = {"from_number": "+6560000000", "call_sid": CallSid("CA" + "0" * 32), "check_at": now}
    unit.attempts.save(
        replace(attempt, state=AttemptState.RINGING, intent_at=now, placed_at=now, ringing_at=now, **rings)
    )


def test_the_keys_are_named_where_there_is_room(live: LiveConsole, open_window: Windows) -> None:
    vera = sign_in(open_window(1440), live, "vera")
    expect(vera.locator("header kbd").first).to_be_visible()
    fits(vera)


def test_the_title_counts_the_alarms_as_they_come_and_go(live: LiveConsole, open_window: Windows) -> None:
    vera = sign_in(open_window(), live, "vera")
    expect(vera).to_have_title("Board · Wakeup")
    live.run(live.console.store.run(stops, live.console.moment))
    expect(vera).to_have_title("(1) Board · Wakeup")
    live.console.moment += timedelta(minutes=6)
    expect(vera).to_have_title("Board · Wakeup")
