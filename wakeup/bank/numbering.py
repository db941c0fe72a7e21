"""The library's numbering plans as short lists for one question: the region and kind of a number.

`phonenumbers` gives the same answer from the same data, but needs eleven function calls for it, a tenth of the cost
of reading a risk event. A test compares both on every region's examples and on random numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata, PhoneNumberType

_SPECIAL = (
    ("premium_rate", PhoneNumberType.PREMIUM_RATE),
    ("toll_free", PhoneNumberType.TOLL_FREE),
    ("shared_cost", PhoneNumberType.SHARED_COST),
    ("voip", PhoneNumberType.VOIP),
    ("personal_number", PhoneNumberType.PERSONAL_NUMBER),
    ("pager", PhoneNumberType.PAGER),
    ("uan", PhoneNumberType.UAN),
    ("voicemail", PhoneNumberType.VOICEMAIL),
)
"""In the library's order: the first kind that fits is the result."""


class Range(NamedTuple):
    """Numbers of one kind."""

    kind: int
    lengths: Sequence[int]
    """Allowed numbers of digits. Empty: any length the pattern accepts."""
    fits: Callable[[str], object]

    def has(self, national: str) -> bool:
        return (not self.lengths or len(national) in self.lengths) and bool(self.fits(national))


class Plan(NamedTuple):
    """One region's share of a country code."""

    region: str
    leads: Callable[[str], object] | None
    """Where several regions share a code, some are recognised by the first digits alone."""
    general: Range
    special: Sequence[Range]
    may_be_special: Callable[[str], object]
    """False if no pattern of `special` fits: one question instead of up to eight."""
    fixed: Range
    mobile: Range
    """Same as `fixed` where the plan does not distinguish them."""

    def kind_of(self, national: str) -> int:
        """Return the `PhoneNumberType` of a national number."""
        if not self.general.has(national):
            return PhoneNumberType.UNKNOWN
        if self.may_be_special(national):
            for one in self.special:
                if one.has(national):
                    return one.kind
        if self.fixed.has(national):
            return PhoneNumberType.FIXED_LINE_OR_MOBILE if self.mobile.has(national) else PhoneNumberType.FIXED_LINE
        return PhoneNumberType.MOBILE if self.mobile.has(national) else PhoneNumberType.UNKNOWN


def region_and_kind(code: int, national: str) -> tuple[str, int] | None:
    """Return region and `PhoneNumberType` for the digits after a country code; None when no plan has such a number."""
    plans = _plans(code)
    for plan in plans:
        told_by_lead = plan.leads if len(plans) > 1 else None
        if told_by_lead is not None and not told_by_lead(national):
            continue
        kind = plan.kind_of(national)
        if kind != PhoneNumberType.UNKNOWN:
            return plan.region, kind
        if told_by_lead is not None:
            return None
    return None


@cache
def _plans(code: int) -> tuple[Plan, ...]:
    regions = COUNTRY_CODE_TO_REGION_CODE.get(code, ())
    found = [(region, PhoneMetadata.metadata_for_region_or_calling_code(code, region)) for region in regions]
    return tuple(_plan(region, metadata) for region, metadata in found if metadata is not None)


def _plan(region: str, metadata: Any) -> Plan:
    fixed = _range(metadata.fixed_line, PhoneNumberType.FIXED_LINE)
    mobile = _range(metadata.mobile, PhoneNumberType.MOBILE)
    special = [(getattr(metadata, name), kind) for name, kind in _SPECIAL]
    special = [(each, kind) for each, kind in special if each is not None and each.national_number_pattern is not None]
    any_special = "|".join(f"(?:{each.national_number_pattern})" for each, _ in special)
    return Plan(
        region=region,
        leads=None if metadata.leading_digits is None else re.compile(metadata.leading_digits).match,
        general=_range(metadata.general_desc, PhoneNumberType.UNKNOWN),
        special=[_range(each, kind) for each, kind in special],
        may_be_special=re.compile(any_special).fullmatch if special else _never,
        fixed=fixed,
        mobile=fixed if metadata.same_mobile_and_fixed_line_pattern else mobile,
    )


def _range(described: Any, kind: int) -> Range:
    if described is None or described.national_number_pattern is None:
        return Range(kind, (), _never)
    return Range(kind, described.possible_length, re.compile(described.national_number_pattern).fullmatch)


def _never(_: str) -> None:
    return None
