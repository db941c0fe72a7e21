"""Make ids and call codes. Ids are random, and ordered by time so that new rows lie side by side."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from wakeup.usecases.unit import ALL_DIGITS


class TimedIds:
    """Ids of a prefix such as `att_`, the milliseconds in hex and 64 random bits in hex."""

    def __init__(self, timestamp: Callable[[], float], random_bytes: Callable[[int], bytes]) -> None:
        self._timestamp, self._random_bytes = timestamp, random_bytes

    def new(self, prefix: str) -> str:
        return f"{prefix}_{int(self._timestamp() * 1000):011x}{self._random_bytes(8).hex()}"

    def digits(self, count: int, among: str = ALL_DIGITS) -> str:
        return "".join(secrets.choice(among) for _ in range(count))
