"""The page of a case whose customer's key was lost: it says so instead of failing, and people can still decide."""

from __future__ import annotations

from tests.console.console_client import Browsers, ConsoleClient
from tests.console.test_forgotten_case import guardian_was_asked
from tests.unit.desk import PHONE
from tests.unit.guardian_steps import DAUGHTER
from wakeup.domain.ids import CustomerId
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.personal_data.lost_keys import give_up_key
from wakeup.web.console import masking

WHO = CustomerId("u_1")
UNREADABLE = "unreadable: the key is lost"


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
    assert f'action="/console/cases/{case_id}' not in lost.text, "nothing can be done that could be written down"
    assert await console.store.run(give_up_key, WHO, (), "root", console.moment) is not None
    given_up = await kim.get(page)
    assert given_up.status == 200 and "The customer's key was lost." in given_up.plain
    assert "Personal data is unreadable" not in given_up.plain
    assert given_up.plain.count(UNREADABLE) >= 4, "payee, customer, guardian, and why no call was made"
    assert all(masking.phone(number) not in given_up.plain for number in (PHONE, DAUGHTER))
    assert "unr" + masking.DOTS not in given_up.plain and "was given up as lost" in given_up.plain


async def test_people_can_act_on_the_case_once_the_key_is_given_up(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag(phone=PHONE)
    await console.store.run(loses_the_key)
    assert await console.store.run(give_up_key, WHO, (), "root", console.moment) is not None
    ann = browsers()
    await ann.sign_in("ann")
    assert (await ann.send(case_id, "claim", "claim")).status == 303
    shown = await ann.send(case_id, "unmask", "unmask", reason="contact_customer", text="look")
    assert shown.status == 200 and shown.plain.count(UNREADABLE) >= 2
    why = {"reason": "payee_checked", "text": "rang the payee"}
    assert (await ann.send(case_id, "release-t_1", "release", **why)).status == 303
    assert (await ann.get("/console/queue")).status == 200
