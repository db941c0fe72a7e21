"""The types of values in the policy file: durations, hours, currencies, regions, line types and odds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, TypeAlias
from zoneinfo import available_timezones

from phonenumbers import SUPPORTED_REGIONS
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from wakeup.bank.money import currencies
from wakeup.bank.typologies import TYPOLOGIES
from wakeup.domain.bounds import DAY, HOUR, MINUTE, SECOND
from wakeup.domain.outcome import Disposition
from wakeup.domain.policy import MAX_IN_3_DAYS, Consent, Span
from wakeup.runtime.settings.faults import refuse

LINE_TYPES = frozenset({"mobile", "fixed_line", "fixed_line_or_mobile", "voip", "personal_number", "uan", "pager"})
"""Line types that a bank may choose. Premium, shared-cost and satellite lines are never called."""
_DURATION = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,3})?)(ms|s|m|h|d)")
NO_REGION = "unknown region; must be two letters such as SG"
_A_SPAN = 'must be a list of hours such as ["08:00-12:00", "14:00-21:00"]'
_UNITS = {"ms": timedelta(milliseconds=1), "s": SECOND, "m": MINUTE, "h": HOUR, "d": DAY}


class Part(BaseModel):
    """A table of the file. It accepts only the named fields, and no fault quotes the input."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, strict=True)


