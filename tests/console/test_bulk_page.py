"""What the two persons of a bulk release see: each transfer, the sums, and that somebody waits."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.console.console_client import Browser, Browsers, ConsoleClient, Page
from tests.unit.builders import T0
from tests.unit.desk import said
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Tier
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.settle import settle_file
from wakeup.web.console.i18n import Look

SPAN = urlencode({"model": "v7", "since": "2026-11-22T01:59", "until": "2026-11-22T02:30"})
WAITS = "Bulk releases that wait for a second person · 1"


async def two_are_held(console: ConsoleClient) -> list[CaseId]:
    found = []
    for n, (tier, amount, currency) in enumerate(
        ((Tier.MEDIUM, Decimal(500), "SGD"), (Tier.HIGH, Decimal("70.50"), "EUR")), 1
    ):
        console.moment = T0
        given: dict[str, Any] = {"model": "v7", "hold_max": T0 + timedelta(days=2)}
        found.append(await console.flag(n, tier, amount=amount, currency=currency, **given))
    return found


async def come_in(browsers: Browsers, *names: str) -> list[Browser]:
    come = [browsers() for _ in names]
    for browser, name in zip(come, names, strict=True):
        await browser.sign_in(name)
    return come


async def ask(ann: Browser) -> Page:
    page = await ann.get(f"/console/bulk?{SPAN}")
    sent = await ann.post("/console/bulk", {**page.hidden("bulk"), "reason": "false_alarm", "ticket": "INC-204"})
    assert sent.status == 303, sent.plain
    return await ann.get(sent.headers["Location"])


def shows_each(page: Page, cases: list[CaseId]) -> None:
    plain = page.plain.replace("\xa0", " ")
    for case_id, tier, amount in zip(cases, ("medium", "high"), ("SGD 500.00", "EUR 70.50"), strict=True):
        assert f'href="/console/cases/{case_id}"' in page.text
        assert re.search(rf"…{case_id[-8:]} {tier} {amount}", plain), plain
    assert plain.count("SGD 500.00") == plain.count("EUR 70.50") == 2, "each is listed, and summed by currency"


async def test_both_persons_see_each_transfer_and_the_sums(console: ConsoleClient, browsers: Browsers) -> None:
    cases = await two_are_held(console)
    ann, ben = await come_in(browsers, "ann", "ben")
    shows_each(await ann.get(f"/console/bulk?{SPAN}"), cases)
    asked = (await ask(ann)).plain
    assert "A second person must confirm the release within 15 minutes." in asked
    assert "Nov 22, 2026 01:59:00 – Nov 22, 2026 02:30:00" in asked
    assert "申请人 风险模型" in (await ben.get("/console/bulk", **{"Accept-Language": "zh"})).plain
    shows_each(await ben.get("/console/bulk"), cases)


async def test_a_request_is_an_alarm_on_the_board_and_counted_in_the_queue_until_it_is_answered(
    console: ConsoleClient, browsers: Browsers
) -> None:
    await two_are_held(console)
    ann, ben, kim = await come_in(browsers, "ann", "ben", "kim")
    assert "No faults." in (await ben.get()).plain
    await ask(ann)
    board, theirs = await ben.get(), await kim.get()
    assert WAITS in board.plain and re.search(r'<a href="/console/bulk"><b>Bulk releases', board.text)
    assert WAITS in theirs.plain and 'href="/console/bulk"' not in theirs.text, "kim may not release"
    queue = await ben.get("/console/queue")
    assert "releases that wait for a second person 1" in queue.plain and "in bulk 1" in queue.plain
    assert re.search(r'<a href="/console/bulk">\s*in bulk', queue.text)
    shown = await ben.get("/console/bulk")
    wish = re.findall(r'name="wish" value="([^"]+)"', shown.text)[0]
    done = await ben.post("/console/bulk/confirm", {"csrf": shown.csrf, "wish": wish})
    assert "2 of 2 were released." in (await ben.get(done.headers["Location"])).plain
    assert "wait for a second person ·" not in (await ben.get()).plain
    assert "in bulk" not in (await ben.get("/console/queue")).plain


async def test_a_request_that_lapsed_is_no_alarm_any_more(console: ConsoleClient, browsers: Browsers) -> None:
    await two_are_held(console)
    ann, ben = await come_in(browsers, "ann", "ben")
    await ask(ann)
    console.moment += timedelta(minutes=15)
    assert "wait for a second person ·" not in (await ben.get()).plain
    assert "in bulk" not in (await ben.get("/console/queue")).plain


async def test_a_refusal_is_said_and_what_was_left_out_is_shown_later(
    console: ConsoleClient, browsers: Browsers
) -> None:
    cases = await two_are_held(console)
    ann, ben = await come_in(browsers, "ann", "ben")
    shown = await ask(ann)
    wish = re.findall(r'name="wish" value="([^"]+)"', shown.text)[0]
    back = await ann.post("/console/bulk/refuse", {"csrf": shown.csrf, "wish": wish})
    assert "The request was refused; the holds stay." in (await ann.get(back.headers["Location"])).plain
    wish = re.findall(r'name="wish" value="([^"]+)"', (await ask(ann)).text)[0]

    def warn(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(cases[0]), console.moment) as file:
            unit.talks.add_evidence(said(Outcome.COACHED, TransferId("t_1"), console.moment, 1), cases[0])
            settle_file(file)

    await console.store.run(warn)
    await ben.post("/console/bulk/confirm", {"csrf": (await ben.get("/console/bulk")).csrf, "wish": wish})
    listed = await ben.get("/console/bulk")
    assert f'href="/console/bulk?wish={wish}#{wish}"' in listed.text and f"/cases/{cases[0]}" not in listed.text
    opened = (await ben.get(f"/console/bulk?wish={wish}")).plain
    assert re.search(r"left out: the customer was warned in a talk", opened), opened


@pytest.mark.parametrize(("warned", "words", "green"), [(1, "1 of 2 were released.", False), (2, "0 of 2", False)])
async def test_after_a_release_in_bulk_the_page_says_how_many_were_released(
    console: ConsoleClient, browsers: Browsers, *, warned: int, words: str, green: bool
) -> None:
    cases = await two_are_held(console)
    ann, ben = await come_in(browsers, "ann", "ben")
    wish = re.findall(r'name="wish" value="([^"]+)"', (await ask(ann)).text)[0]
    for n, case_id in enumerate(cases[:warned], 1):
        heard = said(Outcome.COACHED, TransferId(f"t_{n}"), console.moment, 1)
        await console.store.run(lambda unit, one=heard, where=case_id: unit.talks.add_evidence(one, where))
    done = await ben.post("/console/bulk/confirm", {"csrf": (await ben.get("/console/bulk")).csrf, "wish": wish})
    shown = await ben.get(done.headers["Location"])
    assert words in shown.plain and ('class="notice good"' in shown.text) is green
    assert shown.plain.count("left out: the customer was warned in a talk") == warned
    chinese = await ben.get(done.headers["Location"], **{"Accept-Language": "zh"})
    assert f"2 笔中已放行 {2 - warned} 笔。" in chinese.plain


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("wanted", "a human or the police is wanted"),
        ("warned", "the customer was warned in a talk"),
        ("guarded", "must not be released automatically"),
        ("critical", "critical risk"),
        ("not_held", "no longer on hold"),
        ("in_hand", "somebody has claimed the case"),
        ("changed", "changed since the request"),
    ],
)
def test_english_says_why_a_transfer_is_left_out(code: str, words: str) -> None:
    look = Look(language="en")
    assert look.word("left_out", code) == words
    assert Look(language="zh_CN").word("left_out", code) not in {code, words}


async def test_a_second_account_of_the_one_who_asked_is_not_offered_to_confirm(
    console: ConsoleClient, browsers: Browsers
) -> None:
    await two_are_held(console)
    await console.hire_again("ann", "ann2", " P_Ann")
    [ann, ann2, ben] = await come_in(browsers, "ann", "ann2", "ben")
    await ask(ann)
    confirm = "Confirm, and release the money"
    assert confirm in (await ben.get("/console/bulk")).plain
    theirs = (await ann2.get("/console/bulk")).plain
    assert confirm not in theirs and "waits for a second person" in theirs
