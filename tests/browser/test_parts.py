"""Parts of pages that do more than show text: a recording is played, charts are drawn, a file is downloaded, an SMS
is sent again. One console and one window serve all of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import LiveConsole
from tests.browser.test_console import accessible, fits, sign_in, sign_in_without_scripts
from wakeup.bank.typologies import TYPOLOGIES
from wakeup.domain.ids import CaseId
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.records import MessageState

pytestmark = pytest.mark.timeout(300)
Windows = Callable[..., BrowserContext]
SID = "RE" + "a" * 32


def test_a_recording_is_played_numbers_are_drawn_and_a_sheet_is_fetched(
    live: LiveConsole, open_window: Windows
) -> None:
    case_id: CaseId = live.run(live.console.flag())
    for n, kind in enumerate(TYPOLOGIES, 2):
        live.run(live.console.flag(n, held=False, typology=kind))
    live.run(live.console.leave_message(case_id, SID))
    ann = sign_in(open_window(), live, "ann")
    ann.goto(f"{live.base}/console/cases/{case_id}")
    # `wait_for_function` polls with `eval`, which the page's security policy refuses.
    ann.evaluate("document.querySelector('audio').play()")
    expect(ann.locator("audio")).not_to_have_js_property("currentTime", 0)
    ann.reload()
    expect(ann.get_by_text("listened to a recording of 2 seconds.").first).to_be_visible()
    accessible(ann)
    drawn(ann, live)
    ann.goto(f"{live.base}/console/account")
    ann.get_by_role("button", name="Enable it").click()
    expect(ann.locator("figure.code svg")).to_be_visible()
    accessible(ann)
    for path in ("/do-not-call", "/bulk"):
        ann.goto(f"{live.base}/console{path}")
        fits(ann)
        accessible(ann)


def drawn(page: Page, live: LiveConsole) -> None:
    """Charts have lines whose values pointer and keys read, and names that hide the lines."""
    page.goto(f"{live.base}/console/numbers?days=1")
    chart = page.locator("figure[data-chart]").first
    expect(chart.locator("svg.drawn .grid")).to_have_count(5)
    expect(chart.locator("svg.drawn circle")).not_to_have_count(0)
    expect(page.locator("svg.still")).to_have_count(0)
    said = chart.locator(".said")
    expect(said).to_contain_text(f"reached in time 0.0 % (0/{1 + len(TYPOLOGIES)})")
    chart.get_by_role("button", name="reached in time").click()
    expect(said).not_to_contain_text("reached in time")
    chart.locator("svg.drawn").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("figure[data-chart]").nth(1).locator("rect")).not_to_have_count(0)
    each_kind_is_named(page)
    accessible(page)
    with page.expect_download() as sheet:
        page.get_by_role("link", name="CSV").click()
    assert sheet.value.suggested_filename == "wakeup-1-days.csv"


def each_kind_is_named(page: Page) -> None:
    """Bars between two names would be read under the wrong one, so no kind goes without its name."""
    chart = page.locator("figure[data-chart]").nth(1)
    kinds = chart.locator("text.kind")
    expect(kinds).to_have_text(json.loads(chart.get_attribute("data-chart") or "")["names"])
    drawing = chart.locator("svg.drawn").bounding_box()
    assert drawing is not None
    for box in (kind.bounding_box() for kind in kinds.all()):
        assert box is not None and box["x"] >= drawing["x"], "whole"
        assert box["y"] + box["height"] <= drawing["y"] + drawing["height"], "whole"


def test_single_keys_can_be_turned_off(live: LiveConsole, open_window: Windows) -> None:
    vera = sign_in(open_window(), live, "vera")
    vera.goto(f"{live.base}/console/account")
    switch = vera.get_by_role("button", name="Single keys")
    expect(switch).to_have_attribute("aria-pressed", "true")
    assert switch.inner_text() == "Single keys · on"
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert switch.inner_text() == "Single keys · off", "said in words too, not by colour alone"
    vera.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")
    vera.keyboard.press("q")
    vera.keyboard.press("/")
    expect(vera.locator("#q")).not_to_be_focused()
    switch.click()
    vera.keyboard.press("q")
    vera.wait_for_url("**/console/queue")


def test_without_scripts_the_pages_say_how_much_time_is_left(live: LiveConsole, chromium: Browser) -> None:
    case_id = live.run(live.console.flag())
    window = chromium.new_context(java_script_enabled=False)
    ann = window.new_page()
    sign_in_without_scripts(ann, live, "ann")
    for path in ("", "/queue", f"/cases/{case_id}"):
        ann.goto(f"{live.base}/console{path}")
        expect(ann.locator("time[data-until]").first).to_have_text(re.compile(r"^(\dd \d+h|\d+:\d\d:\d\d)$"))
    window.close()


def test_an_administrator_sends_a_dead_letter_again(live: LiveConsole, open_window: Windows) -> None:
    live.run(live.console.flag())

    def die(unit: SqlUnit) -> None:
        message = unit.outbox.listed(None, 1)[0]
        unit.outbox.save(replace(message, state=MessageState.DEAD, settled_at=live.console.moment))

    live.run(live.console.store.run(die))
    root = sign_in(open_window(), live, "root")
    root.goto(f"{live.base}/console/admin")
    accessible(root)
    root.get_by_role("button", name="Send again").click()
    expect(root.get_by_text("Every decision was accepted.")).to_be_visible()
    expect(root.get_by_text("message replayed")).to_be_visible()
