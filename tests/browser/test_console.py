"""What a supervisor does in a day, in a real browser, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import LiveConsole
from tests.console.console_client import PASSWORD
from tests.console.test_promised_calls import promise
from wakeup.domain.ids import CaseId
from wakeup.domain.pacing import PAUSED
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.ringing.pacing import stop_dialling
from wakeup.web.parts import ScriptFacts

pytestmark = pytest.mark.timeout(300)
Windows = Callable[..., BrowserContext]
NARROW = 390
"""Pixels. At this width the two fullest pages are checked once more, because parts of them are folded away."""
ROMANCE = ScriptFacts(
    id="romance", version="7", title="Romance scam (婚恋交友)", languages=("zh-CN", "en"), nodes=114,
    content_hash="a" * 64,
)  # fmt: skip
RULES = {"resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}


def sign_in(window: BrowserContext, live: LiveConsole, name: str) -> Page:
    """The board follows the service, and its scripts see what the pointer does: they load after the page."""
    page = window.new_page()
    with page.expect_request("**/console/live*"):
        sign_in_without_scripts(page, live, name)
    return page


def sign_in_without_scripts(page: Page, live: LiveConsole, name: str) -> None:
    page.goto(f"{live.base}/console")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_selector("h1 >> text=/Board|看板/")


def accessible(page: Page) -> None:
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, found.generate_report()


def stands_out(part: Locator, around: str) -> bool:
    """The keyboard focus ring has a contrast of at least three to one against its surroundings."""
    found: float = part.evaluate(
        """(part, around) => {
          const light = (text) => text.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255)
            .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0.05);
          const style = (name) => getComputedStyle(document.querySelector(around))[name];
          part.tabIndex = 0; part.focus({ focusVisible: true });
          const back = around === "body" ? getComputedStyle(document.documentElement).backgroundColor : style("backgroundColor");
          const [one, other] = [light(getComputedStyle(part).outlineColor), light(back)];
          return Math.max(one, other) / Math.min(one, other);
        }""",
        around,
    )
    return found >= 3


def fits(page: Page) -> None:
    """The page never scrolls sideways, and no figure runs out of its tile."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{wide} px too wide"
    cut = page.locator(".tiles dd").evaluate_all(
        'all => all.filter(it => it.scrollWidth > it.clientWidth).map(it => it.textContent + it.scrollWidth + " " + it.clientWidth)'
    )
    assert cut == [], "a figure runs out of its tile"


def release(page: Page, form: str, words: str) -> None:
    page.locator(f"details:has(#{form}-reason)").evaluate("it => it.open = true")
    page.select_option(f"#{form}-reason", "identified_by_call_back")
    page.fill(f"#{form}-text", words)
    page.locator(f"form:has(#{form}-reason) button").click()


def press(page: Page, key: str) -> None:
    """Wait until the page is loaded, because keys are handled only then."""
    page.wait_for_load_state()
    page.keyboard.press(key)


def choose(page: Page, name: str) -> None:
    """Press a button that does nothing before the page's script is there."""
    page.wait_for_load_state()
    page.get_by_role("button", name=name).click()