def duration(value: Any) -> timedelta:
    """Parse a duration such as 5m. Raises ValueError."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = f"{value}s"
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be a duration such as 30s, 5m, 72h, or a number of seconds")
    return float(found[1]) * _UNITS[found[2]]


def time_of_day(value: Any) -> Any:
    """Parse a time of day such as 08:00. Raises ValueError."""
    if isinstance(value, time):
        return value
    if not isinstance(value, str) or re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value) is None:
        raise ValueError('must be a time of day such as "08:00"')
    return time.fromisoformat(value)


def _hours(value: Any) -> dict[str, tuple[Span, ...]]:
    if not isinstance(value, Mapping):
        raise ValueError("must be a table of time zones")  # noqa: TRY004 - pydantic wants ValueError
    faults, hours = {}, {}
    for zone, spans in value.items():
        try:
            hours[zone] = _spans(spans)
        except ValueError as wrong:
            faults[zone] = str(wrong)
        if zone not in available_timezones():
            faults[zone] = "unknown time zone; must be a name such as Asia/Singapore"
    # The name of a zone contains no dot, so these dotted paths are unambiguous.
    refuse(faults)
    return hours


def _spans(value: Any) -> tuple[Span, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(span, str) for span in value):
        raise ValueError(_A_SPAN)
    spans = []
    for text in value:
        opens, dash, closes = text.partition("-")
        try:
            spans.append((time_of_day(opens), time_of_day(closes)))
        except ValueError:
            raise ValueError(_A_SPAN) from None
        if not dash or spans[-1][0] >= spans[-1][1]:
            raise ValueError(f"{text} ends before it begins: for hours across midnight write two spans")
    if any(later[0] <= earlier[1] for earlier, later in pairwise(sorted(spans))):
        raise ValueError("its hours overlap")
    return tuple(sorted(spans))


def _float(value: Any) -> Any:
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


def _exact(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not (number := Decimal(value)).is_finite():
        raise ValueError("must be a number")
    return number


def _destinations(value: Any) -> dict[str, frozenset[str]]:
    if not isinstance(value, Mapping):
        raise ValueError("must be a table of regions")  # noqa: TRY004 - pydantic wants ValueError
    faults = {}
    for region, kinds in value.items():
        if region not in SUPPORTED_REGIONS:
            faults[region] = NO_REGION
        elif not isinstance(kinds, list) or not kinds or not all(isinstance(kind, str) for kind in kinds):
            faults[region] = "must be a list of line types"
        elif unknown := sorted(set(kinds) - LINE_TYPES):
            faults[region] = (
                f"line type {unknown[0]!r} cannot be called; must be one of {', '.join(sorted(LINE_TYPES))}"
            )
    refuse(faults)
    return {region: frozenset(kinds) for region, kinds in value.items()}


def _regions(value: Any) -> Any:
    if not isinstance(value, Mapping):
        raise ValueError("must be a table of regions")  # noqa: TRY004 - pydantic wants ValueError
    refuse({region: NO_REGION for region in value if region not in SUPPORTED_REGIONS})
    return value


def _as_the_law_wants(value: dict[str, int]) -> dict[str, int]:
    """Complete the limits by those of the law, and refuse any above it."""
    above = {region: most for region, most in MAX_IN_3_DAYS.items() if value.get(region, 0) > most}
    fault = "must be at most {most}, the legal limit in this region; write {most} or remove the line"
    refuse({region: fault.format(most=most) for region, most in above.items()})
    return {**MAX_IN_3_DAYS, **value}


def _odds(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    refuse({name: "unknown typology" for name in value if name not in TYPOLOGIES})
    return value


def _fading(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    known = set(Disposition)
    refuse(
        {name: f"unknown disposition; must be one of {', '.join(sorted(known))}" for name in value if name not in known}
    )
    return {Disposition(name): odds for name, odds in value.items()}


def _consents(value: Any) -> dict[str, Consent]:
    if not isinstance(value, Mapping):
        raise ValueError("must be a table of regions")  # noqa: TRY004 - pydantic wants ValueError
    faults = {region: NO_REGION for region in value if region not in SUPPORTED_REGIONS}
    faults |= {
        region: f"must be one of {', '.join(Consent)}"
        for region, law in value.items()
        if region not in faults and not (isinstance(law, str) and law in set(Consent))
    }
    refuse(faults)
    return {region: Consent(law) for region, law in value.items()}


def _currency(code: str) -> str:
    if code not in currencies():
        raise ValueError("unknown currency; must be an ISO 4217 code such as SGD")
    return code


def _listed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _checks(value: tuple[timedelta, ...]) -> tuple[timedelta, ...]:
    if not value or any(later <= earlier for earlier, later in pairwise(value)):
        raise ValueError("must be one or more durations in ascending order")
    return value


Duration: TypeAlias = Annotated[timedelta, BeforeValidator(duration)]
Durations: TypeAlias = Annotated[tuple[Duration, ...], BeforeValidator(_listed), AfterValidator(_checks)]
Hour: TypeAlias = Annotated[time, BeforeValidator(time_of_day)]
Hours: TypeAlias = Annotated[dict[str, tuple[Span, ...]], BeforeValidator(_hours)]
Number: TypeAlias = Annotated[float, BeforeValidator(_float)]
LaxNumber: TypeAlias = Annotated[float, Field(strict=False)]
"""Also in quotes."""
Sum: TypeAlias = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, le=10**13)]
Rate: TypeAlias = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, le=10**6)]
Currency: TypeAlias = Annotated[str, AfterValidator(_currency)]
Rates: TypeAlias = dict[Currency, Rate]
Caps: TypeAlias = Annotated[dict[str, Annotated[int, Field(ge=1, le=1_000_000)]], BeforeValidator(_regions)]
ThreeDays: TypeAlias = Annotated[Caps, AfterValidator(_as_the_law_wants)]
"""Region to the largest number of calls and SMS to one number in three days."""
Reasons: TypeAlias = Annotated[
    dict[str, Annotated[str, Field(min_length=1, max_length=120)]], BeforeValidator(_regions)
]
Consents: TypeAlias = Annotated[dict[str, Consent], BeforeValidator(_consents)]
Destinations: TypeAlias = Annotated[dict[str, frozenset[str]], BeforeValidator(_destinations)]
Share: TypeAlias = Annotated[Number, Field(ge=0, le=1)]
Odds: TypeAlias = Annotated[dict[str, Share], BeforeValidator(_odds)]
Fading: TypeAlias = Annotated[dict[Disposition, Share], BeforeValidator(_fading)]
