"""Passwords: argon2id, in a thread, because a good hash takes a while. Knows no account."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 256
_hasher = PasswordHasher()


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


NOBODYS = hashed("nobody's password, which nobody can type\0")
"""Compared when there is no such account, so that the answer takes as long as for one."""


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password. It takes the same time for an account that does not exist."""
    return await asyncio.to_thread(_matches, password_hash or NOBODYS, password) and password_hash is not None


def _matches(password_hash: str, password: str) -> bool:
    try:
        return len(password) <= LONGEST and _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
