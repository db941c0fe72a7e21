"""Randomness of the operating system, fetched a page at a time: a system call for every eight bytes costs more than
what they are used for."""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO

PAGE = 4096


class RandomPages:
    """`os.urandom` for small pieces. Safe to use from several threads; no byte is given twice.

    No lock is needed: one `read` of a page is one step for the interpreter, and a thread that comes upon the end of a
    page begins another, which the others share from then on.
    """

    def __init__(self, source: Callable[[int], bytes] = os.urandom) -> None:
        self._source = source
        self._page = BytesIO()

    def __call__(self, count: int) -> bytes:
        if count > PAGE:
            return self._source(count)
        piece = self._page.read(count)
        if len(piece) < count:
            page = BytesIO(self._source(PAGE))
            piece = page.read(count)
            self._page = page
        return piece
