"""Keyed hashes are the standard library's, whatever the key and the message."""

from __future__ import annotations

import hmac

from hypothesis import given
from hypothesis import strategies as st

from wakeup.domain.keyed_hash import hmac_sha256


@given(key=st.binary(max_size=200), messages=st.lists(st.binary(max_size=300), max_size=4))
def test_every_message_has_the_hash_of_the_standard_library(key: bytes, messages: list[bytes]) -> None:
    digest = hmac_sha256(key)
    assert [digest(message) for message in messages] == [hmac.digest(key, message, "sha256") for message in messages]
