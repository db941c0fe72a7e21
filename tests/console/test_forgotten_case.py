"""The page of a case whose transcript or whose customer was erased: the page says so, and acts that need them are
refused.
"""

from __future__ import annotations

import pytest

from tests.console.console_client import Browsers, ConsoleClient
from tests.unit.desk import PHONE
from tests.unit.guardian_steps import DAUGHTER, guardian
from wakeup.domain.attempt import AttemptState
from wakeup.domain.case import CaseEvent
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import CaseId, CustomerId
from wakeup.domain.transfer import TransferState
from wakeup.storage.unit_of_work import SqlUnit
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.ask_guardian import ask_guardian
from wakeup.usecases.personal_data.dossier import hold, lift
from wakeup.usecases.personal_data.forget import erase, forget_words
from wakeup.web.console import masking

WHO = CustomerId("u_1")


async def settled(console: ConsoleClient) -> CaseId:
    case_id = await console.flag(phone=PHONE)
    await settle(console, case_id)
    return case_id


async def settle(console: ConsoleClient, case_id: CaseId) -> None:
    def end(unit: SqlUnit) -> None:
        for attempt in unit.attempts.of_case(case_id):
            unit.attempts.save(replace(attempt, state=AttemptState.CANCELED, ended_at=console.moment, check_at=None))
        unit.connection.exec_driver_sql("UPDATE outbox SET state = 'delivered'")
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            for transfer in file.transfers():
                file.put(replace(transfer, state=TransferState.REFUSED, alarm_at=None))
            file.move(CaseEvent.SETTLE)

    await console.store.run(end)


async def guardian_was_asked(console: ConsoleClient) -> CaseId:
    """Flag a transfer of a customer with a guardian, who is asked at once."""
    case_id = await console.flag(phone=PHONE, guardians=(guardian(),), held=False)

    def asks(unit: SqlUnit) -> None:
        with CaseFile(unit, unit.cases.lock(case_id), console.moment) as file:
            assert ask_guardian(file, "test") is None

    await console.store.run(asks)
    return case_id


async def test_each_page_says_what_is_gone_and_what_is_kept_for_a_court(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await settled(console)
    kim = browsers()
    await kim.sign_in("kim")
    page = f"/console/cases/{case_id}"
    await console.store.run(hold, WHO, "C-17", "root", console.moment)
    assert "Legal hold since" in (held := (await kim.get(page)).plain) and "(C-17)" in held
    await console.store.run(lift, WHO, "root", console.moment)
    console.moment += console.policy.retention.speech
    await console.store.run(forget_words, case_id, console.moment)
    await kim.sign_in("kim")
    before = await kim.get(page)
    words = before.plain
    assert "Speech and messages were deleted on" in words and masking.phone(PHONE) in words
    await console.store.run(erase, WHO, "root", console.moment)
    gone = await kim.get(page)
    assert gone.status == 200 and "The customer was erased on" in gone.plain and "Legal hold" not in gone.plain
    assert "Speech and messages were deleted on" not in gone.plain, "one notice is enough"
    assert "The customer was erased; names, numbers and words are deleted for good." in gone.plain
    assert masking.phone(PHONE) not in gone.plain
    assert "Show names, numbers and words" not in gone.plain
    assert f'action="/console/cases/{case_id}' in before.text
    assert f'action="/console/cases/{case_id}' not in gone.text, "nothing can be done that could be written down"
    note = {**before.hidden("note"), "text": "she rang us"}
    assert (await kim.post(f"{page}/note", note)).status == 404, "nothing to seal it with"


async def test_an_unconfirmed_release_is_not_on_the_page_of_an_erased_customer(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await console.flag(phone=PHONE)
    ann = browsers()
    await ann.sign_in("ann")
    await ann.send(case_id, "claim", "claim")
    why = {"reason": "payee_checked", "text": "rang the payee"}
    assert (await ann.send(case_id, "release-t_1", "release", **why)).status == 303
    await settle(console, case_id)
    seen = await ann.get(f"/console/cases/{case_id}")
    assert "asks for a release" not in seen.plain, "it is not held any more"
    await console.store.run(erase, WHO, "root", console.moment)
    gone = await ann.get(f"/console/cases/{case_id}")
    assert gone.status == 200 and "The customer was erased on" in gone.plain


async def test_the_page_of_an_erased_customer_still_shows_that_a_guardian_was_asked(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id = await guardian_was_asked(console)
    await settle(console, case_id)
    await console.store.run(erase, WHO, "root", console.moment)
    ann = browsers()
    await ann.sign_in("ann")
    gone = await ann.get(f"/console/cases/{case_id}")
    assert gone.status == 200 and "Guardians and texts" in gone.plain and masking.phone(DAUGHTER) not in gone.plain


@pytest.mark.parametrize("lost", [False, True])
async def test_a_form_of_an_older_page_is_refused_as_such_though_the_words_are_gone(
    console: ConsoleClient, browsers: Browsers, lost: bool
) -> None:
    case_id, kim, ann = await console.flag(phone=PHONE), browsers(), browsers()
    await kim.sign_in("kim")
    await ann.sign_in("ann")
    await kim.send(case_id, "claim", "claim")
    old = (await kim.get(f"/console/cases/{case_id}")).hidden("follow")
    await ann.send(case_id, "note", "note", text="she called us back")
    if lost:
        await console.store.run(
            lambda unit: unit.connection.exec_driver_sql("UPDATE customers SET wrapped_key = x'00'")
        )
    else:
        await settle(console, case_id)
        await console.store.run(erase, WHO, "root", console.moment)
    typed = {**old, "reason": "customer_reached", "text": "x"}
    late = await kim.post(f"/console/cases/{case_id}/follow-up", typed)
    assert late.status == 409 and "somebody else has changed this case meanwhile" in late.plain
