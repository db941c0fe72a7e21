"""Passing over a guardian: the next one is asked, and when none is left the ladder goes on."""

from __future__ import annotations

from wakeup.domain.confirmation import Confirmation
from wakeup.domain.fast_dataclass import replace
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.ask_guardian import ask_guardian
from wakeup.usecases.ladder.climb import hurry_on

_SOMEBODY_STILL = frozenset({"prompt_open", "answered"})
"""Reasons not to ask another guardian because one may still answer, or has."""


def pass_on(file: CaseFile, confirmation: Confirmation, why: str) -> None:
    """Ask the next guardian. Happens once for each guardian passed over."""
    if confirmation.passed_on:
        return
    file.unit.confirmations.save(replace(confirmation, passed_on=True))
    file.note("guardian_passed_over", confirmation=confirmation.id, party=confirmation.party_id, reason=why)
    refused = ask_guardian(file, f"after:{why}")
    if refused is not None and refused not in _SOMEBODY_STILL:
        hurry_on(file)
