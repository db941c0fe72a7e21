"""Apply the schedule of faults: turn each spell on when it begins and off when it ends."""

from __future__ import annotations

from wakeup.runtime.clock import pause
from wakeup.simulation.faults import Group, Spell
from wakeup.simulation.stage import Stage


async def let_happen(stage: Stage, spell: Spell) -> None:
    """Apply one spell."""
    await pause(spell.begins - stage.loop.time())
    await _turn(stage, spell, spell.strength)
    await pause(spell.ends - stage.loop.time())
    await _turn(stage, spell, 0.0)


async def _turn(stage: Stage, spell: Spell, strength: float) -> None:
    match spell.group:
        case Group.PHONE | Group.CALLBACKS:
            _phone(stage, spell.kind, strength)
        case Group.CARRIER:
            await _carrier(stage, spell.kind, strength)
        case Group.CORE:
            stage.core.chances[spell.kind] = strength
        case Group.NETWORK if spell.kind == "slow":
            stage.slow_s = strength
        case Group.NETWORK:
            stage.balancer_is_stale = strength > 0
        case Group.DATABASE if spell.kind == "slow":
            stage.database_faults.slow_s = strength
        case _:
            stage.database_faults.chances[spell.kind] = strength


def _phone(stage: Stage, kind: str, strength: float) -> None:
    if kind in {"list_lag", "wrong_verdicts"}:
        setattr(stage.company.faults, kind, strength)
    else:
        stage.company.faults.set(**{kind: strength})


async def _carrier(stage: Stage, kind: str, strength: float) -> None:
    if kind == "suspended":
        stage.company.suspend_account(suspended=strength > 0)
    elif strength:
        await stage.company.close_port()
    else:
        await stage.company.open_port()
