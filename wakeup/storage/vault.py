"""Personal data at rest: sealed with a key per customer, and searchable through keyed hashes.

Destroying a customer's wrapped key makes everything sealed with it unreadable, also in every backup made
afterwards.
"""

from __future__ import annotations

import base64
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from wakeup.domain.errors import NotFoundError
from wakeup.domain.keyed_hash import hmac_sha256
from wakeup.storage.keyring import (
    ID_BYTES,
    KEY_BYTES,
    NONCE_BYTES,
    VERSION,
    KeyRing,
    RandomBytes,
    SealError,
    check_keys,
    key_id,
)

CACHED_KEYS = 4_096
_HEAD = len(VERSION) + ID_BYTES
_START = _HEAD + NONCE_BYTES


class CustomerKey:
    """A customer's own key, unwrapped, in memory only."""

    __slots__ = ("cipher", "head")

    def __init__(self, key: bytes) -> None:
        self.cipher = AESGCM(key)
        self.head = VERSION + key_id(key)

    def __repr__(self) -> str:
        return "CustomerKey()"


class Vault:
    """Seals and opens personal data. Safe to use from several threads."""

    def __init__(
        self,
        ring: KeyRing,
        index_keys: Sequence[bytes],
        random_bytes: RandomBytes,
        *,
        cached_keys: int = CACHED_KEYS,
    ) -> None:
        check_keys("index keys", index_keys)
        self._ring = ring
        self._index_name, self._index_hash = key_id(index_keys[0]).hex(), hmac_sha256(index_keys[0])
        self._random_bytes = random_bytes
        self._limit = cached_keys
        self._cache: OrderedDict[tuple[str, bytes], CustomerKey] = OrderedDict()
        self._lock = Lock()

    def new_customer_key(self, customer_id: str) -> tuple[CustomerKey, bytes]:
        """Return a new key, and its wrapped form to be stored."""
        key = self._random_bytes(KEY_BYTES)
        return CustomerKey(key), self._ring.wrap(customer_id, key)

    def customer_key(self, customer_id: str, wrapped: bytes) -> CustomerKey:
        """Unwrap a stored key. Raises NotFoundError when it was destroyed (is empty), SealError when it is damaged."""
        if not wrapped:
            raise NotFoundError("the customer's key was destroyed")
        # The wrapped bytes are part of the cache key, so a destroyed or exchanged key is never served from memory.
        name = (customer_id, wrapped)
        with self._lock:
            found = self._cache.get(name)
            if found is not None:
                self._cache.move_to_end(name)
                return found
        key = CustomerKey(self._ring.unwrap(customer_id, wrapped))
        with self._lock:
            self._cache[name] = key
            if len(self._cache) > self._limit:
                self._cache.popitem(last=False)
        return key

    def wrap_anew(self, owner: str, wrapped: bytes) -> bytes | None:
        """Wrap a stored key with the newest master key. None if it already is. Raises SealError."""
        return self._ring.wrap_anew(owner, wrapped)

    def forget(self, customer_id: str) -> None:
        """Drop the customer's unwrapped keys from memory, after they were destroyed."""
        with self._lock:
            for name in [name for name in self._cache if name[0] == customer_id]:
                del self._cache[name]

    def seal(
        self,
        key: CustomerKey,
        table: str,
        column: str,
        row_id: str,
        plaintext: bytes | str,
    ) -> bytes:
        """Seal data for exactly one table, column and row. Layout: version, key id, nonce, ciphertext and tag."""
        data = plaintext.encode() if isinstance(plaintext, str) else plaintext
        nonce = self._random_bytes(NONCE_BYTES)
        return key.head + nonce + key.cipher.encrypt(nonce, data, _place(key.head, table, column, row_id))

    def open(self, key: CustomerKey, table: str, column: str, row_id: str, sealed: bytes) -> bytes:
        """Return what was sealed. Raises SealError, which never contains any of it."""
        if sealed[:_HEAD] != key.head:
            raise SealError
        try:
            return key.cipher.decrypt(
                sealed[_HEAD:_START],
                sealed[_START:],
                _place(key.head, table, column, row_id),
            )
        except (InvalidTag, ValueError):
            raise SealError from None

    def index(self, purpose: str, text: str) -> str:
        """Return the keyed hash of the text with the newest index key. Different purposes never give the same hash."""
        digest = self._index_hash(f"wakeup index\0{len(purpose)}:{purpose}{text}".encode())
        return f"{self._index_name}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"


def _place(head: bytes, table: str, column: str, row_id: str) -> bytes:
    # With lengths, so that no two places give the same text.
    return head + f"{len(table)}:{table}{len(column)}:{column}{row_id}".encode()
