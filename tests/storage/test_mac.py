"""Our keyed hash is HMAC-SHA256 and nothing else."""

from __future__ import annotations

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from wakeup.storage.mac import Mac, mac_of


@given(st.binary(max_size=200), st.binary(max_size=300))
def test_it_is_the_librarys_hmac_for_every_key_and_message(key: bytes, message: bytes) -> None:
    ours = Mac(key)
    assert ours.digest(message) == hmac.digest(key, message, hashlib.sha256)
    assert ours.digest(message) == hmac.digest(key, message, hashlib.sha256), "and it was not used up"


def test_it_is_made_once_for_a_key_and_shows_nothing_of_it() -> None:
    key = b"secret key of the chain"
    assert mac_of(key) is mac_of(bytes(key))
    assert "secret" not in repr(mac_of(key))
