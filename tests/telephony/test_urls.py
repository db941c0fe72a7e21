"""URLs that carry ids and a tag, and are accepted at exactly one route each."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from wakeup.domain.ids import AttemptId
from wakeup.telephony.urls import CallbackUrls, Purpose

KEY = b"k" * 32
URLS = CallbackUrls("https://voice.bank.example/", KEY)
A1 = AttemptId("att_1")

DOORS: list[tuple[Callable[[CallbackUrls], str], str, Purpose, tuple[str, ...]]] = [
    (lambda urls: urls.voice(A1, 4), "/twilio/voice/att_1/4/", Purpose.VOICE, ("att_1", "4")),
    (lambda urls: urls.fallback(A1), "/twilio/fallback/att_1/", Purpose.FALLBACK, ("att_1",)),
    (lambda urls: urls.status(A1), "/twilio/status/att_1/", Purpose.STATUS, ("att_1",)),
    (lambda urls: urls.amd(A1), "/twilio/amd/att_1/", Purpose.AMD, ("att_1",)),
    (lambda urls: urls.recording(A1), "/twilio/recording/att_1/", Purpose.RECORDING, ("att_1",)),
    (lambda urls: urls.sms_status("msg_1"), "/twilio/sms/status/msg_1/", Purpose.SMS_STATUS, ("msg_1",)),
]


@pytest.mark.parametrize(("build", "path", "purpose", "ids"), DOORS)
def test_each_address_opens_its_own_door_only(
    build: Callable[[CallbackUrls], str], path: str, purpose: Purpose, ids: tuple[str, ...]
) -> None:
    parts = urlsplit(build(URLS))
    stem, tag = parts.path.rsplit("/", 1)
    assert (parts.netloc, stem + "/") == ("voice.bank.example", path)
    assert len(tag) == 22
    assert URLS.check(purpose, ids, tag)
    assert [door for door in Purpose if URLS.check(door, ids, tag)] == [purpose]
    assert not URLS.check(purpose, (*ids[:-1], ids[-1] + "x"), tag)
    assert not CallbackUrls("https://voice.bank.example", b"x" * 32).check(purpose, ids, tag)


def test_ids_of_an_address_do_not_run_into_each_other() -> None:
    assert URLS.tag(Purpose.VOICE, ("a", "11")) != URLS.tag(Purpose.VOICE, ("a1", "1"))
    assert URLS.tag(Purpose.VOICE, ("a", "1")) != URLS.tag(Purpose.VOICE, ("a/1",))


@pytest.mark.parametrize("tag", ["", "x", "签", "\ud800", "A" * 22, "A" * 5000])
def test_a_wrong_tag_is_refused_quietly(tag: str) -> None:
    assert not URLS.check(Purpose.STATUS, (A1,), tag)


def test_retries_are_asked_for_in_the_fragment_only() -> None:
    assert urlsplit(URLS.voice(A1, 0)).fragment == "rc=2&rp=ct,5xx&ct=2000&rt=5000"
    assert urlsplit(URLS.status(A1)).fragment == "rc=3&rp=ct,5xx&ct=2000&rt=4000"


def test_an_id_cannot_leave_its_place_in_the_path() -> None:
    url = URLS.sms_status("../x?#y")
    assert urlsplit(url).path.startswith("/twilio/sms/status/..%2Fx%3F%23y/")


def test_the_signed_address_is_the_base_and_the_raw_path() -> None:
    assert URLS.public("/twilio/voice/a/0/t?x=%20") == "https://voice.bank.example/twilio/voice/a/0/t?x=%20"
