"""What is typed on the page of a case is not lost to another of its buttons, and does not outlast its use."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import LiveConsole
from tests.browser.test_console import choose, press, sign_in
from tests.console.console_client import PASSWORD
from tests.console.test_beside_another_case import two_cases
from tests.console.test_older_page import bank_sends_again
from tests.console.test_promised_calls import promise
from wakeup.domain.ids import CaseId

pytestmark = pytest.mark.timeout(300)
Windows = Callable[..., BrowserContext]
GROUNDS = "seen in branch 12, the payee is her daughter, invoice shown"
NOTE = "half a page of notes from the talk by telephone"


def kept(page: Page) -> list[str]:
    found: list[str] = page.evaluate("Object.keys(sessionStorage).map((key) => key.split(':').slice(2).join(':'))")
    return sorted(found)


def types(page: Page, live: LiveConsole, case_id: CaseId) -> None:
    # The page asks for its stream once it keeps what is typed.
    with page.expect_request("**/watch/*"):
        page.goto(f"{live.base}/console/cases/{case_id}")
    page.get_by_text("Release it").click()
    page.select_option("#release-t_1-reason", "identified_in_branch")
    page.fill("#release-t_1-text", GROUNDS)
    page.fill("#note-text", NOTE)


def nothing_is_lost(page: Page) -> None:
    expect(page.locator("#release-t_1-text")).to_be_visible()
    expect(page.locator("#release-t_1-text")).to_have_value(GROUNDS)
    expect(page.locator("#release-t_1-reason")).to_have_value("identified_in_branch")
    expect(page.locator("#note-text")).to_have_value(NOTE)


def test_no_button_of_a_case_throws_away_what_was_typed(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    ann = sign_in(open_window(), live, "ann")
    types(ann, live, case_id)
    ann.locator("form:has(#release-t_1-text) button.danger").click()
    alert = ann.get_by_role("alert").filter(has_text="claim the case first")
    expect(alert).to_be_visible()
    alert.get_by_role("button", name="Claim it").click()
    expect(ann.get_by_text("You have the case.")).to_be_visible()
    nothing_is_lost(ann)
    ann.get_by_text("Unmask", exact=True).click()
    ann.select_option("#unmask-reason", "contact_customer")
    ann.get_by_role("button", name="Show names").click()
    expect(ann.get_by_text("Unmasked for you, once.")).to_be_visible()
    nothing_is_lost(ann)
    choose(ann, "中文")
    expect(ann.get_by_role("heading", name="案件")).to_be_visible()
    nothing_is_lost(ann)
    choose(ann, "English")
    expect(ann.get_by_role("heading", name="Case")).to_be_visible()
    live.run(live.console.leave_message(case_id, "RE" + "a" * 32))
    ann.get_by_role("link", name="Look again").click()
    nothing_is_lost(ann)
    assert kept(ann) == [f"note:{case_id}", f"release-t_1:{case_id}"]
    ann.locator("form:has(#note-text) button").click()
    expect(ann.get_by_text("The note is recorded.")).to_be_visible()
    expect(ann.locator("#note-text")).to_have_value("")
    expect(ann.locator("#release-t_1-text")).to_have_value(GROUNDS)
    assert kept(ann) == [f"release-t_1:{case_id}"], "what was recorded is forgotten"
    ann.fill("#note-text", "a second note")
    ann.reload()
    expect(ann.locator("#note-text")).to_have_value("a second note")


def test_a_draft_keeps_what_was_typed_and_not_what_the_old_page_was_bound_to(
    live: LiveConsole, open_window: Windows
) -> None:
    case_id = live.run(live.console.flag())
    ann = sign_in(open_window(), live, "ann")
    types(ann, live, case_id)
    ann.fill("#release-t_1-text", "")
    ann.select_option("#release-t_1-reason", "")
    assert kept(ann) == [f"note:{case_id}"], "a form in which nothing is typed has no draft"
    ann.select_option("#release-t_1-reason", "identified_in_branch")
    ann.fill("#release-t_1-text", GROUNDS)
    release = ann.locator("form:has(#release-t_1-text)")
    before = release.locator("[name=binds]").input_value()
    live.run(promise(live.console, case_id))
    ann.locator("#claim-form button").click()
    expect(ann.get_by_text("You have the case.")).to_be_visible()
    nothing_is_lost(ann)
    assert release.locator("[name=binds]").input_value() != before
    release.locator("button.danger").click()
    expect(ann.get_by_role("alert")).to_have_count(0)


def test_what_was_typed_into_a_case_does_not_outlast_the_session(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    window = open_window()
    ann = sign_in(window, live, "ann")
    types(ann, live, case_id)
    assert len(kept(ann)) == 2
    second = window.new_page()
    second.goto(f"{live.base}/console")
    second.get_by_role("button", name="Sign out", exact=True).click()
    second.wait_for_selector("#name")
    # Not `#lost`: a page that has heard nothing for a while says that before it knows of the end.
    expect(ann.locator("#ended")).to_be_visible()
    ann.fill("#note-text", "typed after the end")
    assert not kept(ann) and not kept(second), "nothing personal stays after a sign-out"


def test_the_key_that_claims_a_case_never_gives_it_back(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    ann = sign_in(open_window(), live, "ann")
    ann.goto(f"{live.base}/console/cases/{case_id}")
    press(ann, "c")
    expect(ann.get_by_text("You have the case.")).to_be_visible()
    asked: list[str] = []
    ann.on("request", lambda request: asked.append(request.url) if request.method == "POST" else None)
    press(ann, "c")
    ann.get_by_role("button", name="Give it back").click()
    expect(ann.get_by_text("You gave the case back.")).to_be_visible()
    assert [url.rpartition("/")[2] for url in asked] == ["give-back"]


def test_that_the_case_has_changed_is_said_in_view(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    ann = sign_in(open_window(), live, "ann")
    ann.goto(f"{live.base}/console/cases/{case_id}")
    ann.locator("#check-text").scroll_into_view_if_needed()
    ann.evaluate("scrollTo(0, document.body.scrollHeight)")
    live.run(live.console.leave_message(case_id, "RE" + "a" * 32))
    expect(ann.get_by_text("This case has changed.")).to_be_in_viewport()


def test_that_something_was_said_in_another_case_is_news_of_this_one(live: LiveConsole, open_window: Windows) -> None:
    other, case_id = live.run(two_cases(live.console))
    ann = sign_in(open_window(), live, "ann")
    with ann.expect_response("**/console/watch/*"):
        ann.goto(f"{live.base}/console/cases/{case_id}")
    expect(ann.get_by_text("This case has changed.")).to_be_hidden()
    live.run(promise(live.console, other, 3))
    expect(ann.get_by_text("This case has changed.")).to_be_in_viewport()
    ann.get_by_role("link", name="Look again").click()
    expect(ann.get_by_text("In another case of this customer (1)")).to_be_visible()


def back_to(page: Page, field: str) -> None:
    """Go back to the last page with this field."""
    for _ in range(5):
        page.go_back()
        page.wait_for_load_state()
        if page.locator(field).count():
            return
    raise AssertionError(f"no page before has {field}")


def test_back_shows_nothing_that_was_recorded_and_nothing_of_another_user(
    live: LiveConsole, open_window: Windows
) -> None:
    case_id = live.run(live.console.flag())
    page = sign_in(open_window(), live, "ann")
    types(page, live, case_id)
    page.locator("form:has(#note-text) button").click()
    expect(page.get_by_text("The note is recorded.")).to_be_visible()
    expect(page.locator("#release-t_1-text")).to_have_value(GROUNDS)
    back_to(page, "#note-text")
    expect(page.locator("#note-text")).to_have_value("")
    expect(page.locator("#release-t_1-text")).to_have_value(GROUNDS)
    assert kept(page) == [f"release-t_1:{case_id}"], "what was recorded is no draft, what was not still is one"
    page.fill("#note-text", "typed and never sent")
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_selector("#name")
    page.fill("#name", "ben")
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    expect(page.locator(".me b")).to_have_text("ben")
    back_to(page, "#note-text")
    expect(page.locator(".me b")).to_have_text("ben")
    for field in ("#note-text", "#release-t_1-text", "#release-t_1-reason"):
        expect(page.locator(field)).to_have_value("")
    assert not kept(page)


def test_a_confirmation_that_lapsed_is_told_as_not_done_and_its_text_is_kept(
    live: LiveConsole, open_window: Windows
) -> None:
    case_id = live.run(live.console.flag())
    ann, ben = (sign_in(open_window(), live, name) for name in ("ann", "ben"))
    types(ann, live, case_id)
    ann.locator("#claim-form button").click()
    expect(ann.get_by_text("You have the case.")).to_be_visible()
    ann.locator("form:has(#release-t_1-text) button.danger").click()
    expect(ann.get_by_text("A second person must confirm")).to_be_visible()
    ben.goto(f"{live.base}/console/cases/{case_id}")
    ben.locator("#claim-form button").click()
    expect(ben.get_by_text("You have the case.")).to_be_visible()
    ben.select_option("#confirm-t_1-reason", "payee_checked")
    ben.fill("#confirm-t_1-text", NOTE)
    live.run(bank_sends_again(live.console, sim_swapped_at=live.console.moment))
    ben.locator("form:has(#confirm-t_1-text) button.danger").click()
    alert = ben.get_by_role("alert").filter(has_text="has changed since the release was asked for")
    expect(alert).to_be_focused()
    expect(ben.locator("#stray-text")).to_have_value(NOTE)
    assert kept(ben) == [f"confirm-t_1:{case_id}"], "what released nothing is still unsent"
