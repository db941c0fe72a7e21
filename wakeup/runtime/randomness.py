"""Random bytes of the operating system, fetched a page at a time.

A system call for every eight bytes would cost more than the work they are used for.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from io import BytesIO

PAGE = 4096


class RandomPages:
    """`os.urandom` for small pieces. Thread-safe; no byte is handed out twice.

    No lock is needed: one `read` of a page is a single step for the interpreter. A thread that reaches the end of
    a page fetches another, which the other threads share from then on.
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
