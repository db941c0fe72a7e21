"""Read single values from what the phone company sends. Lenient: an unreadable value is absent, never an error."""

from __future__ import annotations

import math
import re

from multidict import MultiMapping

Form = MultiMapping[object]
"""A parsed body from aiohttp: repeated names are preserved, and uploaded files are not text."""

_WHOLE = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)
_FRACTION = re.compile(r"[0-9]{1,9}(\.[0-9]{0,18})?", re.ASCII)


def text(form: Form, name: str) -> str:
    """Return the first value, without surrounding space and without NUL, which PostgreSQL cannot store; empty if
    there is none."""
    value = form.get(name)
    return value.replace("\0", "").strip() if isinstance(value, str) else ""


def whole(value: object) -> int | None:
    """Parse a whole number: `7`, ` 7 ` and 7 are 7; `7.5`, `` and `n/a` are absent."""
    written = str(value).strip()
    return int(written) if _WHOLE.fullmatch(written) else None


def share(value: object) -> float | None:
    """Parse a number from 0 to 1, such as a confidence."""
    written = str(value).strip()
    number = float(written) if _FRACTION.fullmatch(written) else math.nan
    return number if 0.0 <= number <= 1.0 else None
