"""A customer who would rather speak the other language than the one their bank wrote down."""

from __future__ import annotations

from pathlib import Path

from tests.scenario.talks import is_rung
from tests.scenario.world import World, tell


def test_amount_and_payee_are_said_in_the_language_they_asked_for(tmp_path: Path) -> None:
    async def story(world: World) -> None:
        world.handset()
        await world.flag(tier="medium")
        call = await is_rung(world)
        await call.presses("1")
        await call.hears("核对码")
        await call.presses("1")
        await call.hears("约五千两百新加坡元")
        await call.says("English please")
        await call.hears("about 5,200 Singapore dollars")
        await call.hears("made this payment yourself")
        await call.presses("2")
        await call.hears("A colleague")
        await call.ended()
        assert world.learned() == [("right_party", "not_me")]

    tell(story, tmp_path)
