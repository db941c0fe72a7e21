"""Invented telephone numbers and moments, as a bank's risk engine writes them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

PREFIXES = {
    "SG": ("+6581", "+6582", "+6583", "+6587", "+6591", "+6594", "+6596", "+6597", "+6598"),
    "GB": ("+447301", "+447340", "+447400", "+447401", "+447402", "+447403", "+447500", "+447501"),
}
"""Mobile ranges that are fully assigned, so that every number in them is valid."""


@dataclass(slots=True)
class Numbers:
    """Invents telephone numbers, none twice."""

    dice: random.Random
    used: set[str]

    def phone(self, country: str, suffix: str) -> str:
        """Return a new valid mobile number ending in these two digits."""
        while True:
            digits = "".join(self.dice.choices("0123456789", k=4))
            number = self.dice.choice(PREFIXES[country]) + digits + suffix
            if number not in self.used:
                self.used.add(number)
                return number


def iso(moment: datetime) -> str:
    """Return the moment in milliseconds and UTC."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
