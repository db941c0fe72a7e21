"""The page of a case whose customer's key was lost: it says so instead of failing, and people can still decide."""

from __future__ import annotations

from tests.console.console_client import Browsers, ConsoleClient
from tests.console.test_forgotten_case import guardian_was_asked
from tests.unit.desk import PHONE
from tests.unit.guardian_steps import DAUGHTER
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.web.console import masking


def loses_the_key(unit: SqlUnit) -> None:
    unit.connection.exec_driver_sql("UPDATE customers SET wrapped_key = x'00'")


async def test_the_page_says_that_nothing_can_be_read_and_what_is_decided_is_still_there(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await guardian_was_asked(console)
    page, kim = f"/console/cases/{case_id}", browsers()
    await kim.sign_in("kim")
    assert masking.phone(PHONE) in (await kim.get(page)).plain
    await console.store.run(loses_the_key)
    lost = await kim.get(page)
    assert lost.status == 200 and "Personal data is unreadable" in lost.plain
    assert all(masking.phone(number) not in lost.plain for number in (PHONE, DAUGHTER))
    assert 'value="unmask"' not in lost.text and f"{page}/unmask" not in lost.text and f"{page}/note" not in lost.text


async def test_people_decide_on_the_case_without_words(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag(phone=PHONE)
    await console.store.run(loses_the_key)
    ann = browsers()
    await ann.sign_in("ann")
    assert (await ann.send(case_id, "claim", "claim")).status == 303
    why = {"reason": "payee_checked", "text": "rang the payee"}
    refused = await ann.send(case_id, "release-t_1", "release", **why)
    assert "no words can be kept" in refused.plain
    assert (await ann.send(case_id, "release-t_1", "release", reason="payee_checked", text="")).status == 303
    assert (await ann.get("/console/queue")).status == 200
