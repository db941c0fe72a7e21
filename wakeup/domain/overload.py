"""The parameters that order calls when more are due than the lines can carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from wakeup.domain.bounds import SECOND, bounded
from wakeup.domain.outcome import Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class Overload:
    """How lines are shared out. `odds` are estimates by the bank's analysts: how often a call stops such a payment."""

    share: float = bounded(0.15, least=0.05, most=0.5)
    """Share of all call starts given by tier and waiting time, so that small sums are not starved."""
    guard: float = bounded(1.618, least=1, most=10)
    """Without a fresh plan, only calls worth at least 1/guard of the best one are rung, earliest deadline first."""
    plan_every: timedelta = bounded(SECOND, least=SECOND / 10, most=60 * SECOND)
    plan_stale: timedelta = bounded(5 * SECOND, least=SECOND, most=300 * SECOND)
    """A plan older than this is not used."""
    call_length: timedelta = bounded(90 * SECOND, least=5 * SECOND, most=1800 * SECOND)
    """How long a call holds a line, until enough calls have been measured."""
    hardship: float = bounded(2.0, least=1, most=10)
    """Factor on the amount of a payment that is at least half of what the customer owns."""
    usual_odds: float = bounded(0.5, least=0, most=1)
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
