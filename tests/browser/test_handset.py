"""The person with the handset is about to send money: called, talked to, held because of a daughter's worry, and
shown on the board.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.paused_world import HeldWorld
from tests.browser.test_console import accessible, fits

pytestmark = pytest.mark.timeout(300)
Windows = Callable[..., BrowserContext]


@dataclass(frozen=True, kw_only=True)
class Phrases:
    """One customer and one daughter, and what they hear and read in their language."""

    transfer: str
    mine: str
    hers: str
    locale: str
    hello: str
    payment: str
    asked: str
    text: str


ZH = Phrases(
    transfer="t_handset_1", mine="+6591234599", hers="+6591234598", locale="zh-CN",
    hello="您好，星河银行自动语音来电，通话会录音", payment="您有一笔转账，大约一万九千新币", asked="第一个问题",
    text="登记您为守护人",
)  # fmt: skip
EN = Phrases(
    transfer="t_handset_2", mine="+6591234597", hers="+6591234596", locale="en",
    hello="automated, recorded call from Star River Bank", payment="a payment of about 19,000 Singapore dollars", asked="First question",
    text="safety contact",
)  # fmt: skip


@pytest.fixture
def held(tmp_path: Path) -> Iterator[HeldWorld]:
    held = HeldWorld(tmp_path)
    yield held
    held.close()


def phone(window: BrowserContext, held: HeldWorld, number: str) -> Page:
    page = window.new_page()
    page.goto(held.handset)
    # After its first poll, this page answers the calls of the number.
    with page.expect_response(lambda answer: f"{number[1:]}/state" in answer.url):
        page.fill("#number", number)
    return page


def test_a_call_in_either_language_ends_held_and_the_daughter_answers(held: HeldWorld, open_window: Windows) -> None:
    window, ann = open_window(390), signed_in(open_window(), held)
    daughters = {phrases: phone(window, held, phrases.hers) for phrases in (ZH, EN)}
    for phrases in daughters:
        mine = phone(window, held, phrases.mine)
        is_flagged(mine, phrases)
        talks(held, mine, phrases)
        ann.goto(held.console)
        expect(row(ann, phrases)).to_contain_text("pending")
        expect(ann.locator("#calls li")).to_have_count(1)
        tells(mine, "/act", mine.locator("#hang_up").click)
        fits(mine)
    row(ann, EN).locator("a").click()
    for phrases, hers in daughters.items():
        answers(held, hers, phrases)
    ann.get_by_role("link", name="Look again").click()
    expect(ann.get_by_text("The guardian replied: worried.")).to_be_visible()
    # No page is open meanwhile: rendering the board each second would cost half an hour's work.
    ann.goto("about:blank")
    worried = [("hold", "guardian_worried")]
    held.pass_time(lambda world: all(world.tellings(phrases.transfer) == worried for phrases in daughters), 1800)
    ann.goto(held.console)
    for phrases in daughters:
        expect(row(ann, phrases)).to_contain_text("held")
    accessible(daughters[EN])
    # Both customers were talked to with one script: its page has all its parts now.
    ann.goto(f"{held.console}/scripts/fake_invest")
    expect(ann.locator("#nodes")).to_contain_text("2 conversations")
    accessible(ann)
    ann.set_viewport_size({"width": 390, "height": 900})
    fits(ann)


def row(ann: Page, phrases: Phrases) -> Locator:
    return ann.locator(f'tr[data-id="{phrases.transfer}"]')


def signed_in(window: BrowserContext, held: HeldWorld) -> Page:
    page = window.new_page()
    page.goto(held.console)
    page.fill("#name", "ann")
    page.fill("#password", held.password)
    page.press("#password", "Enter")
    expect(page.locator("#empty")).to_be_visible()
    return page


def tells(page: Page, path: str, act: Callable[[], None]) -> None:
    """Act at the phone, and wait until the phone company knows of it: simulated time must not pass before."""
    with page.expect_response(lambda answer: answer.url.endswith(path)):
        act()


def is_flagged(mine: Page, phrases: Phrases) -> None:
    mine.select_option("#locale", phrases.locale)
    mine.fill("#guardian", phrases.hers)
    tells(mine, "/flag", mine.get_by_role("button", name="Start a scam payment").click)


def talks(held: HeldWorld, mine: Page, phrases: Phrases) -> None:
    """The phone rings; the customer answers, compares the code, and hears of the payment and the first question."""
    calls = held.world.handset(phrases.mine)
    held.pass_time(lambda _: bool(calls.missed), 20)
    expect(mine.locator("#status")).to_have_text(re.compile("^Ringing"))
    tells(mine, "/act", mine.locator("#answer").click)
    line = calls.missed[-1]
    for wanted in (phrases.hello, "", phrases.payment):
        held.pass_time(lambda _: line.listened, 60)
        expect(mine.locator("#status")).to_have_text("They wait for you.")
        expect(mine.locator("#talk")).to_contain_text(wanted)
        tells(mine, "/act", mine.locator("#keys").get_by_role("button", name="1", exact=True).click)
        held.pass_time(lambda _: not line.listened, 5)
    held.pass_time(lambda _: line.listened, 60)
    expect(mine.locator("#talk")).to_contain_text(phrases.asked)


def answers(held: HeldWorld, hers: Page, phrases: Phrases) -> None:
    """After some minutes the daughter is asked, and replies that she is worried."""
    texts = hers.locator("#texts li")
    held.pass_time(lambda w: bool(w.handset(phrases.hers).texts), 600)
    expect(texts).to_contain_text(phrases.text)
    found = re.search(r"(?:[Rr]eply|回复)\D{0,8}(\d\d)", texts.inner_text())
    assert found is not None, texts.inner_text()
    hers.fill("#body", f"{found[1]} 1")
    tells(hers, "/act", hers.locator("#reply button").click)


def test_the_holder_sees_what_the_service_answered_when_nothing_rings(held: HeldWorld, open_window: Windows) -> None:
    mine = phone(open_window(390), held, "+8613800138000")
    tells(mine, "/flag", mine.get_by_role("button", name="Start a scam payment").click)
    held.pass_time(lambda world: any(row["kind"] == "attempt_suppressed" for row in world.timeline()), 60)
    held.do(held.world.sleep(2))
    expect(mine.locator("#hint")).to_contain_text("The service answered 202: the payment is on hold.")
