"""The page of a case says what a release rests on besides that case, what makes the line suspicious, and what cannot be
read any more."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from aiohttp import StreamReader

from tests.console.console_client import Browsers, ConsoleClient, Page
from tests.console.test_bulk_page import SPAN, come_in, two_are_held
from tests.console.test_older_page import bank_sends_again
from tests.console.test_promised_calls import promise
from tests.console.test_streams import stream_of
from tests.unit.builders import HOUR
from tests.unit.desk import said
from tests.unit.test_recording_flags import CONVERSATION
from wakeup.domain.ids import CaseId, CustomerId, TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Tier
from wakeup.ivr.turn import Turn
from wakeup.storage.repositories.views import MAX_CASES
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.case.guard import guard
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.console.case_view import count_notes
from wakeup.usecases.records import SpokenTurn, Talk

ZH = {"Accept-Language": "zh"}


async def test_the_page_says_what_speaks_against_a_release_in_another_case(
    console: ConsoleClient, browsers: Browsers
) -> None:
    first, other = await console.flag(1, customer_id="u_1"), await console.flag(2, Tier.HIGH, customer_id="u_1")
    assert first != other
    [ann] = await come_in(browsers, "ann")
    before = await ann.get(f"/console/cases/{first}")
    assert "In another case of this customer" not in before.plain and "may be released only by" not in before.plain

    def object_(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(other), console.moment) as file:
            file.note("hand_over_begun", "callee")
            guard(file)

    await console.store.run(object_)
    page, chinese = await ann.get(f"/console/cases/{first}"), await ann.get(f"/console/cases/{first}", **ZH)
    assert "Another payment of this customer may be released only by a human." in page.plain
    assert "In another case of this customer (1)" in page.plain and f'href="/console/cases/{other}"' in page.text
    assert "The callee is on the line, waiting for a colleague." in page.plain
    assert "此客户的另一笔付款只能由人工放行。" in chinese.plain and "此客户的另一案件中 (1)" in chinese.plain


async def test_the_page_says_what_makes_the_line_suspicious(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag()
    [ann] = await come_in(browsers, "ann")
    await bank_sends_again(console, sim_swapped_at=console.moment, forwarding=True)
    page, chinese = await ann.get(f"/console/cases/{case_id}"), await ann.get(f"/console/cases/{case_id}", **ZH)
    assert "The line is suspicious (calls forwarded, SIM swapped); it is not called automatically." in page.plain
    assert "线路可疑（来电被转接、SIM 卡被更换），系统不自动拨打。" in chinese.plain


async def test_a_list_that_has_changed_is_shown_anew_and_may_then_be_asked_for(
    console: ConsoleClient, browsers: Browsers
) -> None:
    cases = await two_are_held(console)
    [ann] = await come_in(browsers, "ann")
    why = {"reason": "false_alarm", "ticket": "INC-204"}
    old = {**(await ann.get(f"/console/bulk?{SPAN}")).hidden("bulk"), **why}
    heard = said(Outcome.NO_INPUT, TransferId("t_1"), console.moment - timedelta(minutes=1), 1)
    await console.store.run(lambda unit: unit.talks.add_evidence(heard, cases[0]))
    refused = await ann.post("/console/bulk", old)
    assert refused.status == 409 and "the list has changed meanwhile" in refused.plain and "INC-204" in refused.text
    again = await ann.post("/console/bulk", {**refused.hidden("bulk"), **why})
    assert again.status == 303 and again.headers["Location"].endswith("?said=asked")


async def test_the_page_says_that_what_was_said_in_a_call_cannot_be_read_any_more(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag()
    [ann] = await come_in(browsers, "ann")
    [call] = await console.store.read(lambda unit: unit.attempts.of_case(case_id))

    def was_said(unit: SqlUnit) -> None:
        talk = Talk(
            attempt_id=call.id, case_id=case_id, customer_id=CustomerId("u_1"), turns=2, finished=True,
            started_at=console.moment, turned_at=console.moment, state=CONVERSATION.to_json(), named=(),
        )  # fmt: skip
        unit.talks.add(talk)
        turn = Turn(n=0, node="hello", utterances=())
        unit.talks.add_turn(
            SpokenTurn(attempt_id=call.id, customer_id=CustomerId("u_1"), n=0, at=console.moment, turn=turn.to_json(),
                       input="answered human")
        )  # fmt: skip

    await console.store.run(was_said)
    words = (
        ("Some turns of this conversation cannot be read any more.", "此对话的部分内容已无法读取。"),
        ("The conversation of this call cannot be read any more", "这通电话的对话已无法读取"),
    )
    for damaged, table in enumerate((None, "turns", "talks")):
        if table is not None:
            broken = f"UPDATE {table} SET sealed = x'00'"
            await console.store.run(lambda unit, sql=broken: unit.connection.exec_driver_sql(sql))
        page, chinese = await ann.get(f"/console/cases/{case_id}"), await ann.get(f"/console/cases/{case_id}", **ZH)
        assert [english in page.plain for english, _ in words] == [damaged == 1, damaged == 2]
        assert [translated in chinese.plain for _, translated in words] == [damaged == 1, damaged == 2]


async def two_cases(console: ConsoleClient) -> tuple[CaseId, CaseId]:
    """Two cases of a customer, with transfer 3 and with transfer 4."""
    who: dict[str, Any] = {"customer_id": "uu", "phone": "+6593333333", "hold_max": console.moment + 30 * HOUR}
    other, case_id = [await console.flag(n, Tier.MEDIUM, **who) for n in (3, 4)]
    assert other != case_id
    return other, case_id


async def test_what_was_said_in_another_case_is_shown_as_such_and_marked_where_it_refused_a_release(
    console: ConsoleClient, browsers: Browsers
) -> None:
    other, case_id = await two_cases(console)
    [ann] = await come_in(browsers, "ann")
    await ann.send(case_id, "claim", "claim")
    await promise(console, other, 3)
    console.moment += timedelta(minutes=1)
    seen = await ann.get(f"/console/cases/{case_id}")
    assert f"In another case of this customer (1) …{other[-8:]} not me" in seen.plain
    assert f'href="/console/cases/{other}"' in seen.text and 'class="new"' not in seen.text
    assert "Evidence" not in seen.plain, "it is none of this case"
    assert "Evidence" in (await ann.get(f"/console/cases/{other}")).plain
    why = {"reason": "payee_checked", "text": "rang her landlord"}
    console.moment += timedelta(minutes=1)
    heard = said(Outcome.PERSISTS, TransferId("t_3"), console.moment, 2)
    await console.store.run(lambda unit: unit.talks.add_evidence(heard, other))
    refused = await ann.post(f"/console/cases/{case_id}/release", {**seen.hidden("release-t_4"), **why})
    assert refused.status == 409 and "rang her landlord" in refused.text
    rows = rows_beside(refused)
    assert [("persists" in row, 'class="new"' in row) for row in rows] == [(True, True), (False, False)]
    for made in ("", "yesterday", "2026-11-22T00:00:00", "0001-01-01T00:00:00+00:00"):
        changed = {**seen.hidden("release-t_4"), **why, "made": made}
        refused = await ann.post(f"/console/cases/{case_id}/release", changed)
        assert refused.status == 409 and "rang her landlord" in refused.text, made


def rows_beside(page: Page) -> list[str]:
    listed = page.text[page.text.index("In another case") :].partition("</details>")[0]
    return re.findall(r"<li>(.*?)</li>", listed, re.DOTALL)


async def test_what_comes_from_another_case_is_one_list_the_newest_first_and_open_where_it_warns(
    console: ConsoleClient, browsers: Browsers
) -> None:
    other, case_id = await two_cases(console)
    [ann] = await come_in(browsers, "ann")

    async def hears(outcome: Outcome, n: int) -> Page:
        console.moment += timedelta(minutes=1)
        heard = said(outcome, TransferId("t_3"), console.moment, n)
        await console.store.run(lambda unit: unit.talks.add_evidence(heard, other))
        return await ann.get(f"/console/cases/{case_id}")

    def object_(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(other), console.moment) as file:
            file.note("hand_over_begun", "callee")

    why = {"reason": "payee_checked", "text": "rang her landlord"}
    await ann.send(case_id, "claim", "claim")
    seen = await ann.get(f"/console/cases/{case_id}")
    assert '<details class="notice">' in (await hears(Outcome.NO_INPUT, 1)).text
    refused = await ann.post(f"/console/cases/{case_id}/release", {**seen.hidden("release-t_4"), **why})
    assert refused.status == 409 and '<details class="notice" open>' in refused.text, "what is new is to be seen"
    console.moment += timedelta(minutes=1)
    await console.store.run(object_)
    page = await hears(Outcome.PERSISTS, 2)
    assert '<details class="notice bad" open>' in page.text
    words = ("persists", "on the line, waiting", "no input")
    assert [word in row for word, row in zip(words, rows_beside(page), strict=True)] == [True] * 3


async def test_the_open_page_hears_of_what_comes_in_another_case(console: ConsoleClient, browsers: Browsers) -> None:
    other, case_id = await two_cases(console)
    [ann] = await come_in(browsers, "ann")
    [binds] = re.findall(r'data-binds="(\w+)"', (await ann.get(f"/console/cases/{case_id}")).text)
    async with stream_of(ann, f"/console/watch/{case_id}") as content:
        assert (await told(content))["binds"] == binds
        await promise(console, other, 3)
        while (await told(content))["binds"] == binds:
            pass
    [fresh] = re.findall(r'data-binds="(\w+)"', (await ann.get(f"/console/cases/{case_id}")).text)
    assert fresh != binds


async def test_the_open_page_hears_of_its_case_however_many_newer_ones_the_customer_has(console: ConsoleClient) -> None:
    case_id = await console.flag(1, customer_id="u_1")
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= {MAX_CASES})"
    changed = {
        "cases": {"id": "'case_' || i", "opened_at": "replace(opened_at, '2026-11-22', '2026-11-23')"},
        "transfers": {"id": "'t_new' || i", "case_id": "'case_' || i"},
    }

    def copy(unit: SqlUnit) -> None:
        for table, other in changed.items():
            names = [row[1] for row in unit.connection.exec_driver_sql(f"PRAGMA table_info({table})").fetchall()]
            values, listed = (
                ", ".join(other.get(name, f'"{name}"') for name in names),
                ", ".join(map('"{}"'.format, names)),
            )
            unit.connection.exec_driver_sql(f"INSERT INTO {table} ({listed}) {numbers} SELECT {values} FROM n, {table}")

    await console.store.run(copy)
    newest = await console.store.read(lambda unit: unit.views.cases_of_customer(CustomerId("u_1")))
    assert len(newest) == MAX_CASES and case_id not in [case.id for case in newest]
    before = await console.store.read(count_notes, case_id)
    await console.leave_message(case_id, "RE" + "a" * 32)
    assert await console.store.read(count_notes, case_id) > before
    assert await console.store.read(count_notes, CaseId("case_none")) == 0


async def told(content: StreamReader) -> dict[str, Any]:
    """The next news of a stream."""
    while not (line := (await content.readline()).decode()).startswith("data: "):
        pass
    news: dict[str, Any] = json.loads(line.removeprefix("data: "))
    return news
