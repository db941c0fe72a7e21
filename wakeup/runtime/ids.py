"""Where ids and call codes come from: random, and ordered by time so that new rows lie side by side."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from random import Random

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class TimedIds:
    """`att_` + milliseconds + 60 random bits, base 32 without letters that look like digits."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now

    def new(self, prefix: str) -> str:
        return f"{prefix}_{_base32(int(self._now().timestamp() * 1000), 9)}{_base32(secrets.randbits(60), 12)}"

    def digits(self, count: int) -> str:
        return "".join(str(secrets.randbelow(10)) for _ in range(count))


class SeededIds:
    """The same ids every time, for tests and simulations."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - ids of a simulation keep no secret
        self._count = 0

    def new(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{self._count:06d}{_base32(self._random.getrandbits(30), 6)}"

    def digits(self, count: int) -> str:
        return "".join(str(self._random.randrange(10)) for _ in range(count))


def _base32(number: int, length: int) -> str:
    letters = []
    for _ in range(length):
        number, place = divmod(number, 32)
        letters.append(_ALPHABET[place])
    return "".join(reversed(letters))
