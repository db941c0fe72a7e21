"""What a ringing is worth: the money at risk times the odds that the call saves it. Order under overload, nothing else.

Worths are compared by classes, two to each doubling. Within a class the earlier deadline goes first, so that the claim
looks at a bounded number of rows however many wait.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from wakeup.domain.attempt import Attempt
from wakeup.domain.overload import Overload
from wakeup.domain.party import Party
from wakeup.domain.transfer import TIER_RANK, Tier

A_DOUBLING = 2
"""Classes to each doubling of the value: finer ones were measured and saved no more."""
CLASSES = 48
"""From one unit of the base currency to sixteen million; what lies beyond is in the outermost class."""
_HUNDREDTHS = 100
HALF = 0.5
"""Of what they own."""


def hardship_weighted(amount: Decimal, share_of_balance: float | None, overload: Overload) -> Decimal:
    """What it would be to them: half of what somebody owns weighs more than the same sum of a rich man."""
    heavy = share_of_balance is not None and share_of_balance >= HALF
    return amount * Decimal(str(overload.hardship)) if heavy else amount


def value_of(at_risk: Iterable[tuple[Decimal, str]], earlier: Sequence[Attempt], overload: Overload) -> int:
    """Expected saving in hundredths of the base currency. `at_risk`: (amount, typology) of what is pending."""
    left = math.prod(
        overload.fading.get(attempt.disposition, 1.0) for attempt in earlier if attempt.disposition is not None
    )
    saved = sum(float(amount) * overload.odds.get(typology, overload.usual_odds) for amount, typology in at_risk)
    return int(saved * left * _HUNDREDTHS)


def class_of(value: int) -> int:
    """0 for what is worth next to nothing, 47 for the most."""
    if value <= _HUNDREDTHS:
        return 0
    return min(CLASSES - 1, int(A_DOUBLING * math.log2(value / _HUNDREDTHS)))


def turn_of(tier: Tier, party: Party) -> int:
    """Whose turn it is on the lines that do not go by value, least first: by tier, then who needs more time."""
    return 2 * TIER_RANK[tier] + (0 if party.unhurried else 1)


TURNS = 2 * len(TIER_RANK)


def raise_turn(turn: int, tier: Tier) -> int:
    """The same person's turn when the case stands at this tier."""
    return 2 * TIER_RANK[tier] + turn % 2
