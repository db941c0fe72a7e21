"""The console with a real database behind it, and a browser whose cookies are a dictionary."""

from __future__ import annotations

import asyncio
import html
import re
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession, DummyCookieJar, web
from argon2 import PasswordHasher

from tests.storage.migrated import migrated_file
from tests.unit.builders import T0
from tests.unit.console_people import a_staff
from tests.unit.desk import POLICY, SMS_TEMPLATES, Mute, wait
from tests.web.world import World
from wakeup.bench.seeded_ids import SeededIds
from wakeup.domain.errors import RemoteError
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.policy import Policy
from wakeup.domain.staff import PersonId, Staff, StaffRole
from wakeup.domain.transfer import Tier
from wakeup.runtime.hub import Hub
from wakeup.simulator.recordings import wav
from wakeup.storage.keyring import KeyRing
from wakeup.storage.open import open_store
from wakeup.storage.unit_of_work import SqlUnit, UnitDependencies, unit_maker
from wakeup.storage.vault import Vault
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.console.sign_in import SessionLimits
from wakeup.usecases.intake.open_case import open_case
from wakeup.usecases.intake.settle_case import settle_case
from wakeup.usecases.repositories.sign_in import Factor
from wakeup.usecases.store import Store
from wakeup.web.apps import HttpListener, inside_app
from wakeup.web.parts import ConsoleParts, Verified

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""Of a second factor."""
PEOPLE = {
    "ann": StaffRole.SUPERVISOR, "ben": StaffRole.SUPERVISOR, "kim": StaffRole.AGENT, "vera": StaffRole.VIEWER,
    "root": StaffRole.ADMIN, "aud": StaffRole.AUDITOR,
}  # fmt: skip
AUDIT_KEY = b"a" * 32


@cache
def password_hash() -> str:
    """A hash contains its own parameters, so this one is verified at once: a good one takes as long as the rest of a
    test. Tests that set a password take the hash that the program makes.
    """
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


async def not_there(*_names: Any) -> None:
    """There is no such script."""


@dataclass
class Verifications:
    """Verifications that the test ends."""

    now: Verified = field(default_factory=Verified)
    begun: int = 0

    def begin(self) -> None:
        self.begun += 1

    def state(self) -> Verified:
        return self.now


@dataclass
class ConsoleClient(World):
    """A World with a real store, whose time is set by the test."""

    moment: datetime = T0
    folder: Path = field(default_factory=lambda: Path(mkdtemp(prefix="wakeup-console-")))
    hub: Hub = field(default_factory=Hub)  # type: ignore[assignment]
    policy: Policy = POLICY
    session_key: bytes = b"s" * 32
    audio: dict[str, bytes] = field(default_factory=dict)
    """The recordings that the phone company has, by id."""

    verification: Verifications = field(default_factory=Verifications)

    def __post_init__(self) -> None:
        dice = Random(7)

        def random_bytes(count: int) -> bytes:
            return bytes(dice.getrandbits(8) for _ in range(count))

        self.random_bytes = random_bytes
        self.url = f"sqlite:///{self.folder / 'wakeup.db'}"
        shutil.copy(migrated_file(), self.folder / "wakeup.db")

    def now(self) -> datetime:
        return self.moment

    def open(self) -> Store[SqlUnit]:
        vault = Vault(KeyRing([b"k" * 32], self.random_bytes), [b"i" * 32], self.random_bytes)
        dependencies = UnitDependencies(
            vault=vault, policy=self.policy, speaker=Mute(), sms_templates=SMS_TEMPLATES, ids=SeededIds(1), audit_key=AUDIT_KEY,  # type: ignore[arg-type]
        )  # fmt: skip
        return open_store(self.url, unit_maker(dependencies), self.hub.publish)

    def parts(self) -> Any:
        console = ConsoleParts(
            session_key=self.session_key,
            lasting_key=AUDIT_KEY,
            random_bytes=self.random_bytes,
            unix_s=lambda: self.moment.timestamp(),  # noqa: PLW0108 - told anew each time
            session_limits=SessionLimits(),
            sign_on=None,
            speed=1.0,
            credit_bureau={"zh": "当地的征信机构", "en": "the credit bureau"},
            lines=10,
            calls_per_second=1.0,
            base_currency="SGD",
            settings=list,
            secrets=lambda: [("WAKEUP_KEYS__DATA", "bb"), ("WAKEUP_KEYS__TAG", "aa")],
            scripts=list,
            picture=not_there,
            difference=lambda _before, _after: [],
            recording=self.recording,
            breathe=not_there,
            verification=self.verification,
        )
        self.console = console
        return replace(super().parts(), console=console, wake_source=self.hub)

    def furnish(self, **parts: Any) -> None:
        """Set parts that are known only when the server already runs, such as the URL of an OpenID provider."""
        for name, part in parts.items():
            object.__setattr__(self.console, name, part)

    async def hire(self) -> None:
        def add(unit: SqlUnit) -> None:
            for name, role in PEOPLE.items():
                unit.staff.add(a_staff(name, role, password_hash=password_hash()))

        await self.store.run(add)

    async def hire_again(self, name: str, other: str, person: str) -> None:
        """Give somebody a second account, in which their id may be spelled differently."""
        first = await self.person(name)
        second = a_staff(other, first.role, password_hash=password_hash(), person=PersonId(person))
        await self.store.run(lambda unit: unit.staff.add(second))

    async def flag(self, n: int = 1, tier: Tier = Tier.CRITICAL, *, held: bool = True, **changes: Any) -> CaseId:
        """Flag transfer t_n now; by default it is held an hour later."""
        accepted = await self.store.run(open_case, wait(n, self.moment, tier=tier, **changes), self.moment)
        case_id = CaseId(accepted.case_id)
        if held:
            self.moment += timedelta(hours=1)
            await self.store.run(settle_case, case_id, self.moment)
        return case_id

    async def recording(self, sid: str) -> bytes | None:
        if self.audio.get(sid) == b"":
            raise RemoteError("no answer")
        return self.audio.get(sid)

    async def leave_message(self, case_id: CaseId, sid: str, seconds: int = 2) -> None:
        """The customer answered the call and left a message."""

        def record(unit: SqlUnit) -> None:
            with CaseFile(unit, unit.cases.lock(case_id), self.moment) as file:
                attempt = unit.attempts.of_case(case_id)[0]
                file.note("message_recorded", "callee", attempt=attempt.id, recording=sid, seconds=seconds)

        await self.store.run(record)
        self.audio[sid] = wav(seconds)

    async def ask_for_codes(self, name: str) -> None:
        """The person enrolled a second factor."""
        staff = await self.person(name)
        factor = Factor(staff_id=staff.id, secret=SECRET, made_at=T0, confirmed_at=T0)
        await self.store.run(lambda unit: unit.sign_ins.keep_factor(factor))

    async def state(self, n: int = 1) -> str:
        transfer = await self.store.read(lambda unit: unit.transfers.get(TransferId(f"t_{n}")))
        return str(transfer.state)

    async def person(self, name: str) -> Staff:
        found: Staff = await self.store.read(lambda unit: unit.staff.named(name))
        return found


@dataclass(frozen=True)
class Page:
    status: int
    text: str
    headers: Any

    @property
    def plain(self) -> str:
        """The text of a page, roughly as a reader sees it."""
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", self.text)))

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([0-9a-f]+)"', self.text)
        return found[1] if found else ""

    def hidden_all(self) -> dict[str, str]:
        """The hidden fields of the only card on the page."""
        pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', self.text)
        return {name: html.unescape(value) for name, value in pairs}

    def hidden(self, form: str) -> dict[str, str]:
        """The hidden fields of the form with this name."""
        at = self.text.index(f'name="form" value="{form}"')
        start, end = self.text.rindex("<form", 0, at), self.text.index("</form>", at)
        pairs = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', self.text[start:end])
        return {name: html.unescape(value) for name, value in pairs}


@dataclass
class Browser:
    """One person's browser."""

    session: ClientSession
    base: str
    cookies: dict[str, str] = field(default_factory=dict)

    async def ask(self, method: str, path: str, data: dict[str, str] | None = None, **headers: str) -> Page:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Cookie": cookie, **headers} if cookie else dict(headers)
        body = None if data is None else urlencode(data)
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        url = f"{self.base}{path}"
        async with self.session.request(method, url, data=body, headers=sent, allow_redirects=False) as answer:
            for name, morsel in answer.cookies.items():
                self.cookies[name] = morsel.value
            return Page(answer.status, (await answer.read()).decode(errors="replace"), answer.headers)

    async def get(self, path: str = "/console", **headers: str) -> Page:
        return await self.ask("GET", path, None, **headers)

    async def post(self, path: str, data: dict[str, str], **headers: str) -> Page:
        return await self.ask("POST", path, data, **headers)

    async def sign_in(self, name: str, password: str = PASSWORD, **headers: str) -> Page:
        page = await self.get("/console/sign-in")
        fields = {"csrf": page.csrf, "name": name, "password": password, "back": "/console"}
        return await self.post("/console/sign-in", fields, **headers)

    async def go_on(self, page: Page) -> Page:
        """Press the button of the page that leads a form on which has waited."""
        [path] = re.findall(r'action="([^"]+)\?again=yes"', page.text)
        return await self.post(f"{path}?again=yes", page.hidden_all())

    async def send(self, case_id: CaseId, form: str, act: str, **fields: str) -> Page:
        """Fill in a form of the current case page, and send it."""
        page = await self.get(f"/console/cases/{case_id}")
        return await self.post(f"/console/cases/{case_id}/{act}", {**page.hidden(form), **fields})


Browsers = Callable[[], Browser]
Story = Callable[[ConsoleClient, Browsers], Coroutine[Any, Any, None]]


@asynccontextmanager
async def open_console(console: ConsoleClient | None = None) -> AsyncIterator[tuple[ConsoleClient, str]]:
    console = console or ConsoleClient()
    store = console.open()
    console.store = store  # type: ignore[assignment]
    await console.hire()
    listener = HttpListener(inside_app(console.parts()))
    await listener.setup()
    site = web.TCPSite(listener, "127.0.0.1", 0)
    await site.start()
    host, port = listener.addresses[0][:2]
    try:
        yield console, f"http://{host}:{port}"
    finally:
        await listener.cleanup()
        await store.close()
        shutil.rmtree(console.folder)
    failed = [line for line in console.log.lines if line["level"] == "error"]
    assert not failed, failed


def play(story: Story, console: ConsoleClient | None = None) -> None:
    """Run one story with a console of its own."""

    async def whole() -> None:
        async with open_console(console) as (opened, base), ClientSession(cookie_jar=DummyCookieJar()) as session:
            await story(opened, lambda: Browser(session, base))

    asyncio.run(whole())
