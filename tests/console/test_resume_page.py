"""The page that asks whether a form is to be sent after all says what it would do, with what, and asks what its own
page asks."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from tests.console.console_client import PASSWORD, Browser, Browsers, ConsoleClient, Page
from tests.console.test_bulk_page import ask, two_are_held
from tests.console.wanted_words import CONSOLE
from wakeup.web.console.app import ROUTES
from wakeup.web.console.resuming import ACCOUNTS, CONFIRM, FIELDS, act_of

TEMPLATES = {path.name: path.read_text() for path in (CONSOLE / "templates").glob("*.html")}
NEVER_ASKED = {"/desk/writing"}
"""The script of the page sends it."""
ELSEWHERE = {"name", "password", "code", "text", "again", "elsewhere", "within", "{{ name }}"}
"""Fields of the sign-in pages, codes that are used up, the text, which is shown for itself, where the page stood after
a claim, and the macro whose names are `why` and `off`."""


def test_every_form_of_the_console_is_named() -> None:
    paths = {route.path for route in ROUTES if route.method == "POST" and not route.open} - NEVER_ASKED
    assert len(paths) > 40
    assert not {path for path in paths if not act_of(f"/console{path}".replace("{case}", "c_1"), {})["act"]}


def test_every_field_that_a_person_fills_in_is_shown() -> None:
    asked = set()
    for form in re.findall(r"<form(?=[^>]*method=\"post\").*?</form>", "".join(TEMPLATES.values()), re.DOTALL):
        asked |= set(
            re.findall(r"<(?:input|select|textarea|button)\b(?![^>]*type=\"hidden\")[^>]*? name=\"([^\"]+)\"", form)
        )
    macros = TEMPLATES["fields.html"] + TEMPLATES["case_acts.html"] + TEMPLATES["case_reach.html"]
    asked |= set(re.findall(r"<(?:input|select|textarea)\b(?![^>]*type=\"hidden\")[^>]*? name=\"([^\"]+)\"", macros))
    asked = {name.replace("by_{{ channel }}", "by_voice") for name in asked}
    assert {"decide_by", "label", "way", "party"} <= asked
    assert asked - ELSEWHERE <= set(FIELDS)


def test_every_question_of_the_console_is_asked_again() -> None:
    asked = re.findall(r"data-confirm=\"\{\{ _\('([^']+)'\)", "".join(TEMPLATES.values()))
    assert len(asked) > 4 and set(asked) == set(CONFIRM.values())


async def asked_again(console: ConsoleClient, tab: Browser, path: str, form: dict[str, str]) -> Page:
    """Return what is asked of whoever sends this form after the end of their session, and signs in again."""
    who = await tab.get("/console/account")
    name = re.findall(r"<b>(\w+)</b>", who.text)[0]
    await console.store.run(lambda unit: [unit.staff.end_all(one.id) for one in [unit.staff.named(name)] if one])
    asked = await tab.post(path, form)
    assert asked.status == 401
    shown = await tab.post("/console/sign-in", {**asked.hidden_all(), "name": name, "password": PASSWORD})
    assert "Your form was not sent" in shown.plain
    return shown


def facts(page: Page) -> dict[str, str]:
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", page.text, re.DOTALL)
    return {label: " ".join(re.sub(r"<[^>]+>", " ", value).split()).replace("\xa0", " ") for label, value in found}


async def test_a_form_of_a_case_says_what_was_typed_and_leads_to_the_case(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann = await console.flag(held=False), browsers()
    await ann.sign_in("ann")
    path = f"/console/cases/{case_id}"
    form = (await ann.get(path)).hidden("label-t_1") | {"label": "scam", "recovered": "1200.50", "text": "the bank"}
    shown = await asked_again(console, ann, f"{path}/label", form)
    told = facts(shown)
    assert (told["Act"], told["Transfer"], told["Recovered"]) == ("Record what it turned out to be", "t_1", "1200.50")
    assert told["It was"] == "scam" and "the bank" in shown.text and "data-confirm" not in shown.text
    assert f'href="{path}" target="_blank"' in shown.text
    form = (await ann.get(path)).hidden("extend-t_1") | {"decide_by": "2026-11-22T15:00", "reason": "customer_asked"}
    told = facts(await asked_again(console, ann, f"{path}/extend", form))
    assert told["New deadline in your time zone"] == "2026-11-22 15:00"


@pytest.mark.parametrize("path", sorted({*CONFIRM} - {ACCOUNTS, "guardian"}))
def test_no_field_of_an_account_takes_the_question_from_another_form(path: str) -> None:
    assert act_of(path, {"on": "yes"})["asked"] == CONFIRM[path]


async def test_the_number_that_is_to_ring_and_the_guardian_are_named(
    console: ConsoleClient, browsers: Browsers
) -> None:
    case_id, ann = await console.flag(held=False), browsers()
    await ann.sign_in("ann")
    path = f"/console/cases/{case_id}"
    page = await ann.get(path)
    [party] = re.findall(r'<option value="(pty_[^"]+)"', page.text)
    told = facts(await asked_again(console, ann, f"{path}/ring", page.hidden("ring") | {"party": party}))
    assert told["Act"] == "Ring again" and told["Number"].startswith("customer +65")
    form = page.hidden("guardian") | {"told": "Li · +65 9"}
    shown = await asked_again(console, ann, f"{path}/guardian", form)
    assert 'data-confirm="Text this guardian now? Li · +65 9"' in shown.text


async def test_what_is_done_to_an_account_names_it_and_asks_first(console: ConsoleClient, browsers: Browsers) -> None:
    root = browsers()
    await root.sign_in("root")
    text = (await root.get("/console/admin")).text
    kim = (await console.person("kim")).id
    csrf = (await root.get("/console/admin")).csrf
    named = f'name="staff" value="{kim}">\n<input type="hidden" name="told" value="kim">'
    assert named in text
    form = {"csrf": csrf, "staff": kim, "told": "kim"}
    shown = await asked_again(console, root, "/console/admin/accounts", form | {"on": "no"})
    assert facts(shown) == {"Act": "Open or close an account", "About": "kim", "Account": "closed"}
    assert 'data-confirm="Close this account? Its sessions end, and the person gets no more calls. kim"' in shown.text
    form["csrf"] = shown.csrf
    shown = await asked_again(console, root, "/console/admin/accounts", form | {"on": "yes"})
    assert facts(shown)["Account"] == "open" and "data-confirm" not in shown.text
    form["csrf"] = shown.csrf
    assert facts(await asked_again(console, root, "/console/admin/sessions", form))["About"] == "kim"


async def test_the_second_person_of_a_bulk_release_sees_how_much_and_is_asked(
    console: ConsoleClient, browsers: Browsers
) -> None:
    await two_are_held(console)
    ann, ben = browsers(), browsers()
    await ann.sign_in("ann")
    await ben.sign_in("ben")
    await ask(ann)
    page = await ben.get("/console/bulk")
    start = page.text.index('action="/console/bulk/confirm"')
    pairs = re.findall(
        r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text[start : page.text.index("</form>", start)]
    )
    shown = await asked_again(console, ben, "/console/bulk/confirm", dict(pairs))
    told = facts(shown)
    assert told["Act"] == "Confirm, and release the money"
    assert sorted(told["About"].split(" · ")) == ["2", "EUR 70.50", "INC-204", "SGD 500.00"]
    assert 'data-confirm="The money of all these transfers may then leave. Release them? INC-204' in shown.text


DO_NOT_CALL = ("/console/do-not-call", {"phone": "+65 9123 4567", "by_voice": "yes", "why": "customer_asked"})


@pytest.mark.parametrize(
    ("path", "form", "seen"),
    [
        (*DO_NOT_CALL, ["+65 9123 4567", "calls"]),
        ("/console/do-not-call/off", {"number": "a" * 64, "channel": "sms", "off": "other"}, ["a" * 16, "texts"]),
        ("/console/scripts/pause", {"script": "general"}, ["general"]),
        ("/console/desk/state", {"event": "rest"}, ["break"]),
        ("/console/desk/c_1/talk", {"way": "barge", "call": "att_1", "n": "1", "told": "kim"}, ["kim", "barge"]),
    ],
)
async def test_a_form_elsewhere_says_what_it_is_about(
    console: ConsoleClient, browsers: Browsers, path: str, form: dict[str, str], seen: Sequence[str]
) -> None:
    ann = browsers()
    await ann.sign_in("ann")
    shown = await asked_again(console, ann, path, {"csrf": (await ann.get()).csrf, **form})
    for words in seen:
        assert words in " ".join(facts(shown).values()), facts(shown)
