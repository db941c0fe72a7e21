"""`make screenshot`: the board of a running demo, as the README shows it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.conftest import MISSING, NAMES
from tests.browser.stage import demo

MOST_BYTES = 200_000
CALLS = "document.querySelectorAll('#calls li').length >= 3 && document.querySelectorAll('#rows tr').length >= 9"


def main(target: Path) -> None:
    """Waits until some phones ring and some transfers are there."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        sys.exit(MISSING)
    with demo("--cases", "40", "--speed", "6") as stage, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 720}, locale="en-GB", timezone_id="Asia/Singapore")
        page.goto(stage.console)
        page.fill("#name", "ann")
        page.fill("#password", stage.password)
        page.press("#password", "Enter")
        page.wait_for_function(CALLS, timeout=120_000)
        page.screenshot(path=target)
        browser.close()
    if target.stat().st_size > MOST_BYTES:
        sys.exit(f"{target} is larger than {MOST_BYTES} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
