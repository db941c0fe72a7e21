"""What follows a form, in a real browser: the language, a reload, and where the focus stands after a refusal."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import LiveConsole
from tests.browser.test_console import choose, sign_in
from tests.console.console_client import PASSWORD
from wakeup.domain.ids import CaseId
from wakeup.domain.transfer import Tier
from wakeup.storage.unit_of_work import SqlUnit

pytestmark = pytest.mark.timeout(120)
Windows = Callable[..., BrowserContext]


def recorded(live: LiveConsole, case_id: CaseId, kind: str) -> int:
    async def count() -> int:
        def read(unit: SqlUnit) -> int:
            return sum(note.kind == kind for _, _, note in unit.views.timeline(case_id))

        found: int = await live.console.store.read(read)
        return found

    return live.run(count())


def forms_sent(page: Page) -> list[str]:
    """The addresses that forms of this page are sent to from now on."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    return sent


def test_another_language_repeats_no_form(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    kim = sign_in(open_window(), live, "kim")
    kim.goto(f"{live.base}/console/cases/{case_id}")
    kim.get_by_text("Unmask", exact=True).click()
    kim.select_option("#unmask-reason", "contact_customer")
    kim.get_by_role("button", name="Show names").click()
    expect(kim.get_by_text("+6590000001")).to_be_visible()
    sent = forms_sent(kim)
    choose(kim, "中文")
    expect(kim.get_by_role("heading", name="案件")).to_be_visible()
    expect(kim.get_by_text("+6590000001")).to_have_count(0)
    choose(kim, "English")
    expect(kim.get_by_role("heading", name="Case")).to_be_visible()
    assert not sent and recorded(live, case_id, "review_unmasked") == 1


def test_another_language_sends_no_refused_form_again(live: LiveConsole, open_window: Windows) -> None:
    kim = sign_in(open_window(), live, "kim")
    kim.goto(f"{live.base}/console/account")
    kim.get_by_role("button", name="Enable it").click()
    kim.fill("#confirm-code", "000000")
    kim.get_by_role("button", name="Use it from now on").click()
    expect(kim.locator("#confirm-code")).to_have_attribute("aria-invalid", "true")
    sent = forms_sent(kim)
    choose(kim, "中文")
    expect(kim.locator("html")).to_have_attribute("lang", "zh-CN")
    assert not sent


def test_success_is_said_once_and_not_after_a_reload(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    ann = sign_in(open_window(), live, "ann")
    ann.goto(f"{live.base}/console/cases/{case_id}")
    ann.get_by_role("button", name="Claim it").first.click()
    expect(ann.locator(".notice.good")).to_be_visible()
    expect(ann).to_have_url(re.compile(f"/cases/{case_id}$"))
    ann.reload()
    expect(ann.get_by_text("You have this case until")).to_be_visible()
    expect(ann.locator(".notice.good")).to_have_count(0)


def test_after_a_refusal_the_focus_stands_at_what_is_wrong(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    ann = sign_in(open_window(), live, "ann")
    ann.goto(f"{live.base}/console/cases/{case_id}")
    ann.locator('form[action$="/note"] button').click()
    expect(ann.locator('[aria-invalid="true"]')).to_be_focused()
    expect(ann.locator('[aria-invalid="true"]')).to_be_in_viewport()
    expect(ann).to_have_title(re.compile("^Not done: "))
    ann.goto(f"{live.base}/console/cases/{case_id}")
    ann.get_by_text("Release it").click()
    ann.locator("form:has(#release-t_1-text) button.danger").click()
    expect(ann.get_by_role("alert").filter(has_text="claim the case first")).to_be_focused()


def test_after_an_act_the_focus_stands_at_what_it_came_to(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    ann = sign_in(open_window(), live, "ann")
    ann.goto(f"{live.base}/console/cases/{case_id}")
    ann.fill("#note-text", "rang the branch")
    ann.locator('form[action$="/note"] button').click()
    told = ann.get_by_role("status").filter(has_text="The note is recorded.")
    expect(told).to_be_focused()
    expect(told).to_be_in_viewport()
    ann.reload()
    expect(ann.get_by_text("Nobody has claimed this case.")).to_be_visible()
    expect(ann.locator("body")).to_be_focused()


def test_the_focus_stands_at_what_is_said_to_another_user(live: LiveConsole, open_window: Windows) -> None:
    window = open_window()
    left = window.new_page()
    left.goto(f"{live.base}/console/sign-in")
    sign_in(window, live, "ann")
    left.fill("#name", "ben")
    left.fill("#password", PASSWORD)
    left.press("#password", "Enter")
    expect(left.get_by_role("alert").filter(has_text="ann is signed in in this browser.")).to_be_focused()


def test_the_focus_stays_where_somebody_has_begun_to_type(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    window = open_window()
    ann = sign_in(window, live, "ann")
    ann.goto(f"{live.base}/console/cases/{case_id}")
    ann.fill("#note-text", "rang the branch")
    # Before any script of the page runs, as on a slow line.
    window.add_init_script(
        "addEventListener('readystatechange', () => document.querySelector('#note-text')?.focus(), { capture: true })"
    )
    ann.locator('form[action$="/note"] button').click()
    expect(ann.get_by_role("status").filter(has_text="The note is recorded.")).to_be_visible()
    ann.evaluate("import(document.querySelector('script').src.replace('console.js', 'focus.js')).then(() => {})")
    expect(ann.locator("#note-text")).to_be_focused()
    ann.keyboard.type("c")
    expect(ann.locator("#note-text")).to_have_value("c")


def test_a_claim_within_another_form_comes_back_to_that_form(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    ann = sign_in(open_window(), live, "ann")
    ann.goto(f"{live.base}/console/cases/{case_id}")
    ann.get_by_text("Release it").click()
    ann.locator("form:has(#release-t_1-text)").get_by_role("button", name="Claim it").click()
    expect(ann.get_by_text("You have the case.")).to_be_visible()
    expect(ann.locator("#release-t_1-reason")).to_be_focused()
    expect(ann.locator("#release-t_1-reason")).to_be_in_viewport()
    expect(ann).to_have_url(re.compile(f"/cases/{case_id}$"))


def test_on_a_phone_the_sums_of_a_release_in_bulk_stand_within_their_tiles(
    live: LiveConsole, open_window: Windows
) -> None:
    hold_max = live.console.moment + timedelta(days=2)
    live.run(live.console.flag(1, Tier.MEDIUM, amount=Decimal("88123456.70"), model="v7", hold_max=hold_max))
    ann = sign_in(open_window(width=390), live, "ann")
    ann.goto(f"{live.base}/console/bulk?model=v7&since=2026-11-22T09:00&until=2026-11-22T11:00")
    expect(ann.locator(".tiles")).to_contain_text("88,123,456.70")
    out = ann.locator(".tiles dd").evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).length")
    assert not out
