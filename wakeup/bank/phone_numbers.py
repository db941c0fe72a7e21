"""Phone numbers according to the numbering plans. Nothing is cached: no number stays in memory after its look-up."""

from __future__ import annotations

import re

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    PhoneNumber,
    PhoneNumberType,
    is_possible_number,
)

from wakeup.bank.numbering import region_and_kind
from wakeup.usecases.inputs import Number

E164_PATTERN = r"^\+[1-9][0-9]{6,14}$"
_E164 = re.compile(E164_PATTERN)

_LINE_TYPES = {
    PhoneNumberType.FIXED_LINE: "fixed_line",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_line_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium_rate",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal_number",
    PhoneNumberType.PAGER: "pager",
    PhoneNumberType.UAN: "uan",
    PhoneNumberType.VOICEMAIL: "voicemail",
}


def is_e164(text: str) -> bool:
    """True if the text has the form `+` and 7 to 15 digits."""
    return _E164.fullmatch(text) is not None


def look_up(text: str) -> Number | None:
    """Return the number with its region and line type, or None when no plan has such a number.

    The text must be E.164. The digits are split by hand: `phonenumbers.parse` also reads trunk prefixes, extensions
    and letters, which E.164 does not have, and costs three times as much as the rest (a test compares both on every
    region's examples).
    """
    parts = _split(text)
    found = None if parts is None else region_and_kind(*parts)
    if found is None:
        return None
    region, kind = found
    return Number(e164=text, region=region, line_type=_LINE_TYPES[kind])


def could_exist(text: str) -> bool:
    """True if country code and length are possible. The plan may still have assigned no such range."""
    parts = _split(text)
    if parts is None:
        return False
    code, rest = parts
    number = PhoneNumber(country_code=code, national_number=int(rest))
    zeros = len(rest) - len(rest.lstrip("0"))
    if zeros:
        # In Italy and a few other plans, a leading zero belongs to the number.
        number.italian_leading_zero, number.number_of_leading_zeros = True, zeros
    return is_possible_number(number)


def _split(text: str) -> tuple[int, str] | None:
    """Return the country code and the digits after it."""
    if not is_e164(text):
        return None
    for size in (1, 2, 3):
        code = int(text[1 : 1 + size])
        if code in COUNTRY_CODE_TO_REGION_CODE:
            rest = text[1 + size :]
            return (code, rest) if rest.strip("0") else None
    return None
