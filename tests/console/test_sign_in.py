"""Who may sign in, who may not, and how a session ends."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from aiohttp import web

from tests.console.console_client import PASSWORD, Browsers, ConsoleClient, play
from tests.unit.builders import T0
from tests.unit.desk import Desk
from wakeup.domain.errors import ConflictError
from wakeup.domain.staff import StaffId, StaffRole, may
from wakeup.usecases.console.sign_in import NewAccount, close_account, make_account
from wakeup.usecases.console.sign_in_limit import PER_ADDRESS, PER_NAME, take_try
from wakeup.usecases.desk.agent_line import MAX_TRIES, prove
from wakeup.web.apps import HttpListener, inside_app
from wakeup.web.console.app import ROUTES
from wakeup.web.console.passwords import fault_of
from wakeup.web.console.tokens import COOKIE
from wakeup.web.metrics import Metrics

WHO = {"name": "ann", "password": PASSWORD}


async def test_a_person_signs_in_and_out(console: ConsoleClient, browsers: Browsers) -> None:
    browser = browsers()
    first = await browser.get()
    assert (first.status, "Sign in" in first.plain) == (401, True)
    before = browser.cookies[COOKIE]
    came = await browser.sign_in("ann")
    assert (came.status, came.headers["Location"]) == (303, "/console")
    assert browser.cookies[COOKIE] != before, "the token is another one after signing in"
    page = await browser.get()
    assert page.status == 200 and "ann" in page.plain
    left = await browser.post("/console/sign-out", {"csrf": page.csrf})
    assert left.status == 303
    assert (await browser.get()).status == 401


async def test_the_cookie_is_for_this_host_alone_and_no_script_reads_it(
    console: ConsoleClient, browsers: Browsers
) -> None:
    page = await browsers().get("/console/sign-in")
    said = page.headers["Set-Cookie"]
    assert said.startswith("__Host-")
    for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert word in said
    policy = page.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert page.headers["Cache-Control"] == "no-store"


async def test_wrong_names_and_wrong_passwords_are_answered_alike(console: ConsoleClient, browsers: Browsers) -> None:
    wrong = await browsers().sign_in("ann", "not her password")
    nobody = await browsers().sign_in("nobody", "not a password")
    assert (wrong.status, nobody.status) == (401, 401)
    assert "Name or password is wrong." in wrong.plain and "Name or password is wrong." in nobody.plain
    log = await console.store.read(lambda unit: unit.admin.newest(5))
    assert [(note.kind, note.data["staff"]) for _, _, note in log] == [
        ("sign_in_failed", None), ("sign_in_failed", "usr_ann"),
    ]  # fmt: skip


async def test_a_closed_account_stays_outside_and_its_sessions_end(console: ConsoleClient, browsers: Browsers) -> None:
    kim = browsers()
    await kim.sign_in("kim")
    root, agent = await console.person("root"), await console.person("kim")
    await console.store.run(lambda unit: close_account(unit, root.id, agent.id, console.moment))
    assert (await kim.get()).status == 401
    assert (await browsers().sign_in("kim")).status == 401
    with pytest.raises(ConflictError):
        await console.store.run(lambda unit: close_account(unit, root.id, root.id, console.moment))


async def test_a_closed_account_that_is_opened_again_may_sign_in(console: ConsoleClient, browsers: Browsers) -> None:
    root, kim = browsers(), browsers()
    await root.sign_in("root")
    page = await root.get("/console/admin")
    for on, comes_in in ("no", 401), ("yes", 303):
        form = {"csrf": page.csrf, "staff": "usr_kim", "on": on}
        assert (await root.post("/console/admin/accounts", form)).status == 303
        assert (await kim.sign_in("kim")).status == comes_in
    log = await console.store.read(lambda unit: unit.admin.newest(5))
    acts = [note.kind for _, _, note in log if note.by == "root"]
    assert acts == ["account_opened", "account_closed", "signed_in"]


async def test_an_idle_session_ends_and_an_old_one_too(console: ConsoleClient, browsers: Browsers) -> None:
    browser = browsers()
    await browser.sign_in("ann")
    begun = console.moment
    for _ in range(25):
        console.moment += timedelta(minutes=24)
        if console.moment < begun + timedelta(hours=10):
            assert (await browser.get()).status == 200
    assert (await browser.get()).status == 401, "ten hours are over"
    await browser.sign_in("ann")
    console.moment += timedelta(minutes=30)
    assert (await browser.get()).status == 401, "half an hour idle"


async def test_signing_out_everywhere_ends_the_persons_other_sessions(
    console: ConsoleClient, browsers: Browsers
) -> None:
    here, there = browsers(), browsers()
    await here.sign_in("ann")
    await there.sign_in("ann")
    page = await here.get()
    await here.post("/console/sign-out", {"csrf": page.csrf, "everywhere": "yes"})
    assert (await there.get()).status == 401
    [(_, _, note), *_] = await console.store.read(lambda unit: unit.admin.newest(1))
    assert (note.kind, note.data["everywhere"]) == ("signed_out", True)


async def test_a_form_from_elsewhere_is_refused(console: ConsoleClient, browsers: Browsers) -> None:
    browser, other = browsers(), browsers()
    await browser.sign_in("ann")
    await other.sign_in("ben")
    theirs = (await other.get()).csrf
    for data, headers in (
        ({}, {}),
        ({"csrf": theirs}, {}),
        ({"csrf": (await browser.get()).csrf}, {"Origin": "https://elsewhere.example"}),
        ({"csrf": (await browser.get()).csrf}, {"Origin": "null"}),
    ):
        assert (await browser.post("/console/dialling/pause", data, **headers)).status == 403
    no_token = await browsers().post("/console/sign-in", {"name": "ann", "password": PASSWORD})
    assert no_token.status == 403


@pytest.mark.parametrize("name", ["ann", "kim", "vera", "root", "aud"])
async def test_every_route_asks_for_its_right(console: ConsoleClient, browsers: Browsers, name: str) -> None:
    """The case does not exist: a person with the right gets a 404 or a 2xx/3xx/409, a person without it a 403."""
    browser = browsers()
    await browser.sign_in(name)
    role = (await console.person(name)).role
    csrf = (await browser.get()).csrf
    for route in ROUTES:
        if route.right is None or route.path in {"/live", "/watch/{case}", "/desk/live", "/queue/live"}:
            continue
        path = "/console" + re.sub(r"\{\w+\}", "case_0", route.path)
        page = await browser.ask(route.method, path, {"csrf": csrf} if route.method == "POST" else None)
        assert (page.status != 403) == may(role, route.right), (route.method, route.path, page.status)
        assert page.status < 500, (route.path, console.log.lines[-2:])


def test_no_route_is_open_but_the_sign_in() -> None:
    open_ones = {(route.method, route.path) for route in ROUTES if route.open}
    assert open_ones == {
        ("GET", "/sign-in"),
        ("POST", "/sign-in"),
        ("POST", "/sign-in/code"),
        ("GET", "/sso"),
        ("GET", "/sso/back"),
    }

    async def story(console: ConsoleClient, browsers: Browsers) -> None:
        for route in ROUTES:
            if not route.open:
                path = "/console" + re.sub(r"\{\w+\}", "case_0", route.path)
                data = {"csrf": "0"} if route.method == "POST" else None
                assert (await browsers().ask(route.method, path, data)).status == 401, route.path

    play(story)


async def test_typed_text_survives_a_session_that_ended(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag()
    browser = browsers()
    await browser.sign_in("ann")
    page = await browser.get(f"/console/cases/{case_id}")
    console.moment += timedelta(hours=1)
    note = {**page.hidden("note"), "text": "rang the branch <b>"}
    asked = await browser.post(f"/console/cases/{case_id}/note", note)
    assert asked.status == 401 and "What you typed is kept" in asked.plain
    kept = asked.hidden_all() | {"name": "ann", "password": PASSWORD}
    again = await browser.post("/console/sign-in", kept)
    assert again.status == 200 and "Your form was not sent" in again.plain
    page = await browser.go_on(again)
    assert page.status == 409 and ">rang the branch &lt;b&gt;</textarea>" in page.text
    done = await browser.post(f"/console/cases/{case_id}/note", page.hidden("note") | {"text": note["text"]})
    assert done.status == 303
    assert "rang the branch &lt;b&gt;" in (await browser.get(f"/console/cases/{case_id}")).text


async def test_typed_text_survives_signing_in_again_in_another_tab(console: ConsoleClient, browsers: Browsers) -> None:
    case_id = await console.flag()
    path, ann = f"/console/cases/{case_id}", browsers()
    ours = {"Origin": ann.base}
    await ann.sign_in("ann")
    before = await ann.get(path)
    note = {**before.hidden("note"), "text": "typed for ten minutes"}
    console.moment += timedelta(hours=1)
    first, second = (
        await ann.post(f"{path}/note", note),
        await ann.post(f"{path}/note", {**note, "text": "beside it"}),
    )
    await ann.post("/console/sign-in", first.hidden_all() | WHO)
    for to, sent in (f"{path}/note", note), ("/console/sign-in", second.hidden_all() | WHO):
        assert (await ann.post(to, sent)).status == 403, "a browser says where a form comes from"
        shown = await ann.post(to, sent, **ours)
        assert shown.status == 409 and PASSWORD not in shown.text
        if "sign-in" in to:
            shown = await ann.go_on(shown)
        words = "beside it" if "sign-in" in to else "typed for ten minutes"
        assert f">{words}</textarea>" in shown.text and words not in (await ann.get(path)).plain, "it is only shown"
        assert (await ann.post(f"{path}/note", shown.hidden("note") | {"text": words}, **ours)).status == 303
        assert words in (await ann.get(path)).plain
    # A person who has signed in already is sent to the page they wanted.
    plain = await ann.post("/console/sign-in", {"csrf": before.csrf, "back": "/console/queue", **WHO}, **ours)
    assert (plain.status, plain.headers["Location"]) == (303, "/console/queue")


async def test_a_person_who_signs_in_again_after_signing_out_is_led_to_a_page(
    console: ConsoleClient, browsers: Browsers
) -> None:
    ann = browsers()
    await ann.sign_in("ann")
    page = await ann.get()
    console.moment += timedelta(hours=1)
    asked = await ann.post("/console/sign-out", {"csrf": page.csrf})
    assert asked.status == 401 and "What you typed" not in asked.plain and "nothing was done" not in asked.plain
    again = await ann.post("/console/sign-in", asked.hidden_all() | {"name": "ann", "password": PASSWORD})
    assert (again.status, again.headers["Location"]) == (303, "/console")


@pytest.mark.parametrize("signed_in", [True, False])
def test_an_address_that_is_no_page_is_answered_with_one(*, signed_in: bool) -> None:
    async def story(console: ConsoleClient, browsers: Browsers) -> None:
        case_id, ann = await console.flag(), browsers()
        if signed_in:
            await ann.sign_in("ann")
        forms_only = await ann.get(f"/console/cases/{case_id}/unmask")
        assert (forms_only.status, forms_only.headers["Allow"]) == (405, "POST")
        assert "only accepts a submitted form" in forms_only.plain and "Back to the board" in forms_only.plain
        for method, path in ("GET", "/console/nowhere"), ("POST", "/console/no/where"), ("GET", "/console/"):
            page = await ann.ask(method, path, {} if method == "POST" else None)
            assert page.status == 404 and "Back to the board" in page.plain, path
            assert ("Review queue" in page.plain) is signed_in
        assert (await ann.ask("POST", "/console/queue", {})).status == 405
        assert not [line for line in console.log.lines if "no/where" in str(line)], "the log has the route only"

    play(story)


def test_tries_slow_an_address_at_a_name_but_never_a_name_alone() -> None:
    desk, waits = Desk(), timedelta(minutes=5)

    def may(address: str, name: str, seconds: float = 0) -> bool:
        return desk.run(take_try, address, name, waits, T0 + timedelta(seconds=seconds)) is not None

    assert all(may("1.1.1.1", "ann", n) for n in range(PER_NAME))
    assert not may("1.1.1.1", "ann", 10)
    assert may("2.2.2.2", "ann", 10), "she herself is not locked out"
    assert all(may("1.1.1.1", f"guess{n}", 20) for n in range(PER_ADDRESS - PER_NAME))
    assert not may("1.1.1.1", "ben", 21)
    assert may("1.1.1.1", "ann", 321), "after a while it may be tried again"
    rows = desk.run(lambda unit: unit.connection.exec_driver_sql("SELECT * FROM failed_tries").fetchall())
    assert "1.1.1.1" not in str(rows) and "ann" not in str(rows), "whoever reads the table learns nothing"


def test_signing_in_forgives_no_try_at_an_agents_digits() -> None:
    desk, ada = Desk(), StaffId("usr_ada")
    for second in range(MAX_TRIES):
        assert not desk.run(prove, ada, "000000", T0 + timedelta(seconds=second))
    assert desk.run(take_try, "1.1.1.1", "ann", timedelta(minutes=5), T0 + timedelta(minutes=6))
    assert not desk.run(prove, ada, "000000", T0 + timedelta(minutes=7))
    log = desk.run(lambda unit: [note.kind for _, _, note in unit.admin.newest(9)])
    assert log == ["agent_line_closed"]
    assert desk.run(take_try, "1.1.1.1", "ann", timedelta(minutes=5), T0 + timedelta(minutes=40))
    rows = desk.run(lambda unit: unit.connection.exec_driver_sql("SELECT * FROM failed_tries").fetchall())
    assert len(rows) == 2, "what counts no longer is not kept"


def test_behind_a_trusted_proxy_a_visitor_uses_up_their_own_tries_alone() -> None:
    async def story(console: ConsoleClient, browsers: Browsers) -> None:
        async def status(name: str, forwarded: str, password: str = PASSWORD) -> int:
            return (await browsers().sign_in(name, password, **{"X-Forwarded-For": forwarded})).status

        for n in range(PER_NAME):
            # An address that the client writes itself precedes the one that the proxy adds.
            assert await status("ann", f"198.51.100.{n}, 203.0.113.9", "guess guess guess") == 401
        assert await status("ann", "203.0.113.9") == 429
        assert await status("ann", "198.51.100.7") == 303, "nobody else waits"

    play(story, ConsoleClient(proxies=(ip_network("127.0.0.0/8"),)))


async def test_a_header_counts_from_a_trusted_proxy_only(console: ConsoleClient, browsers: Browsers) -> None:
    for n in range(PER_NAME):
        await browsers().sign_in("ann", "guess guess guess", **{"X-Forwarded-For": f"198.51.100.{n}"})
    again = await browsers().sign_in("ann", **{"X-Forwarded-For": "198.51.100.99"})
    assert again.status == 429


async def test_too_many_tries_are_told_to_wait_on_every_node(console: ConsoleClient, browsers: Browsers) -> None:
    browser = browsers()
    for _ in range(PER_NAME - 1):
        assert (await browser.sign_in("ann", "guess guess guess")).status == 401
        assert (await browsers().sign_in("ben")).status == 303, "a good try does not count"
    assert (await browser.sign_in("ann")).status == 303
    for _ in range(PER_NAME - 1):
        await browsers().sign_in("kim", "guess guess guess")
    other = HttpListener(inside_app(replace(console.parts(), metrics=Metrics())))
    await other.setup()
    site = web.TCPSite(other, "127.0.0.1", 0)
    await site.start()
    there = browsers()
    there.base = "http://{}:{}".format(*other.addresses[0][:2])
    assert (await there.sign_in("kim", "guess guess guess")).status == 401
    assert (await there.sign_in("kim")).status == 429
    await other.cleanup()
    assert (await browsers().sign_in("kim")).status == 429


@pytest.mark.parametrize(
    ("name", "person", "field"),
    [("Ann", "p", "name"), ("system", "p", "name"), ("a b", "p", "name"), ("new", "", "person"), ("ann", "p", "name")],
)
async def test_accounts_have_clean_names_of_their_own(
    console: ConsoleClient, browsers: Browsers, name: str, person: str, field: str
) -> None:
    account = NewAccount(name=name, person=person, role=StaffRole.AGENT, password_hash="x")
    with pytest.raises(ConflictError) as refused:
        await console.store.run(make_account, account, "test", console.moment)
    assert refused.value.field == field


def test_passwords_are_long_and_hold_no_name() -> None:
    assert fault_of("short", "ann") is not None
    assert fault_of("x" * 300, "ann") is not None
    assert fault_of("this is ANN's own", "ann") is not None
    assert fault_of(PASSWORD, "ann") is None
