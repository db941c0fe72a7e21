"""Random bytes by the page: as many as asked for, and none twice."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import count
from threading import Thread

from wakeup.runtime.randomness import PAGE, RandomPages


def numbered() -> Callable[[int], bytes]:
    """A source in which no four bytes are repeated."""
    numbers = count()
    return lambda size: b"".join(next(numbers).to_bytes(4, "big") for _ in range(size // 4))


def test_pieces_are_as_long_as_asked_also_across_the_end_of_a_page_and_beyond_one() -> None:
    pages = RandomPages()
    for size in (1, 8, 12, 32, PAGE, PAGE + 1, 3 * PAGE):
        assert len(pages(size)) == size
    assert all(len(pages(12)) == 12 for _ in range(2 * PAGE // 12))


def test_no_byte_is_given_twice_to_many_threads() -> None:
    pages, taken = RandomPages(numbered()), [list[bytes]() for _ in range(8)]

    def take(mine: list[bytes]) -> None:
        mine.extend(pages(4) for _ in range(10_000))

    threads = [Thread(target=take, args=(mine,)) for mine in taken]
    before = sys.getswitchinterval()
    # Switch threads as often as possible: a piece that is not taken atomically shows within a few thousand.
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert len({piece for mine in taken for piece in mine}) == 80_000
