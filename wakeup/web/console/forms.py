"""Form data: limited in size, fields by name, and the faults that are shown next to the fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

from aiohttp import web

from wakeup.bank.money import read_amount
from wakeup.bank.phone_numbers import is_e164
from wakeup.web.bodies import FORM_TYPE, read_body
from wakeup.web.problems import Refusal

E = TypeVar("E", bound=StrEnum)
MAX_FIELDS = 60
ADDED_FIELDS = 10
"""Room for the fields of the sign-in pages beside those of a form that waits there."""
CSRF = "csrf"
NO_NUMBER = "A number with country code, such as +65 9123 4567."
NO_TEXT = "this is no text: it contains the character zero"
_NOT_STORABLE = re.compile("[\0\ud800-\udfff]")
"""PostgreSQL cannot store these."""
_NO_PATH = re.compile("[\0-\x1f\x7f\ud800-\udfff]")
"""A line break would end a header of the answer."""
NO_AMOUNT = "an amount such as 1,200.50: a point before the decimals, commas only between thousands"
_THOUSANDS = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_PHONE_SPACE = re.compile(r"[\s().-]")


@dataclass(frozen=True, slots=True)
class Form:
    """Fields as typed. `faults`: what is wrong with which."""

    name: str = ""
    """Which form of the page it was, as faults are shown next to its fields only."""
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    faults: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.fields.get(name, "")

    def number(self, name: str) -> int:
        """Return a counter that the page carries. An invalid one counts as older than every version."""
        text = self.get(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1

    def choice(self, name: str, kind: type[E]) -> E | None:
        try:
            return kind(self.get(name))
        except ValueError:
            return None

    def amount(self, name: str) -> Decimal | None:
        """Return zero when nothing was typed, None for an invalid amount.

        The decimals follow a point, and commas are accepted only between thousands. Elsewhere 1,5 is one and a
        half, and must not become fifteen here.
        """
        text = self.get(name).strip()
        if _THOUSANDS.fullmatch(text):
            text = text.replace(",", "")
        return read_amount(text) if text else Decimal(0)

    def phone(self, name: str) -> str | None:
        """Return a number, as people write it with its country's prefix, as E.164. None for anything else."""
        typed = _PHONE_SPACE.sub("", self.get(name))
        return typed if is_e164(typed) else None

    def moment(self, name: str, zone: str) -> datetime | None:
        """Parse a date and time from the browser's own input field, in the viewer's zone. Returned in UTC, whose
        arithmetic is not affected by daylight saving."""
        try:
            return datetime.fromisoformat(self.get(name)).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            return None


def expect_plain_address(request: web.Request) -> None:
    """Raise Refusal for an address that cannot be text: 404 for its path, 400 for its query."""
    if _NO_PATH.search(request.path) is not None:
        raise Refusal(404)
    if any(_NOT_STORABLE.search(part) for pair in request.query.items() for part in pair):
        raise Refusal(400, NO_TEXT)


async def form_of(request: web.Request, added: int = 0) -> Form:
    """Read the form, which may have so many fields more than others. Raises Refusal for anything but a small form that
    one of our pages sent."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise Refusal(403, "this form was sent by another site")
    body = await read_body(request, FORM_TYPE)
    if b"%00" in body or b"\0" in body:
        raise Refusal(400, NO_TEXT)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS + added, errors="strict")
    except (ValueError, UnicodeError):
        raise Refusal(400, "the form cannot be read") from None
    fields = dict(pairs)
    return Form(name=fields.get("form", ""), fields=fields)
