"""Master keys: the newest wraps the customers' keys, the older ones still unwrap."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wakeup.domain.errors import ConfigError, WakeupError

KEY_BYTES = 32
NONCE_BYTES = 12
ID_BYTES = 4
VERSION = b"\x01"
_HEAD = len(VERSION) + ID_BYTES
RandomBytes = Callable[[int], bytes]
"""Returns this many unpredictable bytes: `secrets.token_bytes`, or a seeded source in a simulation."""


class SealError(WakeupError):
    """Sealed data cannot be decrypted: it has another key, belongs elsewhere, or was altered."""


def key_id(key: bytes) -> bytes:
    """Return a short id of a key that reveals nothing about it."""
    return hashlib.sha256(b"wakeup key id\0" + key).digest()[:ID_BYTES]


def check_keys(name: str, keys: Sequence[bytes]) -> None:
    """Raise ConfigError unless there is at least one key, all have 32 bytes, and none occurs twice."""
    faults = []
    if not keys:
        faults.append(f"{name}: no key")
    if any(len(key) != KEY_BYTES for key in keys):
        faults.append(f"{name}: a key is {KEY_BYTES} bytes")
    if len({key_id(key) for key in keys}) != len(keys):
        faults.append(f"{name}: the same key twice")
    if faults:
        raise ConfigError(faults)


class KeyRing:
    """Several master keys, newest first. `wrap_anew` moves a key from an older one to the newest."""

    def __init__(self, keys: Sequence[bytes], random_bytes: RandomBytes) -> None:
        check_keys("data keys", keys)
        self._ciphers = {key_id(key): AESGCM(key) for key in keys}
        self._newest = key_id(keys[0])
        self._random_bytes = random_bytes

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the keys, newest first."""
        return tuple(name.hex() for name in self._ciphers)

    def wrap(self, owner: str, key: bytes) -> bytes:
        """Wrap a key with the newest master key. It can be unwrapped for this owner only."""
        nonce = self._random_bytes(NONCE_BYTES)
        head = VERSION + self._newest
        return head + nonce + self._ciphers[self._newest].encrypt(nonce, key, _bound(head, owner))

    def wrap_anew(self, owner: str, wrapped: bytes) -> bytes | None:
        """Wrap a stored key with the newest master key. None if it already is. Raises SealError."""
        if wrapped.startswith(VERSION + self._newest):
            return None
        return self.wrap(owner, self.unwrap(owner, wrapped))

    def unwrap(self, owner: str, wrapped: bytes) -> bytes:
        """Return the owner's key. Raises SealError."""
        head = wrapped[:_HEAD]
        cipher = self._ciphers.get(head[len(VERSION) :])
        if cipher is None or not head.startswith(VERSION):
            raise SealError("wrapped by a master key that is not on the ring")
        start = _HEAD + NONCE_BYTES
        try:
            return cipher.decrypt(wrapped[_HEAD:start], wrapped[start:], _bound(head, owner))
        except (InvalidTag, ValueError):
            raise SealError from None


def _bound(head: bytes, owner: str) -> bytes:
    return b"wakeup customer key\0" + head + owner.encode()
