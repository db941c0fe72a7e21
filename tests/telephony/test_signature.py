"""Only requests that the phone company signed are accepted. Signatures are computed with its own validator."""

from __future__ import annotations

from typing import Any

import pytest
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from wakeup.telephony.signature import verify

TOKEN, SECOND = "first-token", "second-token"
URL = "https://voice.bank.example/twilio/voice/att_1/0/tag?x=%E4%BD%A0+a"
FORM: MultiDict[object] = MultiDict([("To", "+6591234567"), ("Body", ""), ("SpeechResult", "不是 我&=")])


def signed(url: str = URL, form: Any = FORM, token: str = TOKEN) -> str:
    signature: str = RequestValidator(token).compute_signature(url, form)
    return signature


def test_a_signed_form_passes_and_any_change_fails() -> None:
    assert verify([TOKEN], URL, FORM, signed())
    assert not verify([TOKEN], URL, MultiDict([*FORM.items(), ("Digits", "1")]), signed())
    assert not verify([TOKEN], URL, MultiDict([(name, f"{value}x") for name, value in FORM.items()]), signed())
    assert not verify([TOKEN], URL.replace("att_1", "att_2"), FORM, signed())
    assert not verify([TOKEN], URL.replace("https", "http"), FORM, signed())
    assert not verify(["other"], URL, FORM, signed())


def test_a_get_is_signed_by_its_address_alone() -> None:
    assert verify([TOKEN], URL, None, signed(form={}))
    assert verify([TOKEN], URL, MultiDict(), signed(form={}))
    assert not verify([TOKEN], URL, FORM, signed(form={}))


def test_either_token_passes_while_tokens_are_rotated() -> None:
    for token in (TOKEN, SECOND):
        assert verify([TOKEN, SECOND], URL, FORM, signed(token=token))


def test_without_tokens_nothing_passes_and_an_empty_token_is_no_token() -> None:
    assert not verify([], URL, FORM, signed())
    assert not verify([""], URL, FORM, signed(token=""))
    assert verify(["", TOKEN], URL, FORM, signed())


@pytest.mark.parametrize("header", [None, "", " ", "签名", "\udcff", "AAAA", "A" * 10_000])
def test_no_signature_or_nonsense_fails_quietly(header: str | None) -> None:
    assert not verify([TOKEN], URL, FORM, header)


def test_a_shortened_or_longer_signature_fails() -> None:
    assert not verify([TOKEN], URL, FORM, signed()[:-1])
    assert not verify([TOKEN], URL, FORM, signed() + "=")


def test_repeated_fields_count_each() -> None:
    repeated: MultiDict[object] = MultiDict([("StatusCallbackEvent", "b"), ("StatusCallbackEvent", "a"), ("To", "1")])
    header = signed(form=repeated)
    assert verify([TOKEN], URL, repeated, header)
    assert not verify([TOKEN], URL, MultiDict(dict(repeated)), header)


PORTS = [
    ("https://h.example/x", "https://h.example:443/x"),
    ("https://h.example:443/x", "https://h.example/x"),
    ("https://h.example:8443/x", "https://h.example/x"),
    ("https://h.example:8443/x", "https://h.example:8443/x"),
    ("http://h.example/x", "http://h.example:80/x"),
    ("https://user:pass@h.example:8443/x", "https://user:pass@h.example/x"),
    ("https://user:pass@h.example:8443/x", "https://user:pass@h.example:8443/x"),
    ("https://[2001:db8::1]:8443/x", "https://[2001:db8::1]/x"),
    ("https://[2001:db8::1]/x", "https://[2001:db8::1]:443/x"),
]


@pytest.mark.parametrize(("ours", "theirs"), PORTS)
def test_the_port_may_be_signed_or_not(ours: str, theirs: str) -> None:
    assert verify([TOKEN], ours, FORM, signed(theirs))
    assert not verify([TOKEN], ours, FORM, signed(theirs.replace("/x", "/y")))


def test_the_fragment_of_our_own_address_is_never_signed() -> None:
    assert verify([TOKEN], URL + "#rc=2&rp=ct,5xx", FORM, signed())


def test_an_empty_query_mark_is_kept_as_it_was_signed() -> None:
    assert verify([TOKEN], "https://h.example/x?", FORM, signed("https://h.example/x?"))


ODD: list[MultiDict[object]] = [
    MultiDict([("Body", "\ud800")]),
    MultiDict([("File", object())]),
    MultiDict([("Body", b"bytes")]),
]


@pytest.mark.parametrize("form", ODD)
def test_a_form_that_cannot_be_signed_fails_quietly(form: MultiDict[object]) -> None:
    assert not verify([TOKEN], URL, form, "AAAA")


@pytest.mark.parametrize("url", ["https://h.example:99999/x", "https://[::1/x", "\ud800", ""])
def test_a_signature_of_an_impossible_address_fails_quietly(url: str) -> None:
    assert not verify([TOKEN], url, FORM, "AAAA")
