"""The numbers that order calls when more is due than the lines can carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from wakeup.domain.outcome import Disposition


@dataclass(frozen=True, slots=True, kw_only=True)
class Overload:
    """How lines are shared out. `odds` are guesses of the bank's analysts: how often a call stops such a payment."""

    share: float = 0.15
    """Of all call starts, this share goes by tier and waiting time: small sums are not starved."""
    guard: float = 1.618
    """Without a fresh plan: only what is worth at least 1/guard of the best is rung, earliest deadline first."""
    plan_every: timedelta = timedelta(seconds=1)
    plan_stale: timedelta = timedelta(seconds=5)
    """An older plan is not used."""
    call_length: timedelta = timedelta(seconds=90)
    """How long a call holds a line, until enough calls have shown it."""
    hardship: float = 2.0
    """A payment of at least half of what the customer has counts so many times its amount."""
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
    """Each earlier ringing of the same number that ended so multiplies the odds."""
