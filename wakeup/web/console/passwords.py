"""Passwords: argon2id, in a thread, because a good hash takes a while. Knows no account."""

from __future__ import annotations

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 256
_hasher = PasswordHasher(time_cost=3, memory_cost=12 * 1024, parallelism=1)
"""12 MiB and three passes, one of OWASP's equivalent choices: the library's own 64 MiB would be half of what the whole
service takes. An older hash carries its own cost."""


def fault_of(password: str, name: str) -> str | None:
    """What is wrong with a new password, or None."""
    if len(password) < SHORTEST:
        return f"at least {SHORTEST} characters"
    if len(password) > LONGEST:
        return f"at most {LONGEST} characters"
    if name and name in password.lower():
        return "must not hold the name"
    return None


def hashed(password: str) -> str:
    """The hash to keep, with its salt and cost in it."""
    return _hasher.hash(password)


@cache
def nobodys() -> str:
    """Compared when there is no such account, so that the answer takes as long as for one."""
    return hashed("nobody's password, which nobody can type\0")


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password. It takes the same time for an account that does not exist."""
    return await asyncio.to_thread(_matches, password_hash, password) and password_hash is not None


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        return len(password) <= LONGEST and _hasher.verify(password_hash or nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
