"""Codes from a person's own device: enrolled by the person, asked for after the password, each valid once."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pyotp
import pytest

from tests.console.console_client import PASSWORD, SECRET, Browser, Browsers, ConsoleClient, Page
from wakeup.domain.errors import NotProvenError
from wakeup.domain.staff import StaffId
from wakeup.usecases.console.second_factor import use_code
from wakeup.usecases.console.sign_in import change_password
from wakeup.usecases.console.sign_in_limit import PER_NAME
from wakeup.usecases.console.single_sign_on import take_flow
from wakeup.web.console.passwords import hashed
from wakeup.web.console.totp import STEP_S, picture, step_of


def code(secret: str, console: ConsoleClient, ahead: int = 0) -> str:
    return pyotp.TOTP(secret).at(int(console.moment.timestamp()) + ahead * STEP_S)


async def takes_one_on(console: ConsoleClient, browser: Browser) -> str:
    page = await browser.get("/console/account")
    assert "Then nobody can sign in with your password alone. Enable it" in page.plain
    assert (await browser.post("/console/account/factor", page.hidden("begin"))).status == 303
    page = await browser.get("/console/account")
    found = re.search(r'<p class="id secret">([A-Z2-7]{32})</p>', page.text)
    assert found is not None and "<svg" in page.text and "style=" not in page.text
    wrong = await browser.post("/console/account/factor/confirm", {**page.hidden("confirm"), "code": "000000"})
    assert wrong.status == 409 and "The code is wrong" in wrong.plain
    sent = {**page.hidden("confirm"), "code": code(found[1], console)}
    assert (await browser.post("/console/account/factor/confirm", sent)).status == 303
    after = await browser.get("/console/account")
    assert found[1] not in after.text and "Signing in with a password asks for a code." in after.plain
    console.moment += timedelta(seconds=STEP_S)
    return found[1]


async def half_way(browser: Browser) -> dict[str, str]:
    page: Page = await browser.sign_in("ann")
    assert page.status == 200 and "Six-digit code" in page.plain
    return {name: html.unescape(value) for name, value in page.hidden_all().items()}


async def test_after_the_password_a_code_is_asked_for_and_counts_once(
    console: ConsoleClient, browsers: Browsers
) -> None:
    ann = browsers()
    await ann.sign_in("ann")
    secret = await takes_one_on(console, ann)
    thief, owner = browsers(), browsers()
    asked = await half_way(thief)
    assert (await thief.get()).status == 401, "the password alone opens nothing"
    assert (await thief.post("/console/sign-in/code", {**asked, "code": "123456"})).status == 401
    mine = await half_way(owner)
    used = code(secret, console)
    came = await owner.post("/console/sign-in/code", {**mine, "code": f"{used[:3]} {used[3:]}"})
    assert came.status == 303 and (await owner.get()).status == 200
    again = await thief.post("/console/sign-in/code", {**asked, "code": used})
    assert again.status == 401 and "was used already" in again.plain, "seen over the shoulder, and too late"
    stolen = await browsers().post("/console/sign-in/code", {**asked, "code": code(secret, console, 1)})
    assert stolen.status == 403, "half a sign-in belongs to its own browser"


async def test_half_a_sign_in_grows_old_and_guesses_are_counted(console: ConsoleClient, browsers: Browsers) -> None:
    ann = browsers()
    await ann.sign_in("ann")
    secret = await takes_one_on(console, ann)
    late = browsers()
    asked = await half_way(late)
    console.moment += timedelta(minutes=10)
    assert (await late.post("/console/sign-in/code", {**asked, "code": code(secret, console)})).status == 401
    guesser = browsers()
    asked = await half_way(guesser)
    answers = [(await guesser.post("/console/sign-in/code", {**asked, "code": "000000"})).status for _ in range(6)]
    assert answers[0] == 401 and answers[-1] == 429
    console.moment += timedelta(minutes=5)
    forged = await guesser.post(
        "/console/sign-in/code", {**asked, "ticket": asked["ticket"].replace("ann", "root"), "code": "000000"}
    )
    assert forged.status == 401 and "Name or password is wrong." in forged.plain


async def test_a_new_password_sends_back_a_person_who_was_half_way_in(
    console: ConsoleClient, browsers: Browsers
) -> None:
    ann = browsers()
    await ann.sign_in("ann")
    secret = await takes_one_on(console, ann)
    thief = browsers()
    asked = await half_way(thief)
    await console.store.run(change_password, "ann", hashed("another horse battery"), "command_line", console.moment)
    came = await thief.post("/console/sign-in/code", {**asked, "code": code(secret, console)})
    assert came.status == 401 and "Name or password is wrong." in came.plain
    assert (await thief.get()).status == 401


async def test_wrong_codes_give_no_more_time(console: ConsoleClient, browsers: Browsers) -> None:
    ann = browsers()
    await ann.sign_in("ann")
    await takes_one_on(console, ann)
    guesser = browsers()
    asked = await half_way(guesser)
    for _ in range(2):
        console.moment += timedelta(minutes=4)
        page = await guesser.post("/console/sign-in/code", {**asked, "code": "000000"})
        assert page.status == 401 and "The code is wrong" in page.plain
        asked = page.hidden_all()
    console.moment += timedelta(minutes=2)
    over = await guesser.post("/console/sign-in/code", {**asked, "code": "000000"})
    assert over.status == 401 and "Name or password is wrong." in over.plain


async def test_the_owner_removes_the_second_factor_with_a_code_and_an_admin_without(
    console: ConsoleClient, browsers: Browsers
) -> None:
    ann, root = browsers(), browsers()
    await ann.sign_in("ann")
    await root.sign_in("root")
    secret = await takes_one_on(console, ann)
    page = await ann.get("/console/account")
    bare = await ann.post("/console/account/factor/drop", {**page.hidden("drop"), "code": ""})
    assert bare.status == 409
    assert (
        await ann.post("/console/account/factor/drop", {**page.hidden("drop"), "code": code(secret, console)})
    ).status == 303
    assert (await browsers().sign_in("ann")).status == 303
    console.moment += timedelta(seconds=STEP_S)
    await takes_one_on(console, ann)
    admin = await root.get("/console/admin")
    assert "yes, by a code" in admin.plain
    dropped = {"csrf": admin.csrf, "staff": "usr_ann"}
    assert (await root.post("/console/admin/factor", dropped)).status == 303
    assert (await root.post("/console/admin/factor", dropped)).status == 409
    assert (await ann.get()).status == 401 and (await browsers().sign_in("ann", PASSWORD)).status == 303


@pytest.mark.parametrize("act", ["drop", "confirm"])
async def test_a_person_who_guesses_codes_in_an_open_session_is_signed_out(
    console: ConsoleClient, browsers: Browsers, act: str
) -> None:
    ann = browsers()
    await ann.sign_in("ann")
    secret = await takes_one_on(console, ann)
    console.moment += timedelta(minutes=5)
    sent = {"csrf": (await ann.get("/console/account")).csrf, "code": "000000"}
    for _ in range(PER_NAME):
        assert (await ann.post(f"/console/account/factor/{act}", sent)).status == 409
    right = {**sent, "code": code(secret, console)}
    out = await ann.post(f"/console/account/factor/{act}", right)
    assert (out.status, out.headers["Location"]) == (303, "/console/sign-in")
    assert (await ann.get()).status == 401
    assert (await console.store.read(lambda unit: unit.sign_ins.factor("usr_ann"))) is not None
    log = [note for _, _, note in await console.store.read(lambda unit: unit.admin.newest(99))]
    failed = [note.data["staff"] for note in log if note.kind == "sign_in_failed"]
    assert failed == ["usr_ann"] * (PER_NAME + 1), "one more when she took it on"


async def test_a_code_that_was_good_counts_for_no_try(console: ConsoleClient, browsers: Browsers) -> None:
    ann = browsers()
    await ann.sign_in("ann")
    for _ in range(2):
        secret = await takes_one_on(console, ann)
        page = await ann.get("/console/account")
        sent = {**page.hidden("drop"), "code": code(secret, console)}
        assert (await ann.post("/console/account/factor/drop", sent)).status == 303
        console.moment += timedelta(seconds=STEP_S)
    rows = await console.store.read(lambda unit: unit.connection.exec_driver_sql("SELECT * FROM failed_tries").all())
    assert len(rows) == 2 * 2, "two wrong codes, by address and by name"


async def test_the_secret_is_sealed_for_its_account(console: ConsoleClient, browsers: Browsers) -> None:
    ann = browsers()
    await ann.sign_in("ann")
    secret = await takes_one_on(console, ann)
    raw = b"".join(path.read_bytes() for path in console.folder.iterdir())
    assert secret.encode() not in raw
    kept = await console.store.read(lambda unit: unit.sign_ins.factor("usr_ann"))
    assert kept is not None and kept.secret == secret and secret not in repr(kept)


@pytest.mark.parametrize(("around", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_device_may_be_half_a_minute_off(around: int, good: bool) -> None:
    now = 1_800_000_015.0
    typed = pyotp.TOTP(SECRET).at(int(now) + around * STEP_S)
    assert step_of(SECRET, typed, now) == (int(now // STEP_S) + around if good else None)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６"])
def test_nonsense_is_no_code(typed: str) -> None:
    assert step_of(SECRET, typed, 1_800_000_000.0) is None


def test_the_picture_needs_no_style() -> None:
    drawn = picture(SECRET, "ann")
    assert drawn.startswith("<svg") and "style" not in drawn and SECRET not in drawn


async def test_a_code_that_was_used_is_said_to_prove_nothing(console: ConsoleClient, browsers: Browsers) -> None:
    await console.ask_for_codes("ann")
    await console.store.run(use_code, StaffId("usr_ann"), 7)
    with pytest.raises(NotProvenError, match="was used already"):
        await console.store.run(use_code, StaffId("usr_ann"), 7)
    with pytest.raises(NotProvenError, match="nobody was sent away so"):
        await console.store.run(take_flow, "none", timedelta(minutes=10), console.moment)
