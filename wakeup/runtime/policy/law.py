"""Limits set by the law of a region. A policy may be stricter, never looser."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from wakeup.domain.policy import MAX_IN_3_DAYS
from wakeup.runtime.policy.values import Caps
from wakeup.runtime.settings.faults import refuse


def _as_the_law_wants(value: dict[str, int]) -> dict[str, int]:
    """Complete the limits by those of the law, and refuse any above it."""
    above = {region: most for region, most in MAX_IN_3_DAYS.items() if value.get(region, 0) > most}
    fault = "must be at most {most}, the legal limit in this region; write {most} or remove the line"
    refuse({region: fault.format(most=most) for region, most in above.items()})
    return {**MAX_IN_3_DAYS, **value}


ThreeDays: TypeAlias = Annotated[Caps, AfterValidator(_as_the_law_wants)]
"""Region to the largest number of calls and SMS to one number in three days."""
