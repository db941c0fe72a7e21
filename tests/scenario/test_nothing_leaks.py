"""Numbers, names, accounts and spoken words are stored only where they belong: encrypted, or at the phone company.

The phone company's own ledger is left out: it must know whom to ring and what is said.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

from tests.scenario.talks import RISKY, SAFE, UNSURE, all_is_well, answers, insists, is_told
from tests.scenario.world import World, plain, tell
from wakeup.simulator.handset import HandsetCall

NAMES = (
    "欧阳秋霜", "Siti Nurhaliza", "陈美玲", "林志远", "Priya Raman", "黄晓芸", "Gan Beng Huat", "吴佩珊",
    "Thomas Oakley", "郑国梁", "周雅琴", "Rajesh Pillai", "许文彬", "何淑贞", "Tan Ah Kow",
)  # fmt: skip
PAYEES = ("王大强", "Zephyr Trading", "孙百万", "Quentin Moneybags", "蔡财旺")
WORDS = {
    "not_me": "蓝鲸说不是我转的呀", "paid": "隔壁老杨叫我的，钱已经转出去了", "despair": "我对不起阿妹，我不想活了",
    "unclear": "今天菜市场的榴莲很便宜", "owner": "我是机主本人，叫我阿芳",
}  # fmt: skip

Act = Callable[[World, HandsetCall], Awaitable[None]]


def speaks(*keys: str) -> Act:
    """Get as far as the payment, then say these words."""

    async def act(_world: World, call: HandsetCall) -> None:
        await is_told(call)
        for key in keys:
            await call.says(WORDS[key])
        if not call.line.over:
            await call.hangs_up()

    return act


def presses(*keys: str) -> Act:
    async def act(_world: World, call: HandsetCall) -> None:
        for key in keys:
            await call.presses(key)
        if not call.line.over:
            await call.hangs_up()

    return act


async def is_genuine(_world: World, call: HandsetCall) -> None:
    await is_told(call)
    await all_is_well(call)


async def insists_on_it(_world: World, call: HandsetCall) -> None:
    await is_told(call)
    await call.presses("1")
    await answers(call, RISKY, UNSURE, RISKY)
    await insists(call)
    await call.presses("2")
    await call.ended()


async def is_dissuaded(_world: World, call: HandsetCall) -> None:
    await is_told(call)
    await call.presses("1")
    await answers(call, RISKY, SAFE, RISKY)
    await call.presses("1")
    await call.ended()


async def cancels(world: World, call: HandsetCall) -> None:
    await is_told(call)
    await world.news("cancelled_in_app", "t_10")
    await call.presses("1")
    await call.ended()


async def introduces_herself(_world: World, call: HandsetCall) -> None:
    await call.says(WORDS["owner"])
    await call.presses("1")
    await call.presses("3")
    await call.hangs_up()


ACTS: tuple[Act | str, ...] = (
    is_genuine, speaks("not_me"), speaks("paid"), speaks("despair", "unclear"), insists_on_it, is_dissuaded,
    presses("2", "1"), presses("*"), presses("0"), cancels, introduces_herself, speaks("unclear", "unclear"),
    "voicemail", "busy", "refused",
)  # fmt: skip


def event(world: World, n: int) -> dict[str, Any]:
    given = world.event(n, phone=f"+65912388{n:02d}", tier="medium", minutes=3, account=f"SG-4455-{n:04d}-667")
    given["customer"] |= {"name": NAMES[n - 1], "alternate_phones": [f"+65812399{n:02d}"]}
    given["customer"]["locale"] = "zh-CN"
    given["transfer"]["payee"] |= {"name": PAYEES[n % 5], "phone": f"+65977700{n:02d}"}
    given["guardians"] = [
        {"id": f"g_{n}", "name": f"阿{n}家的小宝", "phone": f"+65833366{n:02d}", "locale": "zh-CN",
         "relation": "daughter", "consented_at": given["occurred_at"]},
    ]  # fmt: skip
    return given


def private(given: dict[str, Any]) -> Iterator[str]:
    people = [given["customer"], given["transfer"]["payee"], *given["guardians"]]
    for person in people:
        yield from (person["name"], *(number[1:] for number in [person.get("phone")] if number))
    yield from (number[1:] for number in given["customer"]["alternate_phones"])
    yield given["transfer"]["payee"]["account"]


def found_in(text: str, secrets: set[str]) -> set[str]:
    return {secret for secret in secrets if secret in text}


async def happens(world: World, n: int, act: Act | str, given: dict[str, Any]) -> None:
    if act == "refused":
        world.company.people.refusal = lambda number: 21211 if number == given["customer"]["phone"] else 0  # type: ignore[method-assign]
        assert (await world.flag(given)).status == 202
        return
    phone = world.handset(given["customer"]["phone"])
    phone.answered_by = "machine_end_beep" if act == "voicemail" else "human"
    assert (await world.flag(given)).status == 202
    call = await phone.expect_call(within=20)
    if act == "busy":
        await call.is_busy()
        return
    await call.answers()
    await call.hears("自动语音来电")
    if callable(act):
        await act(world, call)
    else:
        await call.ended(within=120)


async def answer_the_rest(world: World, numbers: list[str]) -> None:
    """Callees who were rung a second time did not answer, and the last ones decline."""
    for _ in range(200):
        for phone in map(world.handset, numbers):
            while phone.missed:
                call = await phone.expect_call(within=1)
                if not call.line.over:
                    await call.rejects()
        await world.sleep(1)


async def bad_input(world: World, given: dict[str, Any]) -> list[str]:
    """Send requests that must be refused. Returns their responses."""
    other = {**given, "event_id": "evt_bad"}
    wrong = [
        {**given, "customer": {**given["customer"], "phone": "91238801 or +6591238801"}},
        {**given, "transfer": {**given["transfer"], "amount": "1E+999999"}},
        {**other, "customer": {**given["customer"], "id": "u_else"}},
        {**given, "risk": {**given["risk"], "tier": given["customer"]["name"]}},
        {**given, given["customer"]["name"]: given["customer"]["phone"]},
        json.dumps(given, ensure_ascii=False).encode()[:-20],
    ]
    answers = [await world.post("/v1/risk-events", body) for body in wrong]
    answers.append(await world.post("/v1/risk-events", given, secret="whsec_" + "A" * 43 + "="))
    answers.append(await world.get(f"/v1/transfers/{given['customer']['phone']}/decision"))
    answers.append(await world.get(f"/v1/decisions?after={given['customer']['phone']}"))
    assert {answer.status for answer in answers} <= {400, 401, 404, 409, 422}, answers
    return [json.dumps(answer.body, ensure_ascii=False) for answer in answers]


def test_fifteen_stories_leave_no_trace_of_a_person(tmp_path: Path) -> None:
    events: list[dict[str, Any]] = []
    seen: dict[str, str] = {}

    async def story(world: World) -> None:
        world.company.faults.next_create("500_after_create", "429")
        world.core.next_fault("500")
        for n, act in enumerate(ACTS, 1):
            given = event(world, n)
            events.append(given)
            await happens(world, n, act, given)
        seen["problems"] = "\n".join(await bad_input(world, events[0]))
        await answer_the_rest(world, [one["customer"]["phone"] for one in events])
        undecided = [n for n in range(1, len(ACTS) + 1) if not world.tellings(f"t_{n}")]
        assert undecided == [10], "the one that was cancelled in the app"
        seen["metrics"] = await world.metrics()
        seen["database while it runs"] = files_of(tmp_path)
        seen["urls"] = plain(
            "\n".join(world.company.asked + [row["url"] for row in world.company.ledger.of("created")])
        )
        seen["the core's ledger"] = json.dumps(world.core.ledger.facts, ensure_ascii=False)
        heard = json.dumps(world.company.ledger.facts, ensure_ascii=False)
        assert found_in(heard, set(WORDS.values())) == set(WORDS.values()), "every word was really spoken"
        seen["log"] = ""
        world_log.append(world.log)

    world_log: list[list[dict[str, Any]]] = []
    tell(story, tmp_path)
    seen["log"] = "\n".join(json.dumps(line, ensure_ascii=False, default=str) for line in world_log[0])
    seen["files afterwards"] = files_of(tmp_path)
    secrets = {secret for one in events for secret in private(one)} | set(WORDS.values())
    assert len(secrets) > 80
    assert "t_7" in seen["database while it runs"], "the scan reads what is there"
    assert "t_7" in seen["log"]
    leaks = {place: found for place, text in seen.items() if (found := found_in(text, secrets))}
    assert leaks == {}


def files_of(folder: Path) -> str:
    """Every byte on disk: the database, its log and the anchors."""
    return "\n".join(path.read_bytes().decode(errors="replace") for path in sorted(folder.iterdir()))
