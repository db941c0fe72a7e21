"""The demo's families in virtual time: what a guardian changes in its day, and that nothing else changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.scenario.world import World, tell
from wakeup.simulator.profiles import MAGIC
from wakeup.simulator.traffic import FAMILY_FIRST, FAMILY_WINDOW, LATE_AND_SURE, WORRIED_AT_ONCE, generate

SEED = 7
COOLED = FAMILY_WINDOW.total_seconds() + 15 * 60


def first_family(world: World) -> dict[str, Any]:
    """The first story of a family in the demo's traffic."""
    events = generate(FAMILY_FIRST + 1, SEED, world.clock.now(), 1.0, repeats=0, families=True)
    return next(event for event in events if event["customer"]["id"].endswith(f"{FAMILY_FIRST}"))


@pytest.mark.parametrize(
    ("family", "told"),
    [(False, [("hold", "cooling"), ("allow", "consistent")]), (True, [("hold", "guardian_worried")])],
)
def test_a_guardians_answer_decides_what_becomes_of_the_money(
    tmp_path: Path, family: bool, told: list[tuple[str, str]]
) -> None:
    """The same customer is called and answers the same way. Without a guardian the payment goes out."""

    async def story(world: World) -> None:
        event = first_family(world)
        phone, guardian = event["customer"]["phone"], event["guardians"][0]["phone"]
        assert MAGIC[phone[-2:]].name == "reached_late_and_insists" and phone[-2:] == LATE_AND_SURE
        assert guardian[-2:] == WORRIED_AT_ONCE
        assert (await world.flag(event if family else event | {"guardians": []})).status == 202
        await world.sleep(COOLED)
        assert world.tellings(event["transfer"]["id"]) == told
        assert world.rang(phone) == 3
        assert ("right_party", "consistent") in world.learned(), "they were reached, and said that all is well"
        assert len(world.timeline("guardian_replied")) == family

    tell(story, tmp_path)
