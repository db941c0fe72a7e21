"""Stories of the demo in virtual time: what a guardian changes, and an honest customer whose payment is released."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenario.world import World
from wakeup.simulator.profiles import MAGIC
from wakeup.simulator.stories import FAMILY_FIRST, FAMILY_WINDOW, HONEST_FIRST, LATE_AND_SURE, WORRIED_AT_ONCE
from wakeup.simulator.traffic import generate

SEED = 7
COOLED = FAMILY_WINDOW.total_seconds() + 15 * 60


def case_number(index: int, world: World) -> dict[str, Any]:
    """The first event of this case in the demo's traffic."""
    events = generate(index + 1, SEED, world.clock.now(), 1.0, repeats=0, stories=True)
    return next(event for event in events if event["customer"]["id"].endswith(f"{index}"))


@pytest.mark.parametrize(
    ("family", "told"),
    [(False, [("hold", "cooling"), ("allow", "consistent")]), (True, [("hold", "guardian_worried")])],
)
async def test_a_guardians_answer_decides_what_becomes_of_the_money(
    world: World, family: bool, told: list[tuple[str, str]]
) -> None:
    """The same customer is called and answers the same way. Without a guardian the payment goes out."""
    event = case_number(FAMILY_FIRST, world)
    phone, guardian = event["customer"]["phone"], event["guardians"][0]["phone"]
    assert MAGIC[phone[-2:]].name == "reached_late_and_insists" and phone[-2:] == LATE_AND_SURE
    assert guardian[-2:] == WORRIED_AT_ONCE
    assert (await world.flag(event if family else event | {"guardians": []})).status == 202
    await world.sleep(COOLED)
    assert world.tellings(event["transfer"]["id"]) == told
    assert world.rang(phone) == 3
    assert ("right_party", "consistent") in world.learned(), "they were reached, and said that all is well"
    assert len(world.timeline("guardian_replied")) == family


async def test_an_honest_customer_is_called_at_once_and_the_payment_is_released_within_its_window(world: World) -> None:
    event = case_number(HONEST_FIRST, world)
    assert MAGIC[event["customer"]["phone"][-2:]].name == "insists"
    assert (await world.flag(event)).status == 202
    await world.sleep(20 * 60)
    assert world.tellings(event["transfer"]["id"]) == [("allow", "consistent")]
    assert world.rang(event["customer"]["phone"]) == 1
