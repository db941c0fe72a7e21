"""Sender, time and integrity of a request: Standard Webhooks, checked with our own clock."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from wakeup.bank.signing import BadSignature, Flaw, check_secret, sign, signed_headers, verify

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
OURS = "whsec_" + base64.b64encode(b"a" * 24).decode()
NEXT = "whsec_" + base64.b64encode(b"b" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"c" * 24).decode()
BODY = '{"name":"陈美玲"}'.encode()


def headers(**changes: str | None) -> dict[str, str]:
    made = signed_headers([OURS], "msg_1", NOW, BODY)
    for name, value in changes.items():
        if value is None:
            del made[f"webhook-{name}"]
        else:
            made[f"webhook-{name}"] = value
    return made


def flaw(made: dict[str, str], *, body: bytes = BODY, now: datetime = NOW, secrets: tuple[str, ...] = (OURS,)) -> Flaw:
    with pytest.raises(BadSignature) as caught:
        verify(secrets, made, body, now)
    return caught.value.flaw


def test_the_signature_is_the_standard_s() -> None:
    """HMAC-SHA256 over `id.timestamp.body` with the decoded secret, computed here by hand."""
    mac = hmac.new(b"a" * 24, b"msg_1." + str(int(NOW.timestamp())).encode() + b"." + BODY, hashlib.sha256)
    assert sign(OURS, "msg_1", NOW, BODY) == "v1," + base64.b64encode(mac.digest()).decode()


def test_a_signed_message_is_known_by_its_id() -> None:
    assert verify([OURS], headers(), BODY, NOW) == "msg_1"


def test_header_names_may_be_written_in_any_case() -> None:
    assert verify([OURS], {name.title(): value for name, value in headers().items()}, BODY, NOW) == "msg_1"


def test_a_time_of_any_zone_signs_the_same_moment() -> None:
    there = NOW.astimezone(timezone(timedelta(hours=8)))
    assert signed_headers([OURS], "m", there, BODY) == signed_headers([OURS], "m", NOW, BODY)


def test_either_side_may_rotate_first() -> None:
    both = signed_headers([OURS, NEXT], "msg_1", NOW, BODY)
    assert verify([NEXT], both, BODY, NOW) == "msg_1"
    assert verify([OURS], both, BODY, NOW) == "msg_1"
    assert verify([OTHER, NEXT, OURS], headers(), BODY, NOW) == "msg_1"
    assert flaw(both, secrets=(OTHER,)) is Flaw.NO_MATCH


def test_the_library_accepts_what_we_sign() -> None:
    now = datetime.now(UTC)  # the library reads the system clock
    Webhook(OURS).verify(BODY, signed_headers([OURS], "m", now, BODY))


@pytest.mark.parametrize(("seconds", "expected"), [(-300, None), (-301, Flaw.STALE), (300, None), (301, Flaw.FUTURE)])
def test_five_minutes_by_our_own_clock(seconds: int, expected: Flaw | None) -> None:
    made = signed_headers([OURS], "m", NOW + timedelta(seconds=seconds), BODY)
    if expected is None:
        assert verify([OURS], made, BODY, NOW) == "m"
    else:
        assert flaw(made) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": None}, Flaw.MISSING),
        ({"timestamp": None}, Flaw.MISSING),
        ({"signature": None}, Flaw.MISSING),
        ({"signature": ""}, Flaw.MISSING),
        ({"id": "msg 1"}, Flaw.MALFORMED),
        ({"id": "m" * 129}, Flaw.MALFORMED),
        ({"id": "mé"}, Flaw.MALFORMED),
        ({"timestamp": "1795339800.0"}, Flaw.MALFORMED),
        ({"timestamp": "-1"}, Flaw.MALFORMED),
        ({"timestamp": "nan"}, Flaw.MALFORMED),
        ({"timestamp": "9" * 400}, Flaw.MALFORMED),
        ({"timestamp": "٣"}, Flaw.MALFORMED),
        ({"timestamp": "0"}, Flaw.STALE),
        ({"signature": "v1"}, Flaw.NO_MATCH),
        ({"signature": "v1,"}, Flaw.NO_MATCH),
        ({"signature": "v1,@@@@"}, Flaw.MALFORMED),
        ({"signature": "v1,abc"}, Flaw.MALFORMED),
        ({"signature": "v1,é"}, Flaw.MALFORMED),
        ({"signature": "v1a,AAAA"}, Flaw.MALFORMED),
        ({"signature": "v1,AAAA " * 17}, Flaw.MALFORMED),
        ({"signature": "v1,AAAA"}, Flaw.NO_MATCH),
        ({"id": "msg_2"}, Flaw.NO_MATCH),
    ],
)
def test_a_bad_header_has_its_flaw(changes: dict[str, str | None], expected: Flaw) -> None:
    assert flaw(headers(**changes)) is expected


def test_a_good_signature_among_others_counts() -> None:
    good = headers()["webhook-signature"]
    assert verify([OURS], headers(signature=f"v2,whatever v1,AAAA {good}"), BODY, NOW) == "msg_1"


def test_a_changed_body_does_not_match() -> None:
    assert flaw(headers(), body=BODY + b" ") is Flaw.NO_MATCH
    assert flaw(headers(), body=b"\xff") is Flaw.MALFORMED
    assert flaw(headers(), secrets=()) is Flaw.NO_MATCH


def test_two_headers_that_differ_are_malformed() -> None:
    assert flaw({**headers(), "Webhook-Id": "msg_2"}) is Flaw.MALFORMED


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text(max_size=60)))
def test_no_headers_raise_anything_but_a_bad_signature(made: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verify([OURS], {**headers(), **made} if made else {}, BODY + b"!", NOW)


@pytest.mark.parametrize(
    ("secret", "fault"),
    [
        (OURS, None),
        (NEXT, None),
        ("", "must begin with whsec_"),
        (OURS.removeprefix("whsec_"), "must begin with whsec_"),
        ("whsec_", "must have at least 24 bytes"),
        ("whsec_" + base64.b64encode(b"a" * 23).decode(), "must have at least 24 bytes"),
        ("whsec_not base64!", "must be base64 after whsec_"),
        ("whsec_é", "must be base64 after whsec_"),
    ],
)
def test_secrets_are_checked_before_use(secret: str, fault: str | None) -> None:
    assert check_secret(secret) == fault