def test_a_release_takes_two_persons(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    ann, ben = sign_in(open_window(), live, "ann"), sign_in(open_window(), live, "ben")
    for page in (ann, ben):
        page.goto(f"{live.base}/console/cases/{case_id}")
    press(ann, "c")
    expect(ann.get_by_text("You have this case until")).to_be_visible()
    release(ann, "release-t_1", "rang her back")
    expect(ann.get_by_text("A second person must confirm")).to_be_visible()
    press(ann, "c")
    expect(ann.get_by_text("You have this case until")).to_be_visible()
    release(ann, "confirm-t_1", "me again")
    expect(ann.get_by_role("alert").filter(has_text="a second person must confirm")).to_be_visible()
    expect(ann.locator("#confirm-t_1-text")).to_have_value("me again")
    ann.get_by_role("button", name="Give it back").click()
    expect(ann.get_by_text("Nobody has claimed this case.")).to_be_visible()
    expect(ben.get_by_text("This case has changed.")).to_be_visible()
    ben.get_by_role("link", name="Look again").click()
    expect(ben.get_by_text("rang her back").first).to_be_visible()
    press(ben, "c")
    expect(ben.get_by_text("You have this case until")).to_be_visible()
    accessible(ben)
    release(ben, "confirm-t_1", "rang her too")
    expect(ben.get_by_text("The transfer was released.")).to_be_visible()
    assert live.run(live.console.state()) == "allowed"


def stops(unit: SqlUnit, now: datetime) -> None:
    stop_dialling(unit, "AC1", PAUSED, now + timedelta(minutes=5), now)
    unit.wakes.add("board")


def test_the_board_updates_while_it_is_open(live: LiveConsole, open_window: Windows) -> None:
    vera = sign_in(open_window(), live, "vera")
    expect(vera.locator("#empty")).to_be_visible()
    live.run(live.console.flag(1, held=False))
    expect(vera.locator('tr[data-id="t_1"]')).to_be_visible()
    live.run(live.console.flag(2, held=False, decide_by=live.console.moment + timedelta(minutes=5)))
    expect(vera.locator("#rows tr").first).to_have_attribute("data-id", "t_2")
    expect(vera.locator('tr[data-id="t_2"] time')).to_have_class("soon")
    expect(vera.get_by_text("No faults.")).to_be_visible()
    stood, alarms = vera.locator("table.board").bounding_box(), vera.locator("#alarms[role=status]").element_handle()
    live.run(live.console.store.run(stops, live.console.moment))
    expect(vera.get_by_text("Dialling is stopped")).to_be_visible()
    assert vera.locator("table.board").bounding_box() == stood, "an alarm pushes nothing down"
    assert alarms.is_visible() and "Dialling is stopped" in alarms.inner_text(), "what is added there is read aloud"
    expect(vera.locator("#empty")).to_be_hidden()
    accessible(vera)
    press(vera, "/")
    expect(vera.locator("#q")).to_be_focused()
    vera.fill("#q", "+65 9123 4567")
    vera.press("#q", "Enter")
    expect(vera.locator("#q:invalid")).to_be_visible()
    assert "9123" not in vera.url, "a phone number comes into no address"
    assert stands_out(vera.locator("#q"), "header") and stands_out(vera.locator("h1"), "body")


@pytest.mark.parametrize(
    ("width", "locale", "scheme"), [(1360, "zh-CN", "light"), (NARROW, "en-GB", "light"), (1440, "en-GB", "dark")]
)
def test_every_page_is_legible_wide_and_narrow_in_both_languages_and_at_night(
    live: LiveConsole, open_window: Windows, width: int, locale: str, scheme: str
) -> None:
    case_id: CaseId = live.run(live.console.flag())
    large = live.run(live.console.flag(2, held=False, amount=Decimal(71_409_926)))
    live.run(promise(live.console, large, 2))
    live.console.moment += timedelta(minutes=40)
    live.run(live.console.ask_for_codes("ben"))
    window = open_window(width, locale, scheme)
    first = window.new_page()
    first.goto(f"{live.base}/console/sign-in")
    looks_well(first)
    first.fill("#name", "ben")
    first.fill("#password", PASSWORD)
    first.press("#password", "Enter")
    expect(first.locator("#code")).to_be_focused()
    looks_well(first)
    page = sign_in(window, live, "ann")
    assert stands_out(page.locator("#q"), "header") and stands_out(page.locator("h1"), "body")
    words = "复核队列" if locale == "zh-CN" else "Review queue"
    expect(page.get_by_role("link", name=words)).to_be_visible()
    # Tables that are stacked when narrow, and pages with columns when wide, are checked at both widths.
    for path in ("", f"/cases/{case_id}", "/queue", "/search", "/numbers", "/scripts", "/do-not-call", "/bulk"):
        page.goto(f"{live.base}/console{path}")
        fits(page)
        if width > NARROW or path in {"", f"/cases/{case_id}", "/queue", "/numbers"}:
            accessible(page)
    page.goto(f"{live.base}/console/account")
    looks_well(page)
    other = sign_in(open_window(width, locale, scheme), live, "root")
    other.goto(f"{live.base}/console/admin")
    looks_well(other)


def test_nothing_that_is_clicked_lies_off_the_screen(live: LiveConsole, open_window: Windows) -> None:
    live.console.furnish(scripts=lambda: [ROMANCE])
    for width, locale in ((NARROW, "en-GB"), (NARROW, "zh-CN"), (1280, "en-GB")):
        page = sign_in(open_window(width, locale), live, "root" if width == NARROW else "ann")
        links = page.locator("header nav a")
        assert links.count() > 4
        assert all(inside(link, width) for link in links.all()), f"{width} {locale}"
    page = sign_in(open_window(1280, "en-GB"), live, "ann")
    for width in (1280, 1440, 1610):
        page.set_viewport_size({"width": width, "height": 720})
        needed = page.evaluate(
            "() => { const q = document.querySelector('#q'), c = document.createElement('canvas').getContext('2d');"
            " c.font = getComputedStyle(q).font; return c.measureText(q.placeholder).width; }"
        )
        box = page.locator("#q").bounding_box()
        assert box is not None and box["width"] > needed + 20, f"what may be typed is legible at {width}"
    ann = sign_in(open_window(NARROW, "zh-CN"), live, "ann")
    ann.goto(f"{live.base}/console/scripts")
    pause = ann.get_by_role("button", name="暂停").first
    assert inside(pause, NARROW), "a script is paused from a telephone, too"


def inside(part: Locator, width: int) -> bool:
    box = part.bounding_box()
    return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width


def looks_well(page: Page) -> None:
    fits(page)
    accessible(page)


def test_an_agent_changes_the_language_and_unmasks_a_case(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    kim = sign_in(open_window(), live, "kim")
    kim.goto(f"{live.base}/console/cases/{case_id}")
    expect(kim.locator("dd", has_text="+65••••01")).to_be_visible()
    choose(kim, "中文")
    expect(kim.get_by_role("heading", name="案件")).to_be_visible()
    kim.get_by_text("显示隐私信息").click()
    kim.select_option("#unmask-reason", "contact_customer")
    kim.get_by_role("button", name="显示姓名、号码和原话").click()
    expect(kim.get_by_text("+6590000001")).to_be_visible()
    kim.goto(f"{live.base}/console/cases/{case_id}")
    expect(kim.get_by_text("+6590000001")).to_have_count(0)
