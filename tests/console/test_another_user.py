"""One browser, two users: nobody comes in as the other, and nobody is given what the other typed."""

from __future__ import annotations

import pytest

from tests.console.console_client import PASSWORD, Browser, Browsers, ConsoleClient, open_console, play
from wakeup.domain.ids import CaseId
from wakeup.storage.unit_of_work import SqlUnit

TEXT = "typed by ann alone"


def signed_in_as(text: str) -> str:
    return text.partition("<b>")[2].partition("</b>")[0]


@pytest.mark.parametrize(("name", "password"), [("ben", PASSWORD), ("ben", "wrong"), ("nobody", "wrong"), ("", "")])
def test_from_a_sign_in_page_that_was_left_open_nobody_comes_in_as_another(name: str, password: str) -> None:
    async def story(console: ConsoleClient, browsers: Browsers) -> None:
        tab = browsers()
        left = await tab.get("/console/sign-in")
        await tab.sign_in("ann")
        form = {"csrf": left.csrf, "back": "/console/queue", "name": name, "password": password}
        told = await tab.post("/console/sign-in", form, Origin=tab.base)
        assert told.status == 409 and "ann is signed in in this browser." in told.plain and "Sign out" in told.plain
        assert signed_in_as((await tab.get()).text) == "ann", "her session goes on"
        chinese = await tab.post("/console/sign-in", form, **{"Origin": tab.base, "Accept-Language": "zh"})
        assert "此浏览器中登录的是 ann。" in chinese.plain
        await tab.post("/console/sign-out", {"csrf": told.csrf})
        assert (await tab.sign_in("ben")).status == 303, "signed out first, they come in"

    play(story)


async def test_from_the_page_for_the_code_nobody_comes_in_as_another(
    console: ConsoleClient, browsers: Browsers
) -> None:
    await console.ask_for_codes("ben")
    tab = browsers()
    asked = await tab.sign_in("ben")
    assert "six digits" in asked.plain
    await tab.sign_in("ann")
    told = await tab.post("/console/sign-in/code", {**asked.hidden_all(), "code": "000000"}, Origin=tab.base)
    assert told.status == 409 and "ann is signed in in this browser." in told.plain


async def ann_types(console: ConsoleClient, tab: Browser) -> tuple[CaseId, dict[str, str]]:
    case_id = await console.flag()
    await tab.sign_in("ann")
    return case_id, {**(await tab.get(f"/console/cases/{case_id}")).hidden("note"), "text": TEXT}


async def ends(console: ConsoleClient) -> None:
    def end(unit: SqlUnit) -> None:
        account = unit.staff.named("ann")
        assert account is not None and unit.staff.end_all(account.id)

    await console.store.run(end)


async def notes(console: ConsoleClient, case_id: CaseId) -> list[str]:
    rows = await console.store.read(lambda unit: unit.views.timeline(case_id))
    return [note.by for _, _, note in rows if note.kind == "review_noted"]


async def test_a_form_that_was_kept_over_the_end_of_a_session_is_for_its_own_user_alone(
    console: ConsoleClient, browsers: Browsers
) -> None:
    tab = browsers()
    case_id, note = await ann_types(console, tab)
    await ends(console)
    kept = (await tab.post(f"/console/cases/{case_id}/note", note)).hidden_all()
    assert kept["kept.text"] == TEXT
    came = await tab.post("/console/sign-in", {**kept, "name": "ben", "password": PASSWORD})
    assert came.status == 200 and "Another user's form was waiting here. It was not sent" in came.plain
    assert TEXT not in came.text and signed_in_as((await tab.get()).text) == "ben"
    assert " data-refused" in came.text, "the focus goes to what it says"
    assert await notes(console, case_id) == []


async def test_the_kept_form_of_a_user_who_comes_back_twice_is_theirs_each_time(
    console: ConsoleClient, browsers: Browsers
) -> None:
    tab = browsers()
    case_id, form = await ann_types(console, tab)
    for _ in range(2):
        await ends(console)
        kept = (await tab.post(f"/console/cases/{case_id}/note", form)).hidden_all()
        shown = await tab.post("/console/sign-in", {**kept, "name": "ann", "password": PASSWORD})
        again = await tab.go_on(shown)
        assert again.status == 409 and TEXT in again.text
        form = again.hidden("note") | {"text": TEXT}
    assert (await tab.post(f"/console/cases/{case_id}/note", form)).status == 303
    assert await notes(console, case_id) == ["ann"]


async def test_a_page_of_a_user_who_is_no_longer_signed_in_does_nothing_in_the_name_of_the_next(
    console: ConsoleClient, browsers: Browsers
) -> None:
    tab = browsers()
    case_id, note = await ann_types(console, tab)
    await ends(console)
    await tab.sign_in("ben")
    told = await tab.post(f"/console/cases/{case_id}/note", note, Origin=tab.base)
    assert told.status == 409 and "ben is signed in in this browser." in told.plain
    assert TEXT in told.text and "again=yes" not in told.text, "whoever pressed the button sees what they typed"
    assert await notes(console, case_id) == []


async def test_a_kept_form_is_still_its_own_users_after_a_new_session_key(
    console: ConsoleClient, browsers: Browsers
) -> None:
    tab = browsers()
    case_id, note = await ann_types(console, tab)
    # The accounts there have the same ids.
    async with open_console(ConsoleClient(session_key=b"n" * 32)) as (_, tab.base):
        kept = (await tab.post(f"/console/cases/{case_id}/note", note)).hidden_all()
        shown = await tab.post("/console/sign-in", {**kept, "name": "ann", "password": PASSWORD})
    assert "Your form was not sent" in shown.plain and TEXT in shown.text


async def test_a_form_that_does_not_say_whose_it_is_is_dropped_and_called_nobodys(
    console: ConsoleClient, browsers: Browsers
) -> None:
    tab = browsers()
    case_id, note = await ann_types(console, tab)
    await ends(console)
    kept = {**(await tab.post(f"/console/cases/{case_id}/note", note)).hidden_all(), "whose": ""}
    # A wrong password shows the form again.
    again = await tab.post("/console/sign-in", {**kept, "name": "ann", "password": "wrong"})
    came = await tab.post("/console/sign-in", {**again.hidden_all(), "name": "ann", "password": PASSWORD})
    assert "A form was waiting here that does not say whose it is." in came.plain and "Another user" not in came.plain
    assert TEXT not in came.text and signed_in_as((await tab.get()).text) == "ann"
