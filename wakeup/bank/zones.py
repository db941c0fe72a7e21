"""The time zones a number may be in, for people who need not live where the customer does."""

from __future__ import annotations

from dataclasses import replace

from phonenumbers import parse
from phonenumbers.timezone import time_zones_for_number

from wakeup.usecases.inputs import Number

UNKNOWN = "Etc/Unknown"


def zoned(number: Number | None, home: str | None) -> Number | None:
    """Return the number with its zones, unless it belongs to region `home`, whose zone the event gives."""
    if number is None or number.region == home:
        return number
    return replace(number, zones=zones_of(number.e164))


def zones_of(e164: str) -> str:
    """Return the IANA zones a number may be in, separated by spaces."""
    return " ".join(zone for zone in time_zones_for_number(parse(e164)) if zone != UNKNOWN)
