"""Codes and ids of the bank that are stored in clear, some for good. Free text is not stored, because it may name a
person."""

from __future__ import annotations

import re
from typing import Final

from wakeup.bank.faults import Fault

_CODE = re.compile(r"(?!.*(?<![A-Za-z0-9])[0-9]{9,}(?![A-Za-z0-9]))[A-Za-z0-9._:/-]{0,64}")
"""Eight digits may be a date; more that stand alone are a phone number or an account."""
NOT_STORED: Final = "is not stored: it must be a code of A-Z, a-z, 0-9 and . _ : / - without a number of over 8 digits"


def as_code(text: str) -> str:
    """Return the text if it is a code, otherwise ""."""
    return text if _CODE.fullmatch(text) else ""


def no_codes(**texts: str) -> list[str]:
    """Return the names of the texts that are no codes."""
    return [name for name, text in texts.items() if _CODE.fullmatch(text) is None]


def not_stored(field: str) -> Fault:
    """Return the warning about a field that is accepted and not stored."""
    return Fault(field, NOT_STORED)
