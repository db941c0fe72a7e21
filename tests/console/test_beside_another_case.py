"""The page of a case says what a release rests on besides that case, and what makes the line suspicious."""

from __future__ import annotations

from datetime import timedelta

from tests.console.console_client import Browsers, ConsoleClient
from tests.console.test_bulk_page import SPAN, come_in, two_are_held
from tests.console.test_older_page import bank_sends_again
from tests.unit.desk import said
from wakeup.domain.ids import TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Tier
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.case.guard import guard
from wakeup.usecases.casefile import CaseFile

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
