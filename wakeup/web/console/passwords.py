"""Passwords: argon2id, computed in a thread because a good hash is slow."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 256
_hasher = PasswordHasher(time_cost=3, memory_cost=12 * 1024, parallelism=1)
"""12 MiB and three passes, one of OWASP's equivalent choices. The library's default of 64 MiB would be half the
memory of the whole service. An older hash contains its own parameters."""


_threads = ThreadPoolExecutor(2, thread_name_prefix="password")
"""Of their own: whoever tries passwords keeps nothing else waiting."""


def fault_of(password: str, name: str) -> str | None:
    """Return what is wrong with a new password, or None."""
    if len(password) < SHORTEST:
        return f"at least {SHORTEST} characters"
    if len(password) > LONGEST:
        return f"at most {LONGEST} characters"
    if name and name in password.lower():
        return "must not contain the name"
    return None


def hashed(password: str) -> str:
    """Return the hash to store, which contains its salt and parameters."""
    return _hasher.hash(password)


@cache
def nobodys() -> str:
    """Return the hash that is compared when the account does not exist, so that the response takes equally long."""
    return hashed("nobody's password, which nobody can type\0")


async def matches(password_hash: str | None, password: str) -> bool:
    """True if this is the password. Takes the same time for an account that does not exist."""
    matching = asyncio.get_running_loop().run_in_executor(_threads, _matches, password_hash, password)
    return await matching and password_hash is not None


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        return len(password) <= LONGEST and _hasher.verify(password_hash or nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
