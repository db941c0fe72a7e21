"""What keeps a page live, in a real browser: its stream reconnects, and the reader's position on the page is kept."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import LiveConsole
from tests.browser.test_console import sign_in
from tests.console.test_desk import a_wait, comes_to_work, takes_the_call
from wakeup.domain.hand_over import HandOverState
from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.storage.unit_of_work import SqlUnit

pytestmark = pytest.mark.timeout(120)
Windows = Callable[..., BrowserContext]
LIVE = "**/console/live*"


def is_seen(page: Page, *, seen: bool) -> None:
    """Show or hide the tab, as when it comes to the front or goes behind others."""
    page.evaluate(
        "seen => { Object.defineProperty(document, 'hidden', { get: () => !seen, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        seen,
    )


def test_a_page_opens_its_stream_again_after_any_answer_and_holds_none_while_hidden(
    live: LiveConsole, open_window: Windows
) -> None:
    def refuses(route: Route) -> None:
        route.fulfill(status=401, body="not now")

    window = open_window()
    window.route(LIVE, refuses)
    vera = sign_in(window, live, "vera")
    expect(vera.locator("#lost")).to_be_visible()
    window.unroute(LIVE, refuses)
    live.run(live.console.flag(1, held=False))
    expect(vera.locator('tr[data-id="t_1"]')).to_be_visible()
    expect(vera.locator("#lost")).to_be_hidden()
    with vera.expect_event("requestfailed"):
        is_seen(vera, seen=False)
    live.run(live.console.flag(2, held=False))
    with vera.expect_request(LIVE):
        is_seen(vera, seen=True)
    expect(vera.locator('tr[data-id="t_2"]')).to_be_visible()


def test_a_page_whose_stream_falls_silent_says_so_and_opens_another(live: LiveConsole, open_window: Windows) -> None:
    """Nothing ends: a connection whose other end is gone, or that waits for a free one, reports no error."""
    window = open_window()
    vera = sign_in(window, live, "vera")
    live.run(live.console.flag(1, held=False))
    expect(vera.locator('tr[data-id="t_1"]')).to_be_visible()
    real, goes_on = live.console.store.read, asyncio.Event()

    async def says_nothing(*args: Any, **more: Any) -> Any:
        await goes_on.wait()
        return await real(*args, **more)

    live.console.store.read = says_nothing  # type: ignore[method-assign]
    with vera.expect_request(LIVE):
        expect(vera.locator("#lost")).to_be_visible()
    live.console.store.read = real  # type: ignore[method-assign]
    live.run(_sets(goes_on))
    live.run(live.console.flag(2, held=False))
    expect(vera.locator('tr[data-id="t_2"]')).to_be_visible()
    expect(vera.locator("#lost")).to_be_hidden()


async def _sets(event: asyncio.Event) -> None:
    event.set()


def test_each_of_six_windows_is_live_and_still_goes_to_another_page(live: LiveConsole, open_window: Windows) -> None:
    """A browser has six connections for one host, and here each stream has one."""
    window = open_window()
    windows = [sign_in(window, live, "vera")]
    for _ in range(5):
        windows.append(window.new_page())
        windows[-1].goto(f"{live.base}/console")
    live.run(live.console.flag(1, held=False))
    for seen in windows:
        expect(seen.locator('tr[data-id="t_1"]')).to_be_visible()
    windows[0].get_by_role("link", name="Review queue").click()
    expect(windows[0]).to_have_title(re.compile("Review queue"))


def test_the_list_of_the_team_stays_while_it_has_the_focus(live: LiveConsole, open_window: Windows) -> None:
    case_id, other = live.run(live.console.flag(1, held=False)), live.run(live.console.flag(2, held=False))
    live.run(comes_to_work(live.console))
    live.run(takes_the_call(live.console, case_id))
    live.run(live.console.store.run(waits, other, live.console.moment))
    ann = sign_in(open_window(), live, "ann")
    ann.goto(f"{live.base}/console/desk")
    button = ann.get_by_role("button", name="listen", exact=True)
    with ann.expect_response("**/desk/live"):
        ann.reload()
    button.focus()
    kim = sign_in(open_window(), live, "kim")
    kim.goto(f"{live.base}/console/desk")
    expect(kim.locator("#team")).to_contain_text("Waiting customers")
    expect(button).to_be_focused()
    live.run(live.console.store.run(hangs_up, live.console.moment))
    expect(kim.locator("#team")).not_to_contain_text("Waiting customers")
    expect(button).to_be_focused()
    ann.locator("#q").focus()
    expect(ann.locator("#team")).not_to_contain_text("Waiting customers")


WAITING = AttemptId("att_w")


def waits(unit: SqlUnit, case_id: CaseId, now: datetime) -> None:
    until = now + timedelta(seconds=45)
    state = {"state": HandOverState.WAITING, "offer": None, "agent": None, "joined_at": None, "give_up_at": until}
    unit.hand_overs.add(a_wait(case_id, now, attempt_id=WAITING, customer_id=CustomerId("u_2"), **state))


def hangs_up(unit: SqlUnit, now: datetime) -> None:
    wait = unit.hand_overs.get(WAITING, 4)
    assert wait is not None
    unit.hand_overs.save(replace(wait, state=HandOverState.ABANDONED, ended_at=now))
    unit.wakes.add("agents")
