"""Count how often each row of a file has occurred, in little memory: a file may have millions of rows."""

from __future__ import annotations

from array import array

_EMPTY = 0
_FIRST_SLOTS = 1 << 12


class Occurrences:
    """Counts digests. Of each different one 8 bytes are kept, in a table that is between a quarter and half full: 16
    to 32 bytes a row, and half as much again while the table grows. What occurs again and again is kept once more.

    Different rows with the same 8 bytes are found in one of four hundred thousand files of ten million rows. The later
    one then counts as a second occurrence, in every run alike.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * _FIRST_SLOTS))
        self._used = 0
        self._repeated: dict[int, int] = {}

    def count(self, digest: str) -> int:
        """Return 1 for a digest that is new, 2 for one that occurs for the second time, and so on. It is
        hexadecimal."""
        mark = int(digest[:16], 16) or 1
        if self._add(mark):
            return 1
        times = self._repeated[mark] = self._repeated.get(mark, 1) + 1
        return times

    def _add(self, mark: int) -> bool:
        """Add a mark, unless it is there."""
        if 2 * self._used >= len(self._slots):
            self._grow()
        place = self._place(mark)
        if self._slots[place] == mark:
            return False
        self._slots[place] = mark
        self._used += 1
        return True

    def _place(self, mark: int) -> int:
        """Return where the mark is, or the free slot in which it belongs."""
        last = len(self._slots) - 1
        place = mark & last
        while self._slots[place] not in (_EMPTY, mark):
            place = (place + 1) & last
        return place

    def _grow(self) -> None:
        before, self._slots = self._slots, array("Q", bytes(16 * len(self._slots)))
        for mark in before:
            if mark != _EMPTY:
                self._slots[self._place(mark)] = mark
