"""The field types of request bodies; each refuses what it cannot mean. Reasons contain no value (see `faults`)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Final
from zoneinfo import available_timezones

from pydantic import PlainValidator, StringConstraints, WithJsonSchema

from wakeup.bank.faults import CODE_PATTERN, ID_PATTERN, TEXT_PATTERN, refuse
from wakeup.bank.locales import LOCALE_PATTERN, Locale, read_tag
from wakeup.bank.money import AMOUNT_PATTERN, currencies, read_amount
from wakeup.bank.phone_numbers import E164_PATTERN, could_exist, is_e164, look_up
from wakeup.usecases.inputs import Number

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")
_YEARS = range(2000, 2100)


class Phone:
    """A well-formed phone number. `number` is None when the numbering plan has no such number: it is then never
    rung.

    Unassigned ranges are where toll fraud lives, so a number unknown to the plan is not dialled on the chance that
    it exists. Not a dataclass, because pydantic would inspect one and publish its fields in `/openapi.json`.
    """

    __slots__ = ("number",)

    def __init__(self, number: Number | None) -> None:
        self.number: Final = number


def read_instant(value: object) -> datetime:
    if not isinstance(value, str) or _INSTANT.fullmatch(value) is None:
        raise refuse("must be an RFC 3339 time with an offset, such as 2026-11-22T09:30:00Z")
    try:
        instant = datetime.fromisoformat(value)
        if instant.tzinfo is not UTC:
            instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise refuse("is not a valid time") from None
    if instant.year not in _YEARS:
        raise refuse("is outside the years 2000 to 2099")
    return instant


def read_money(value: object) -> Decimal:
    amount = read_money_or_zero(value)
    if not amount:
        raise refuse("must be more than zero")
    return amount


def read_money_or_zero(value: object) -> Decimal:
    amount = read_amount(value)
    if amount is None:
        raise refuse("must be a string of at most 13 digits and 3 decimals, such as 52000.00")
    return amount


def read_currency(value: object) -> str:
    if not isinstance(value, str) or value not in currencies():
        raise refuse("must be an ISO 4217 code in use today, such as SGD")
    return value


def read_phone(value: object) -> Phone:
    if not isinstance(value, str) or not is_e164(value):
        raise refuse("must be an E.164 number: + and 7 to 15 digits")
    return Phone(look_up(value))


def read_customer_phone(value: object) -> Phone:
    phone = read_phone(value)
    if phone.number is None and not could_exist(str(value)):
        raise refuse("is not a possible number: the country code or length is wrong")
    return phone


def read_locale(value: object) -> Locale:
    locale = read_tag(value) if isinstance(value, str) else None
    if locale is None:
        raise refuse("must be a language tag such as zh-CN or en")
    return locale


def read_timezone(value: object) -> str:
    if not isinstance(value, str) or value not in _zones():
        raise refuse("must be an IANA time zone such as Asia/Singapore")
    return value


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}


def _text(longest: int, *, shortest: int = 0) -> StringConstraints:
    return StringConstraints(min_length=shortest, max_length=longest, pattern=TEXT_PATTERN)


def _schema(form: str, example: str, *, pattern: str | None = None) -> WithJsonSchema:
    named = {"format": form} if form else {}
    matched = {"pattern": pattern} if pattern else {}
    return WithJsonSchema({"type": "string", **named, **matched, "examples": [example]})


_E164_SCHEMA = _schema("e164", "+6591234567", pattern=E164_PATTERN)
_AMOUNT_SCHEMA = _schema("decimal", "52000.00", pattern=AMOUNT_PATTERN)

Id = Annotated[str, StringConstraints(pattern=ID_PATTERN)]
Code = Annotated[str, StringConstraints(pattern=CODE_PATTERN)]
Name = Annotated[str, _text(120)]
Word = Annotated[str, _text(64)]
Account = Annotated[str, _text(64, shortest=1)]
Instant = Annotated[datetime, PlainValidator(read_instant), _schema("date-time", "2026-11-22T09:30:00Z")]
Money = Annotated[Decimal, PlainValidator(read_money), _AMOUNT_SCHEMA]
MoneyOrZero = Annotated[Decimal, PlainValidator(read_money_or_zero), _AMOUNT_SCHEMA]
Currency = Annotated[str, PlainValidator(read_currency), _schema("iso-4217", "SGD", pattern="^[A-Z]{3}$")]
AnyPhone = Annotated[Phone, PlainValidator(read_phone), _E164_SCHEMA]
CustomerPhone = Annotated[Phone, PlainValidator(read_customer_phone), _E164_SCHEMA]
LocaleTag = Annotated[Locale, PlainValidator(read_locale), _schema("", "zh-CN", pattern=LOCALE_PATTERN)]
TimeZone = Annotated[str, PlainValidator(read_timezone), _schema("", "Asia/Singapore")]
