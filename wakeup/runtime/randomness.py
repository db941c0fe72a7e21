"""Randomness of the operating system, fetched a page at a time: a system call for every eight bytes costs more than
what they are used for."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import Lock

PAGE = 4096


class RandomPages:
    """`os.urandom` for small pieces. Safe to use from several threads; no byte is given twice."""

    def __init__(self, source: Callable[[int], bytes] = os.urandom) -> None:
        self._source = source
        self._lock = Lock()
        self._page, self._used = b"", 0

    def __call__(self, count: int) -> bytes:
        if count > PAGE:
            return self._source(count)
        with self._lock:
            if self._used + count > len(self._page):
                self._page, self._used = self._source(PAGE), 0
            piece = self._page[self._used : self._used + count]
            self._used += count
        return piece
