"""A supervisor pauses a script: conversations that would have begun in it use the general script instead."""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.errors import ConflictError
from wakeup.domain.staff import Right, StaffId
from wakeup.usecases.acting import acting
from wakeup.usecases.repositories.scripts import PausedScript
from wakeup.usecases.unit import Unit

NEVER_PAUSED = frozenset({"generic", "guardian_call"})
"""The script used instead of a paused one, and the one without alternative: to silence these, pause all dialling."""


def paused_scripts(unit: Unit) -> dict[str, PausedScript]:
    """Return the paused scripts by their ids."""
    return {one.script_id: one for one in unit.scripts.paused()}


def pause_script(unit: Unit, by: StaffId, script_id: str, now: datetime) -> None:
    """Pause a script. Conversations under way end in their own words. Raises ConflictError on `script`."""
    who = acting(unit, by, Right.STOP_DIALLING)
    if script_id in NEVER_PAUSED:
        raise ConflictError("script", "there is no other script to use instead; pause all dialling")
    if script_id not in {published.script.id for published in unit.speaker.carried()}:
        raise ConflictError("script", "no such script is in force")
    if not unit.scripts.pause(PausedScript(script_id=script_id, paused_at=now, by=who.name)):
        raise ConflictError("script", "this script is paused already")
    unit.admin.add("script_paused", who.name, now, staff=who.id, script=script_id)
    unit.wakes.add("board")


def resume_script(unit: Unit, by: StaffId, script_id: str, now: datetime) -> None:
    """Resume a script: new conversations may begin in it again. Raises ConflictError on `script`."""
    who = acting(unit, by, Right.STOP_DIALLING)
    if not unit.scripts.resume(script_id):
        raise ConflictError("script", "this script is not paused")
    unit.admin.add("script_resumed", who.name, now, staff=who.id, script=script_id)
    unit.wakes.add("board")
