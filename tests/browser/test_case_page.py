"""The page of a case in a real browser: what it says of its own accord while it is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.conftest import LiveConsole
from tests.browser.test_console import fits, sign_in
from tests.console.test_promised_calls import is_promised
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
    expect(promised.locator("time.over")).to_contain_text("overdue")
    fits(ann)
