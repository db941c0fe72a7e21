"""Pages of randomness: as many bytes as asked for, and none twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from wakeup.runtime.randomness import PAGE, RandomPages


def numbered() -> Callable[[int], bytes]:
    """A source of which no four bytes come twice."""
    numbers = count()
    return lambda size: b"".join(next(numbers).to_bytes(4, "big") for _ in range(size // 4))


def test_pieces_are_as_long_as_asked_also_across_the_end_of_a_page_and_beyond_one() -> None:
    pages = RandomPages()
    for size in (1, 8, 12, 32, PAGE, PAGE + 1, 3 * PAGE):
        assert len(pages(size)) == size
    assert all(len(pages(12)) == 12 for _ in range(2 * PAGE // 12))


def test_no_byte_is_given_twice_to_many_threads() -> None:
    pages = RandomPages(numbered())
    with ThreadPoolExecutor(8) as pool:
        pieces = list(pool.map(lambda _: pages(4), range(20_000)))
    assert len(set(pieces)) == len(pieces)
