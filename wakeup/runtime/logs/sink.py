"""Write log lines. A line that cannot be written is counted and dropped: no disk, pipe or reader may stop a
decision."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from typing import TextIO

MAX_WAITING = 4_000_000
"""How many characters may wait for a reader that has stopped reading; further lines are lost."""
FINISH_S = 2.0
"""Seconds for which waiting lines are still written at the end."""
_A_CHUNK = 200
"""Lines written in one go."""
_GATHER_S = 0.01
"""Seconds for which the thread gathers more lines after the first.

Waking it for each line would take the interpreter from the event loop that logs, and hand it back, every time.
"""


class Sink:
    """One stream, written one line at a time, from any thread.

    Lines are written at once or, in a service, by a thread of their own: the reader of the log may stop reading,
    and an event loop must not wait for it.
    """

    def __init__(self) -> None:
        self.stream: TextIO | None = sys.stderr
        self.lost = 0
        """Number of lines that could not be written."""
        self._changed = threading.Condition()
        self._waiting: deque[str] = deque()
        self._size = 0
        """Number of characters that wait or are being written."""
        self._thread: threading.Thread | None = None
        self._ends = False

    def write(self, line: str) -> None:
        """Write one line. Never raises if the stream is full, closed or gone."""
        with self._changed:
            if self._thread is None:
                self._write_now(line)
            elif self._ends or self._size + len(line) > MAX_WAITING:
                self.lost += 1
            else:
                if not self._waiting:
                    self._changed.notify_all()
                self._waiting.append(line)
                self._size += len(line)

    msg = debug = info = warning = warn = error = critical = exception = fatal = log = failure = err = write

    def in_background(self) -> None:
        """Start a thread that writes from now on, in the order in which lines came."""
        stream = self.stream
        if stream is None or self._thread is not None:
            return
        try:
            # Write to the file descriptor, past the stream and its lock: Python aborts a process that ends while a
            # thread is blocked in there.
            file = stream.fileno()
        except (OSError, ValueError):
            return
        args = (file, stream.encoding or "utf-8")
        work = threading.Thread(target=self._work, args=args, name="log-writer", daemon=True)
        self._ends, self._thread = False, work
        work.start()

    def finish(self, seconds: float = FINISH_S) -> None:
        """Write the waiting lines, for at most `seconds`.

        Later lines are written at once if that succeeded; otherwise they are lost, because the log is not being read.
        """
        with self._changed:
            if self._thread is None:
                return
            if self._changed.wait_for(lambda: self._size == 0, seconds):
                self._thread = None
            else:
                self.lost += len(self._waiting)
                self._waiting.clear()
            self._ends = True
            self._changed.notify_all()

    def _write_now(self, line: str) -> None:
        try:
            if self.stream is not None:
                self.stream.write(f"{line}\n")
                self.stream.flush()
        except (OSError, ValueError):
            self.lost += 1

    def _work(self, file: int, encoding: str) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ends)
                if not self._waiting:
                    return
                self._changed.wait_for(lambda: self._ends, _GATHER_S)
                lines = [self._waiting.popleft() for _ in range(min(_A_CHUNK, len(self._waiting)))]
            text = "".join(f"{line}\n" for line in lines).encode(encoding, "backslashreplace")
            written = _write_all(file, text)
            with self._changed:
                self._size -= sum(map(len, lines))
                self.lost += 0 if written else len(lines)
                self._changed.notify_all()


def _write_all(file: int, text: bytes) -> bool:
    """Write all of the text, however long it takes. Return False if the file cannot be written."""
    try:
        while text:
            text = text[os.write(file, text) :]
    except OSError:
        return False
    return True
