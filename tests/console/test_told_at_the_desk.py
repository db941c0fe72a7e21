"""An act at the desk is confirmed there, even if nothing else on the page changes by it."""

from __future__ import annotations

from tests.console.console_client import Browsers, ConsoleClient
from tests.console.test_desk import comes_to_work, takes_the_call
from tests.unit.guardian_steps import guardian


async def test_the_desk_says_once_that_a_guardian_is_asked_by_text(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag(held=False, guardians=(guardian(),))
    await comes_to_work(console)
    await takes_the_call(console, case_id)
    kim = browsers()
    await kim.sign_in("kim")
    wish = {**(await kim.get("/console/desk")).hidden("guardian"), "agreed": "yes"}
    done = await kim.post(f"/console/desk/{case_id}/guardian", wish)
    assert done.status == 303
    assert "A guardian is asked by text." in (await kim.get(done.headers["Location"])).plain
    assert "A guardian is asked by text." not in (await kim.get("/console/desk")).plain
    [asked] = await console.store.read(lambda unit: unit.confirmations.of_case(case_id))
    assert asked.why == "person"
