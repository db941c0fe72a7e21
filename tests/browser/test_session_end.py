"""What the pages say when their session has ended, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import LiveConsole
from tests.browser.test_console import sign_in
from tests.browser.test_forms import recorded
from tests.console.console_client import PASSWORD

pytestmark = pytest.mark.timeout(120)
NOT_SENT = "Not sent: your session had ended. Check it and send it again."
Windows = Callable[..., BrowserContext]
ENDED = "Your session has ended. Sign in in another tab, then send your form here: only the one you send is kept."


def comes_back(page: Page) -> None:
    page.fill("#name", "ann")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")


def its_session_ends(live: LiveConsole, page: Page) -> None:
    """The next stream that the page opens hears of it at once. It has none open meanwhile, which could hear of it first
    and take the page away under our hands."""
    turns(page, hidden=True)
    live.console.moment += timedelta(hours=11)
    turns(page, hidden=False)


def turns(page: Page, *, hidden: bool) -> None:
    page.evaluate(
        "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        hidden,
    )


@pytest.mark.parametrize("path", ["/console?tier=critical&state=held", "/console/queue"])
def test_a_list_leads_to_the_sign_in_with_the_reason_and_back(
    live: LiveConsole, open_window: Windows, path: str
) -> None:
    ann = sign_in(open_window(), live, "ann")
    ann.goto(live.base + path)
    expect(ann.locator("#empty")).to_be_visible()
    its_session_ends(live, ann)
    expect(ann.get_by_text("Your session has ended. Sign in, and you come back")).to_be_visible()
    comes_back(ann)
    expect(ann).to_have_url(live.base + path)


def test_a_case_and_a_page_without_news_say_that_the_session_has_ended(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    window = open_window()
    ann = sign_in(window, live, "ann")
    ann.goto(f"{live.base}/console/cases/{case_id}")
    ann.fill("#note-text", "half a page")
    other = window.new_page()
    other.goto(f"{live.base}/console/do-not-call")
    other.wait_for_load_state()
    its_session_ends(live, ann)
    expect(ann.get_by_text(ENDED)).to_be_visible()
    expect(ann.get_by_text("The connection is lost.")).to_be_hidden()
    expect(ann.locator("#note-text")).to_have_value("half a page")
    third = window.new_page()
    third.goto(f"{live.base}/console")
    expect(other.get_by_text(ENDED)).to_be_visible()
    comes_back(third)
    third.wait_for_url(re.compile("/console$"))
    ann.locator('form[action$="/note"] button').click()
    expect(ann.get_by_text(NOT_SENT)).to_be_focused()
    expect(ann.locator("#note-text")).to_have_value("half a page")
    expect(ann.locator("ul.plain", has_text="half a page")).to_have_count(0)
    ann.locator('form[action$="/note"] button').click()
    expect(ann.locator("ul.plain", has_text="half a page")).to_be_visible()


def test_a_form_that_waited_comes_back_to_its_own_page(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    ann = sign_in(open_window(), live, "ann")
    ann.goto(f"{live.base}/console/cases/{case_id}")
    ann.fill("#note-text", "half a page\nand a line")
    its_session_ends(live, ann)
    ann.locator('form[action$="/note"] button').click()
    comes_back(ann)
    button = ann.get_by_role("button", name="Continue")
    expect(button).to_be_focused()
    button.press("Enter")
    expect(ann.get_by_text(NOT_SENT)).to_be_focused()
    expect(ann.locator("#note-text")).to_have_value("half a page\nand a line")
    # Loaded again, the browser sends the form again, to the address that only shows it.
    ann.reload()
    expect(ann.get_by_text(NOT_SENT)).to_be_visible()
    expect(ann).to_have_url(re.compile(r"/note\?again=yes$"))
    expect(ann.locator("#note-text")).to_have_value("half a page\nand a line")
    assert recorded(live, case_id, "review_noted") == 0
    ann.goto(f"{live.base}/console?again=yes")
    expect(ann.get_by_text(NOT_SENT)).to_be_visible()
    expect(ann).to_have_url(f"{live.base}/console")


def test_the_sign_in_page_has_no_session_that_could_end(live: LiveConsole, open_window: Windows) -> None:
    window = open_window()
    ann = sign_in(window, live, "ann")
    ann.goto(f"{live.base}/console/do-not-call")
    ann.wait_for_load_state()
    here = window.new_page()
    here.goto(f"{live.base}/console/do-not-call")
    here.get_by_role("button", name="Sign out", exact=True).click()
    here.wait_for_selector("#name")
    expect(ann.get_by_text(ENDED)).to_be_visible()
    second = window.new_page()
    second.goto(f"{live.base}/console/sign-in")
    with here.expect_event("console", lambda said: said.text == "heard"):
        here.evaluate(
            "new BroadcastChannel('wakeup-signed-out').addEventListener('message', () => console.log('heard'))"
        )
        second.reload()
    expect(here.locator("#lost")).to_be_hidden()
    expect(second.locator("#lost")).to_be_hidden()


def test_an_idle_desk_leads_to_the_sign_in_with_the_reason_and_back(live: LiveConsole, open_window: Windows) -> None:
    ann = sign_in(open_window(), live, "ann")
    with ann.expect_request("**/desk/live"):
        ann.goto(f"{live.base}/console/desk")
    its_session_ends(live, ann)
    expect(ann.get_by_text("Your session has ended. Sign in, and you come back")).to_be_visible()
    comes_back(ann)
    expect(ann).to_have_url(f"{live.base}/console/desk")
