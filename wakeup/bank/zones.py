"""In which zones a number may be, for people who need not live where the customer does."""

from __future__ import annotations

from dataclasses import replace

from phonenumbers import parse
from phonenumbers.timezone import time_zones_for_number

from wakeup.usecases.inputs import Number

UNKNOWN = "Etc/Unknown"


def zoned(number: Number | None, home: str | None) -> Number | None:
    """The number with its zones, unless it is of the region `home`, whose zone the event names."""
    if number is None or number.region == home:
        return number
    return replace(number, zones=zones_of(number.e164))


def zones_of(e164: str) -> str:
    """IANA zones in which a number may be, with a space between."""
    return " ".join(zone for zone in time_zones_for_number(parse(e164)) if zone != UNKNOWN)
