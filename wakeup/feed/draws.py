"""Invented values of a mapping: numbers, amounts, times, ids. All follow from seed and row, never from a clock."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random

from phonenumbers import PhoneNumberType, country_code_for_region, example_number_for_type, national_significant_number

from wakeup.bank.phone_numbers import look_up
from wakeup.feed.mapping import Amount, PhoneNumber, Spread, Window

_MOBILE = frozenset({"mobile", "fixed_line_or_mobile"})
_TRIES = 8
_STRIDE = 15_485_863
"""Step between the numbers of a block. It is prime, so that every number is used before the first one repeats."""


@dataclass(frozen=True, slots=True)
class Lot:
    """The source of randomness of one row."""

    seed: int
    source: str
    """Name of the file: two files with the same rows are two feeds."""
    number: int
    digest: str
    occurrence: int

    def key(self) -> str:
        """Return 32 hexadecimal digits that are unique to this row, and stay when lines before it are removed or
        inserted."""
        text = f"{self.source}\x1f{self.digest}\x1f{self.occurrence}"
        return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:32]

    def dice(self, purpose: str) -> Random:
        return Random(f"{self.seed}/{self.key()}/{purpose}")  # noqa: S311  # invented data, nothing secret


def phone(spec: PhoneNumber, lot: Lot, suffix: str | None) -> str | None:
    """Return a valid mobile number, or None if none is found.

    Each row gets another one, as long as the block of numbers lasts.
    """
    heads = spec.prefixes or (_example(spec.region)[:-7],)
    length = len(_example(spec.region))
    for attempt in range(_TRIES):
        slot = (lot.number * _TRIES + attempt) * _STRIDE + lot.seed * 7919
        head = heads[slot % len(heads)]
        free = length - len(head) - 2
        if free < 1:
            return None
        middle = f"{slot // len(heads) % 10**free:0{free}d}"
        tail = suffix if suffix is not None else f"{lot.dice('suffix').randrange(100):02d}"
        text = f"+{country_code_for_region(spec.region)}{head}{middle}{tail}"
        found = look_up(text)
        if found is not None and found.region == spec.region and found.line_type in _MOBILE:
            return text
    return None


def amount(spec: Amount, lot: Lot, by: str) -> str:
    """Return a log-normal amount around the median of its kind, in plain digits, never zero."""
    median, sigma = spec.table.get(by, spec.default)
    drawn = lot.dice("amount").lognormvariate(math.log(median), sigma)
    least = 10.0**-spec.decimals
    return f"{min(max(drawn, least), 9_999_999_999.0):.{spec.decimals}f}"


def arrival(spec: Spread, lot: Lot, start: datetime) -> datetime:
    late = lot.dice("spread").random() * spec.jitter
    return start + timedelta(seconds=round(spec.every_s * (lot.number - 1 + late), 3))


def deadline(spec: Window, lot: Lot, occurred_at: datetime) -> datetime:
    return occurred_at + timedelta(seconds=round(60 * lot.dice("window").uniform(*spec.minutes)))


@cache
def _example(region: str) -> str:
    number = example_number_for_type(region, PhoneNumberType.MOBILE)
    return national_significant_number(number) if number is not None else ""
