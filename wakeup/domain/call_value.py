"""The value of a call: the money at risk times the odds that the call saves it. Used only to order calls under
overload.

Values are compared by classes, two per doubling. Within a class the earlier deadline goes first, so that the claim
reads a bounded number of rows however many are waiting.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal

from wakeup.domain.attempt import Attempt
from wakeup.domain.overload import Overload
from wakeup.domain.party import Party
from wakeup.domain.transfer import TIER_RANK, Tier

CLASSES_PER_DOUBLING = 2
"""Classes per doubling of the value: finer ones were measured and saved no more."""
CLASSES = 48
"""From one unit of the base currency to sixteen million; values beyond fall into the outermost class."""
_HUNDREDTHS = 100
HARDSHIP_SHARE = 0.5
"""Share of what the customer owns from which a transfer weighs more."""


def hardship_weighted(amount: Decimal, share_of_balance: float | None, overload: Overload) -> Decimal:
    """Return the amount weighted for hardship: half of what a customer owns weighs more than a rich one's same sum."""
    heavy = share_of_balance is not None and share_of_balance >= HARDSHIP_SHARE
    return amount * Decimal(str(overload.hardship)) if heavy else amount


def value_of(at_risk: Iterable[tuple[Decimal, str]], earlier: Sequence[Attempt], overload: Overload) -> int:
    """Return the expected saving in hundredths of the base currency.

    `at_risk`: (amount, typology) of each pending transfer.
    """
    left = math.prod(
        overload.fading.get(attempt.disposition, 1.0) for attempt in earlier if attempt.disposition is not None
    )
    saved = sum(float(amount) * overload.odds.get(typology, overload.usual_odds) for amount, typology in at_risk)
    return int(saved * left * _HUNDREDTHS)


def class_of(value: int) -> int:
    """Return the class of a value: 0 for next to nothing, `CLASSES - 1` for the most."""
    if value <= _HUNDREDTHS:
        return 0
    return min(CLASSES - 1, int(CLASSES_PER_DOUBLING * math.log2(value / _HUNDREDTHS)))


def fair_class_of(tier: Tier, party: Party) -> int:
    """Return the order on the lines that do not go by value, lowest first: by tier, then parties who need more time."""
    return fair_class_at(tier, unhurried=party.unhurried)


def fair_class_at(tier: Tier, *, unhurried: bool) -> int:
    """Return the same, given whether the party needs more time."""
    return 2 * TIER_RANK[tier] + (0 if unhurried else 1)


FAIR_CLASSES = 2 * len(TIER_RANK)


def raise_fair_class(fair_class: int, tier: Tier) -> int:
    """Return the same party's class when the case is at this tier."""
    return 2 * TIER_RANK[tier] + fair_class % 2
