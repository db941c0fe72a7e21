"""The parameters that order calls when more are due than the lines can carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from wakeup.domain.outcome import Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class Overload:
    """How lines are shared out. `odds` are estimates by the bank's analysts: how often a call stops such a payment."""

    share: float = 0.15
    """Share of all call starts given by tier and waiting time, so that small sums are not starved."""
    guard: float = 1.618
    """Without a fresh plan, only calls worth at least 1/guard of the best one are rung, earliest deadline first."""
    plan_every: timedelta = timedelta(seconds=1)
    plan_stale: timedelta = timedelta(seconds=5)
    """A plan older than this is not used."""
    call_length: timedelta = timedelta(seconds=90)
    """How long a call holds a line, until enough calls have been measured."""
    hardship: float = 2.0
    """Factor on the amount of a payment that is at least half of what the customer owns."""
    usual_odds: float = 0.5
    odds: Mapping[str, float] = field(default_factory=dict)
    """Typology -> probability that a conversation saves the payment."""
    fading: Mapping[Disposition, float] = field(
        default_factory=lambda: {
            Disposition.BUSY: 0.9,
            Disposition.NO_ANSWER: 0.7,
            Disposition.REJECTED: 0.5,
            Disposition.ANSWERED: 0.6,
            Disposition.FAILED: 0.5,
        }
    )
    """Disposition -> factor on the odds for each earlier ringing of the same number that ended so."""
