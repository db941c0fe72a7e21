"""Our fast check of a number's region and type gives the same result as the library's slow one."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wakeup.bank.money import currencies, minor_digits
from wakeup.bank.phone_numbers import could_exist, is_e164, look_up
from wakeup.bank.zones import zones_of

EXAMPLES = [
    (region, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    for kind in phonenumbers.PhoneNumberType.values()
    if (number := phonenumbers.example_number_for_type(region, kind)) is not None
]


def test_every_region_s_examples_are_known_with_their_type() -> None:
    assert len(EXAMPLES) > 800
    for _, text in EXAMPLES:
        parsed = phonenumbers.parse(text)
        if not phonenumbers.is_valid_number(parsed) or not is_e164(text):
            continue  # A few company numbers of five or six digits are not E.164 numbers for us.
        number = look_up(text)
        assert number is not None, text
        expected = phonenumbers.PhoneNumberType.to_string(phonenumbers.number_type(parsed)).lower()
        region = phonenumbers.region_code_for_number(parsed)
        assert (number.line_type, number.region, number.e164) == (expected, region, text)


@given(st.sampled_from(EXAMPLES), st.integers(0, 6), st.text("0123456789", max_size=6))
def test_the_short_way_and_the_library_agree_on_what_is_near_an_example(
    example: tuple[str, str], cut: int, tail: str
) -> None:
    text = example[1][: len(example[1]) - cut] + tail
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        assert look_up(text) is None
        return
    if phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) != text or not is_e164(text):
        return  # The library ignores trunk prefixes; E.164 has none.
    number, kind = look_up(text), phonenumbers.number_type(parsed)
    if number is None:
        assert kind == phonenumbers.PhoneNumberType.UNKNOWN
        return
    assert number.line_type == phonenumbers.PhoneNumberType.to_string(kind).lower()
    assert number.region == phonenumbers.region_code_for_number(parsed)


def test_a_zero_in_front_belongs_to_an_italian_number() -> None:
    number = look_up("+390612345678")
    assert number is not None
    assert (number.region, number.line_type) == ("IT", "fixed_line")


@pytest.mark.parametrize("text", ["+870773111632", "+80012345678"])
def test_numbers_of_no_country_are_known_as_such(text: str) -> None:
    number = look_up(text)
    assert number is not None
    assert number.region == "001"


@pytest.mark.parametrize(
    "text", ["", "+", "+65", "6591234567", "+06591234567", "+6591234567x", "+659123456７", "+650000000"]
)
def test_a_text_that_is_no_phone_number_gives_none(text: str) -> None:
    assert look_up(text) is None


def test_a_number_could_exist_though_it_is_not_assigned() -> None:
    assert could_exist("+6521234567")
    assert look_up("+6521234567") is None
    assert not could_exist("+6521234")
    assert not could_exist("+21112345678")


def test_a_number_without_a_place_is_in_no_zone_that_no_clock_knows() -> None:
    assert zones_of("+6591234567") == "Asia/Singapore"
    assert zones_of("+870773111632") == "", "a satellite's: the customer's own zone stands in"


def test_a_number_never_shows_in_print() -> None:
    assert "9123" not in repr(look_up("+6591234567"))


def test_currencies_are_those_of_today_with_the_standard_s_decimals() -> None:
    assert {"CNY", "SGD", "HKD", "USD", "EUR", "GBP", "JPY", "XOF"} <= currencies()
    assert not {"DEM", "XXX", "XTS", "HRK", "CNH"} & currencies()
    digits = {code: minor_digits(code) for code in ("SGD", "JPY", "KWD", "IQD", "RSD", "VND")}
    assert digits == {"SGD": 2, "JPY": 0, "KWD": 3, "IQD": 3, "RSD": 2, "VND": 0}
