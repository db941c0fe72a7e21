"""Settings that look right and are not: placeholder keys, torn addresses; and what is shown of secrets and numbers."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.runtime.test_settings import GOOD, faults, folder
from wakeup.runtime.settings.report import effective
from wakeup.runtime.settings.settings import load_settings
from wakeup.storage.address import UNREADABLE

__all__ = ["folder"]
KEYS = [f"WAKEUP_KEYS__{purpose}" for purpose in ("DATA", "INDEX", "TAG", "AUDIT", "SESSION")]
PLAIN = "is not random: it has too few different bytes"


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize("plain", [bytes(32), b"0123456789a0123456789a0123456789"])
@pytest.mark.parametrize("name", KEYS)
def test_a_placeholder_is_no_key(folder: Path, name: str, plain: bytes) -> None:
    assert faults(folder, {name: b64(plain)}) == [f"{name}: {PLAIN}"]


@pytest.mark.parametrize("name", ["WAKEUP_CLIENTS__BANK__SECRETS", "WAKEUP_PAYMENT_CORE__SECRETS"])
@pytest.mark.parametrize("plain", [bytes(24), b"abcabc" * 5])
def test_a_placeholder_is_no_secret(folder: Path, name: str, plain: bytes) -> None:
    assert faults(folder, {name: f"whsec_{b64(plain)}"}) == [f"{name}: {PLAIN}"]


@pytest.mark.parametrize("raw", [bytes(range(12)) * 2 + bytes(8), bytes(range(32))])
def test_a_key_is_not_asked_for_more_than_that(folder: Path, raw: bytes) -> None:
    assert load_settings({**GOOD, "WAKEUP_KEYS__TAG": b64(raw)}, folder).keys.tag.get_secret_value() == raw


@pytest.mark.parametrize(
    "rest",
    [
        "u:p@ss@h/db",
        "u:p@s/s@h/db",
        "u/x:p@h/db",
        "u:p@h:54x/db",
        "u:p@s#s@h/db",
        "u:p@h:/s@h/db",
        "u:p@ss?w@h/db",
        "u:p@ss:1?w@h/db",
        "u:p@/?w@h/db",
        "u@:p@h/db",
    ],
)
def test_an_address_in_which_the_password_is_torn_apart_is_refused(folder: Path, rest: str) -> None:
    assert faults(folder, {"WAKEUP_DATABASE_URL": f"postgresql://{rest}"}) == [f"WAKEUP_DATABASE_URL: {UNREADABLE}"]


@pytest.mark.parametrize(
    "password", ["hun/ter2", "hun#ter2", "hun?ter2", "hun/ter?2#x", "hun:ter2", "hun%40ter2", "/hun"]
)
def test_no_password_comes_out_whatever_is_not_escaped_in_it(folder: Path, password: str) -> None:
    url = f"postgresql://wakeup:{password}@db.example.com:5432/wakeup?sslmode=require"
    settings = load_settings({**GOOD, "WAKEUP_DATABASE_URL": url}, folder)
    shown = {name: value for name, value, _ in effective(settings)}["WAKEUP_DATABASE_URL"]
    assert shown == "postgresql+psycopg://wakeup:********@db.example.com:5432/wakeup?********"


def test_the_numbers_of_colleagues_are_shown_by_their_end_only(folder: Path) -> None:
    numbers = "+6591234567, +14155552671"
    settings = load_settings({**GOOD, "WAKEUP_PEOPLE__NUMBERS": numbers}, folder)
    shown = {name: value for name, value, _ in effective(settings)}
    assert shown["WAKEUP_PEOPLE__NUMBERS"] == "+65••••67, +14••••71"
    assert shown["WAKEUP_TWILIO__FROM_NUMBERS"] == "+6531590000, +14155552671", "our own are on every phone we ring"
