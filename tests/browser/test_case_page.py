"""The page of a case in a real browser: what it says of its own accord while it is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, expect

from tests.browser.conftest import LiveConsole
from tests.browser.test_console import fits, press, sign_in, sign_in_without_scripts
from tests.console.test_promised_calls import is_promised
from tests.unit.desk import someone
from wakeup.domain.to_do import PERSON_WITHIN

pytestmark = pytest.mark.timeout(300)
Windows = Callable[..., BrowserContext]


def test_how_late_the_promise_of_a_human_is_goes_on_counting(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(is_promised(live.console))
    live.console.moment += PERSON_WITHIN - timedelta(seconds=1)
    ann = sign_in(open_window(390), live, "ann")
    answer = ann.goto(f"{live.base}/console/cases/{case_id}")
    assert answer is not None and "0:01 left</time>" in answer.text()
    promised = ann.locator("#promised")
    expect(promised).to_be_in_viewport()
    live.console.moment += timedelta(minutes=9)
    expect(promised.locator("time.over")).to_contain_text("overdue")
    fits(ann)


def test_a_guardian_is_texted_only_after_a_look_at_whom_and_a_confirmation(
    live: LiveConsole, open_window: Windows
) -> None:
    consented = replace(someone("+6598000001", "g_1", "Li"), consented_at=live.console.moment - timedelta(days=90))
    case_id = live.run(live.console.flag(held=False, guardians=(consented,)))
    kim = sign_in(open_window(), live, "kim")
    kim.goto(f"{live.base}/console/cases/{case_id}")
    press(kim, "c")
    expect(kim.get_by_text("You have the case.")).to_be_visible()
    kim.get_by_text("Text the next guardian").click()
    expect(kim.get_by_text("Next is L•• · +65••••01.")).to_be_visible()
    expect(kim.locator("blockquote")).to_contain_text("••1=担心")
    asked: list[str] = []
    answers = iter((False, True))

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        (dialog.accept if next(answers) else dialog.dismiss)()

    kim.on("dialog", answer)
    send = kim.get_by_role("button", name="Send the text")
    # The script asks for the confirmation.
    kim.wait_for_load_state()
    send.click()
    assert asked == ["Text this guardian now? \u2068L••\u2069 · +65••••01"]
    expect(send).to_be_visible()
    send.click()
    expect(kim.get_by_text("The guardian is asked by text.")).to_be_visible()
    expect(kim.get_by_text("a guardian was asked and may still answer")).to_have_count(1)


def test_the_steps_of_the_service_are_folded_away_also_without_scripts(live: LiveConsole, chromium: Browser) -> None:
    case_id = live.run(live.console.flag())
    window = chromium.new_context(java_script_enabled=False, locale="zh-CN")
    ann = window.new_page()
    sign_in_without_scripts(ann, live, "ann")
    ann.goto(f"{live.base}/console/cases/{case_id}")
    rows = ann.locator(".timeline li")
    decided, planned = rows.filter(has_text="号决定").first, rows.filter(has_text="通电话").last
    expect(decided).to_be_visible()
    expect(planned).to_be_hidden()
    assert "Wakeup" not in decided.inner_text(), "a sentence has one subject"
    ann.locator(".steps summary").click()
    expect(planned).to_be_visible()
    window.close()


def test_a_printed_case_shows_what_is_known_and_nothing_to_press(live: LiveConsole, open_window: Windows) -> None:
    case_id = live.run(live.console.flag())
    live.run(live.console.leave_message(case_id, "RE" + "a" * 32))
    ann = sign_in(open_window(), live, "ann")
    with ann.expect_request("**/watch/*"):
        ann.goto(f"{live.base}/console/cases/{case_id}")
    expect(ann.locator(".printed")).to_be_hidden()
    ann.evaluate("dispatchEvent(new Event('beforeprint'))")
    ann.emulate_media(media="print")
    expect(ann.locator(".printed")).to_contain_text("Printed by ann, as of Nov 22, 2026")
    undated = [at for at in ann.locator(".timeline time").all_inner_texts() if "Nov 22, 2026 " not in at]
    assert not undated, "the sheet is kept for years"
    expect(ann.get_by_text("Legal basis")).to_be_visible()
    expect(ann.locator(".decisions td").first).to_be_visible()
    expect(ann.locator(":is(button, input, textarea, select, nav, audio, form):visible")).to_have_count(0)
    expect(ann.locator("details:visible")).to_have_count(1)
    ann.emulate_media(media="screen")
    ann.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(ann.locator("details[open]")).to_have_count(0)
