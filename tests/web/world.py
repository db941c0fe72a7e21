"""The web layer alone: a Store with prepared answers, a wake source, a phone, and a bank that signs."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from wakeup.bank.signing import signed_headers
from wakeup.bank.typologies import TYPOLOGIES
from wakeup.domain.decision import Decision, Ruling
from wakeup.domain.ids import CaseId, DecisionId, TransferId
from wakeup.runtime.dependencies import announcements
from wakeup.simulator.virtual_loop import run
from wakeup.telephony.urls import CallbackUrls
from wakeup.usecases.figures.backlog_age import Ages, read_ages
from wakeup.usecases.figures.guardian_figures import read_guardian_numbers
from wakeup.usecases.repositories.views import GuardianNumbers
from wakeup.usecases.store import Lane
from wakeup.usecases.unit import ALL_DIGITS
from wakeup.web.api.idempotency import once
from wakeup.web.apps import HttpListener, api_app, inside_app, public_app
from wakeup.web.clients import Client, Clients, Scope
from wakeup.web.metrics import Metrics
from wakeup.web.openapi.document import build
from wakeup.web.parts import Parts

START = datetime(2026, 11, 22, 9, 30, 1, tzinfo=UTC)
BANK_SECRET = "whsec_" + "YmFuay1iYW5rLWJhbmstYmFuay1iYW5r"
OLD_SECRET = "whsec_" + "b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQt"
LABEL_SECRET = "whsec_" + "bGFiZWwtbGFiZWwtbGFiZWwtbGFiZWwt"
BANK_KEY, LABEL_KEY = "bank-key-" + "b" * 32, "label-key-" + "l" * 32
ACCOUNT, TOKEN, OLD_TOKEN = "AC" + "0" * 32, "token-now", "token-old"
PUBLIC = "https://wakeup.example.com/hooks"
DESCRIPTION, HOLD_BASIS = build(), "customer agreement"


@dataclass(frozen=True)
class Ran:
    """One use case that the web layer ran."""

    name: str
    args: tuple[Any, ...]
    lane: Lane | None


NOTHING_WAITS = Ages(
    message_due=timedelta(), decision_late=timedelta(), call_due=timedelta(), undecided=timedelta(), overdue=0, dead=0
)
NOBODY_ASKED = GuardianNumbers(cases=0, cases_asked=0, asked=0, answered=0, median_minutes=None)


class FakeStore:
    """Returns the prepared answers of each use case in order; the last one is repeated."""

    def __init__(self) -> None:
        self.laid: dict[str, deque[Any]] = defaultdict(deque)
        self.ran: list[Ran] = []
        self.healthy = True
        self.will(read_guardian_numbers, NOBODY_ASKED)
        self.will(read_ages, NOTHING_WAITS)
        self.waiting = dict.fromkeys(Lane, 0)

    def will(self, use_case: Callable[..., Any], *answers: Any) -> None:
        self.laid[use_case.__name__] = deque(answers)

    async def run(self, use_case: Callable[..., Any], /, *args: Any, lane: Lane | None = None) -> Any:
        if use_case is once:
            inbound, verb, what, now = args
            return await self._answer(Ran(verb.__name__, (inbound, what, now), lane))
        return await self._answer(Ran(use_case.__name__, args, lane))

    async def read(self, query: Callable[..., Any], /, *args: Any) -> Any:
        return await self._answer(Ran(query.__name__, args, None))

    look = read

    async def _answer(self, ran: Ran) -> Any:
        self.ran.append(ran)
        laid = self.laid[ran.name]
        assert laid, f"nobody expected {ran.name}"
        answer = laid.popleft() if len(laid) > 1 else laid[0]
        if isinstance(answer, BaseException):
            raise answer
        if asyncio.iscoroutinefunction(answer):
            return await answer()
        return answer(*ran.args) if callable(answer) else answer

    async def ping(self) -> None: ...
    async def close(self) -> None: ...


async def passes(seconds: float) -> None:
    waited: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(seconds, waited.set_result, None)
    await waited


async def until(condition: Callable[[], object]) -> None:
    """Let other tasks work until the condition holds."""
    async with asyncio.timeout(20):
        while not condition():
            await passes(0.1)


async def nothing_more_urgent() -> None:
    """A risk event is processed at once."""


async def never() -> None:
    """A database that hangs."""
    await asyncio.Event().wait()


class FakeHub:
    def __init__(self) -> None:
        self.waiting: dict[str, list[asyncio.Event]] = defaultdict(list)

    @contextmanager
    def listening(self, name: str) -> Iterator[asyncio.Event]:
        event = asyncio.Event()
        self.waiting[name].append(event)
        try:
            yield event
        finally:
            self.waiting[name].remove(event)

    def ring(self, name: str) -> None:
        for event in self.waiting[name]:
            event.set()


class FakePhone:
    """Only what the web layer may do to a live call."""

    def __init__(self) -> None:
        self.hung_up: list[str] = []
        self.spoken: list[tuple[str, str]] = []
        self.recorded: list[str] = []
        self.gone_on: list[tuple[str, int]] = []
        self.error: Exception | None = None
        self.takes_s = 0.0

    async def hang_up(self, call_sid: str) -> None:
        await passes(self.takes_s)
        self.hung_up.append(call_sid)
        if self.error:
            raise self.error

    async def go_on(self, call_sid: str, attempt_id: str, turn: int) -> None:
        self.gone_on.append((call_sid, turn))
        if self.error:
            raise self.error

    async def record(self, call_sid: str, attempt_id: str) -> str | None:
        self.recorded.append(call_sid)
        if self.error:
            raise self.error
        return None

    async def speak_to_machine(self, call_sid: str, twiml: str) -> None:
        self.spoken.append((call_sid, twiml))
        if self.error:
            raise self.error


class ListLog:
    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def info(self, event: str, **facts: Any) -> None:
        self.lines.append({"level": "info", "event": event, **facts})

    def warning(self, event: str, **facts: Any) -> None:
        self.lines.append({"level": "warning", "event": event, **facts})

    def error(self, event: str, **facts: Any) -> None:
        self.lines.append({"level": "error", "event": event, **facts})

    def requests(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["event"] == "request"]


class CountingIds:
    def __init__(self) -> None:
        self.count = 0

    def new(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count}"

    def digits(self, count: int, among: str = ALL_DIGITS) -> str:
        return among[1] * count


@dataclass
class World:
    store: FakeStore = field(default_factory=FakeStore)
    hub: FakeHub = field(default_factory=FakeHub)
    phone: FakePhone = field(default_factory=FakePhone)
    log: ListLog = field(default_factory=ListLog)
    metrics: Metrics = field(default_factory=Metrics)
    anchored_at: datetime | None = None
    faults: list[str] = field(default_factory=list)
    proxies: tuple[Any, ...] = ()
    people: tuple[str, ...] = ()
    recordings: dict[str, Path] = field(default_factory=dict)
    urls: CallbackUrls = field(default_factory=lambda: CallbackUrls(PUBLIC, b"t" * 32))

    def now(self) -> datetime:
        return START + timedelta(seconds=asyncio.get_running_loop().time())

    async def not_ready(self) -> list[str]:
        return self.faults

    def parts(self) -> Parts:
        return Parts(
            store=self.store, phone=self.phone, wake_source=self.hub, log=self.log, metrics=self.metrics,  # type: ignore[arg-type]
            now=self.now, monotonic=lambda: asyncio.get_running_loop().time(), ids=CountingIds(), clients=clients(),
            urls=self.urls, account_sid=ACCOUNT, auth_tokens=(TOKEN, OLD_TOKEN), not_ready=self.not_ready,
            anchored_at=lambda: self.anchored_at, before_event=nothing_more_urgent, proxies=self.proxies,
            colleagues=self.people, recordings=self.recordings, words=announcements().say, typologies=TYPOLOGIES,
            hold_basis=HOLD_BASIS, console=None,
        )  # fmt: skip

    def counted(self, name: str, **labels: str) -> float:
        return self.metrics.registry.get_sample_value(f"wakeup_{name}", labels) or 0.0


def clients() -> Clients:
    return Clients(
        [
            Client(
                name="labeller",
                secrets=(LABEL_SECRET,),
                scopes=frozenset({Scope.LABELS}),
                bearer_hashes=(sha256(LABEL_KEY.encode()).hexdigest(),),
            ),
            Client(
                name="bank",
                secrets=(BANK_SECRET, OLD_SECRET),
                scopes=frozenset(Scope),
                bearer_hashes=(sha256(BANK_KEY.encode()).hexdigest(),),
            ),
        ]
    )


@dataclass(frozen=True)
class Heard:
    """A response, read completely."""

    status: int
    headers: Any
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    def faults(self) -> dict[str, str]:
        return {fault["field"]: fault["reason"] for fault in self.json.get("errors", ())}


@dataclass
class Caller:
    """A client of one listener. Each response to the bank must have a status that `/openapi.json` names."""

    world: World
    session: ClientSession
    host: str
    port: int

    async def ask(self, method: str, path: str, **more: Any) -> Heard:
        async with self.session.request(
            method, f"http://{self.host}:{self.port}{path}", allow_redirects=False, **more
        ) as answer:
            heard = Heard(answer.status, answer.headers, await answer.read())
        expect_described(method, path, heard)
        return heard

    async def get(self, path: str, key: str | None = BANK_KEY, **headers: str) -> Heard:
        bearer = {} if key is None else {"Authorization": f"Bearer {key}"}
        return await self.ask("GET", path, headers={**bearer, **headers})

    async def post(self, path: str, content: Any, **how: Any) -> Heard:
        """Post a signed message. For `how` see `signed_message`."""
        body, headers = self.signed_message(content, **how)
        return await self.ask("POST", path, data=body, headers=headers)

    def signed_message(
        self,
        content: Any,
        *,
        secret: str = BANK_SECRET,
        at: datetime | None = None,
        webhook_id: str = "msg_1",
        **headers: str | None,
    ) -> tuple[bytes, dict[str, str]]:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        made = signed_headers([secret], webhook_id, at or self.world.now(), body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        every = {"Content-Type": "application/json", **made, **named}
        return body, {name: value for name, value in every.items() if value is not None}

    async def raw(self, sent: bytes, then: bytes = b"", *, ends: bool = False) -> bytes:
        """Return all that is received until the server closes the connection. `then` is sent a second later; `ends`
        says that nothing more will be sent."""
        reader, writer = await asyncio.open_connection(self.host, self.port)
        writer.write(sent)
        if ends:
            writer.write_eof()
        if then:
            asyncio.get_running_loop().call_later(1.0, writer.write, then)
        heard = await reader.read()
        writer.close()
        await writer.wait_closed()
        return heard


def expect_described(method: str, path: str, heard: Heard) -> None:
    for template, operations in DESCRIPTION["paths"].items():
        if same_shape(template, path.partition("?")[0]) and method.lower() in operations:
            responses = operations[method.lower()]["responses"]
            assert str(heard.status) in responses, f"{method} {template} -> {heard.status} is not described"
            told = responses[str(heard.status)].get("content", {})
            assert not told or heard.headers["Content-Type"].partition(";")[0] in told


def same_shape(template: str, path: str) -> bool:
    ours, theirs = template.split("/"), path.split("/")
    return len(ours) == len(theirs) and all(a.startswith("{") or a == b for a, b in zip(ours, theirs, strict=True))


@asynccontextmanager
async def serving(listener: HttpListener, world: World) -> AsyncIterator[Caller]:
    await listener.setup()
    await listener.listen("127.0.0.1", 0)
    host, port = listener.addresses[0][:2]
    try:
        async with ClientSession() as session:
            yield Caller(world, session, host, port)
    finally:
        await listener.cleanup()


Story = Callable[[Caller], Coroutine[Any, Any, None]]


def play(story: Story, world: World | None = None, make: Callable[[Parts], web.Application] = api_app) -> World:
    """Run one story against one listener, in virtual time."""
    around = world or World()

    async def whole() -> None:
        async with serving(HttpListener(make(around.parts()), leave_early=make is api_app), around) as caller:
            await story(caller)

    run(whole())
    return around


def play_public(story: Story, world: World | None = None) -> World:
    return play(story, world, public_app)


def play_inside(story: Story, world: World | None = None) -> World:
    return play(story, world, inside_app)


def a_decision(sequence: int = 1, ruling: Ruling = Ruling.HOLD, **changes: Any) -> Decision:
    facts: dict[str, Any] = {
        "id": DecisionId(f"dec_{sequence}"),
        "transfer_id": TransferId("t_90017"),
        "case_id": CaseId("case_1"),
        "sequence": sequence,
        "ruling": ruling,
        "reason": "standing" if sequence == 1 else "consistent",
        "decided_by": "system",
        "decided_at": START,
        "decide_by": START + timedelta(minutes=30),
        "hold_until": START + timedelta(days=2),
        "policy_version": "1",
        "rests_on": (),
        "effects": (),
    }
    return Decision(**{**facts, **changes})
