"""`make screenshot`: the board of a running demo, as the README shows it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.browser.conftest import ARGS, MISSING, NAMES
from tests.browser.stage import demo

MAX_BYTES = 200_000
CALLS, ROWS, PATIENCE_MS = 3, 9, 120_000


def main(target: Path) -> None:
    """Take the picture once some phones ring and some transfers are there."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        sys.exit(MISSING)
    with demo("--cases", "40", "--speed", "6") as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGS)
        page = browser.new_page(viewport={"width": 1280, "height": 720}, locale="en-GB", timezone_id="Asia/Singapore")
        page.goto(stage.console)
        page.fill("#name", "ann")
        page.fill("#password", stage.password)
        page.press("#password", "Enter")
        # The nth element is polled from Python, because the page's security policy refuses a watcher that evaluates
        # text.
        expect(page.locator("#rows tr").nth(ROWS - 1)).to_be_visible(timeout=PATIENCE_MS)
        expect(page.locator("#calls li").nth(CALLS - 1)).to_be_visible(timeout=PATIENCE_MS)
        page.screenshot(path=target)
        browser.close()
    if target.stat().st_size > MAX_BYTES:
        sys.exit(f"{target} is larger than {MAX_BYTES} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
