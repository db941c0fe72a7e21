"""How the people in the stories talk to the generic script, in both languages. They act on what they hear."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.scenario.world import MEI, World
from wakeup.domain.decision import Ruling, Verdict
from wakeup.domain.ids import CaseId
from wakeup.simulator.handset import HandsetCall
from wakeup.simulator.understanding import understand
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.decisions import record_decision
from wakeup.usecases.unit import Unit

ZH = {
    "hello": "自动语音来电", "code": "核对码", "payment": "转账", "own": "是您自己操作的", "asked": "请按2",
    "closing": "您想怎么办", "more": "要继续转", "insist": "愿意先不转",
}  # fmt: skip
EN = {
    "hello": "automated, recorded call", "code": "check code", "payment": "You have a payment",
    "own": "made this payment yourself", "asked": "press 2",
    "closing": "What would you like to do", "more": "want to go ahead", "insist": "willing to wait",
}  # fmt: skip
SAFE, RISKY, UNSURE = "safe", "risky", "unsure"
PRIVATE = ("转账", "付款", "约五千", "王", "payment", "5,200", "thousand")
"""Words that would reveal to a stranger what the call is about."""


def words_of(call: HandsetCall) -> dict[str, str]:
    return EN if any("an automated, " in piece for piece in call.transcript) else ZH


async def is_rung(
    world: World, number: str = MEI, within: float = 10, *, locale: str = "zh-CN", by: str = "human"
) -> HandsetCall:
    """The phone rings and is answered. The announcement says who calls, and nothing about an account."""
    phone = world.handset(number)
    phone.answered_by = by
    call = await phone.expect_call(within=within)
    await call.answers()
    await call.hears((EN if locale == "en" else ZH)["hello"])
    await hears_nothing_private(call)
    return call


async def hears_nothing_private(call: HandsetCall) -> None:
    for private in PRIVATE:
        await call.hears_nothing_of(private)


async def is_told(call: HandsetCall) -> None:
    """The owner of the phone compares the code and hears of the payment."""
    said = words_of(call)
    await call.presses("1")
    await call.hears(said["code"])
    await call.presses("1")
    await call.hears(said["payment"])


async def reach(world: World, **event: Any) -> HandsetCall:
    """Flag a transfer and get as far as the payment being named."""
    number, locale = event.get("phone", MEI), event.get("locale", "zh-CN")
    world.handset(number)
    answer = await world.flag(**event)
    assert answer.status == 202, answer.body
    assert answer.body["decision"]["decision"] == "hold"
    call = await is_rung(world, number, locale=locale)
    await is_told(call)
    return call


async def answers(call: HandsetCall, *given: str) -> None:
    """Answer the next questions safely, riskily or unsure, whichever wording is asked."""
    said = words_of(call)
    for wish in given:
        asked = understand(await call.hears(said["asked"])).question
        assert asked is not None, call.transcript
        yes = asked.yes_is_risk is (wish == RISKY)
        await call.presses("3" if wish == UNSURE else "1" if yes else "2")


async def all_is_well(call: HandsetCall) -> None:
    """The payment is the customer's own, all three answers are harmless, and they want it to go on."""
    await call.presses("1")
    await answers(call, SAFE, SAFE, SAFE)
    await insists(call)
    assert await call.ended(within=60) == "completed"


async def insists(call: HandsetCall) -> None:
    """The customer presses 3 for anything else, then 1 because all is well."""
    said = words_of(call)
    await call.hears(said["closing"])
    await call.presses("3")
    await call.hears(said["more"])
    await call.presses("1")


async def let_go_by_a_person(world: World) -> None:
    """Two supervisors release the payment on the console while the customer is on the line."""
    [(case_id,)] = world._rows("SELECT id FROM cases")

    def act(unit: Unit, now: datetime) -> None:
        with CaseFile(unit, unit.cases.lock(CaseId(case_id)), now) as file:
            released = Verdict(ruling=Ruling.ALLOW, reason="released_by_person")
            record_decision(file, file.transfers()[0], released, "ann+ben")

    await world.service.store.run(act, world.clock.now())
