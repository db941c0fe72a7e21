"""Our keyed hash is HMAC-SHA256 and nothing else."""

from __future__ import annotations

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from wakeup.storage.mac import Mac, mac_of


@given(st.binary(max_size=200), st.binary(max_size=300))
def test_a_mac_is_the_librarys_hmac_for_every_key_and_message(key: bytes, message: bytes) -> None:
    ours = Mac(key)
    assert ours.digest(message) == hmac.digest(key, message, hashlib.sha256)
    assert ours.digest(message) == hmac.digest(key, message, hashlib.sha256), "and it was not used up"


def test_a_mac_is_made_once_for_a_key() -> None:
    assert mac_of(b"k" * 32) is mac_of(bytes(bytearray(b"k" * 32)))
    assert mac_of(b"k" * 32) is not mac_of(b"l" * 32)
