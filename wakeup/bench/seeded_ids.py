"""Ids for benches and tests."""

from __future__ import annotations

from random import Random

from wakeup.usecases.unit import ALL_DIGITS


class SeededIds:
    """The same ids in every run."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - ids of a bench keep no secret
        self._count = 0

    def new(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_{self._count:06d}{self._random.getrandbits(32):08x}"

    def digits(self, count: int, among: str = ALL_DIGITS) -> str:
        return "".join(among[self._random.randrange(len(among))] for _ in range(count))
