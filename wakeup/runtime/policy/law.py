"""What the law of a region limits, whatever the bank writes: a policy may want less, and never more."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator

from wakeup.domain.policy import MAX_IN_3_DAYS
from wakeup.runtime.policy.values import Caps
from wakeup.runtime.settings.faults import refuse


def _as_the_law_wants(value: dict[str, int]) -> dict[str, int]:
    """What the file leaves out is as the law says; more than that is refused."""
    above = {region: most for region, most in MAX_IN_3_DAYS.items() if value.get(region, 0) > most}
    fault = "must be {most} or less: the law there allows no more; write {most}, or leave the line out"
    refuse({region: fault.format(most=most) for region, most in above.items()})
    return {**MAX_IN_3_DAYS, **value}


ThreeDays: TypeAlias = Annotated[Caps, AfterValidator(_as_the_law_wants)]
"""Region -> the most calls and texts to one number in three days."""
