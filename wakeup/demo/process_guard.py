"""End what a killed parent left behind: a child that reads a pipe from its parent, and acts when the pipe closes.

A process killed with SIGKILL cannot clean up. This module imports nothing else of the package, so that the child
is ready at once. It reads the lines `+ PID`, `- PID` and `rm FOLDER`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from time import monotonic, sleep  # noqa: TID251 - it measures from outside the service

TERM_S = 10.0
A_LOOK_S = 0.1


class ProcessGuard:
    """The parent's end of the pipe."""

    def __init__(self) -> None:
        self._child = subprocess.Popen(  # noqa: S603 - this file, with our own interpreter
            [sys.executable, "-I", __file__], stdin=subprocess.PIPE, text=True, start_new_session=True
        )

    def watch(self, pid: int) -> None:
        """End this process when the parent is gone."""
        self._tell(f"+ {pid}")

    def unwatch(self, pid: int) -> None:
        """Stop watching a process that has ended: its number may soon belong to another one."""
        self._tell(f"- {pid}")

    def remove_on_exit(self, folder: str) -> None:
        """Remove this folder after all processes have ended."""
        self._tell(f"rm {folder}")

    def close(self) -> None:
        """Close the pipe, when the parent cleans up itself. Processes still watched are ended now."""
        if self._child.stdin is not None:
            self._child.stdin.close()
        self._child.wait()

    def _tell(self, line: str) -> None:
        """After `close` nothing is watched, so nothing is told."""
        if self._child.stdin is not None and not self._child.stdin.closed:
            self._child.stdin.write(f"{line}\n")
            self._child.stdin.flush()


def run_guard(lines: Iterable[str]) -> None:
    """Read lines until the pipe closes; then end the watched processes and remove the folders."""
    watched: list[int] = []
    folders: list[str] = []
    for line in lines:
        word, _, rest = line.strip().partition(" ")
        if word == "+":
            watched.append(int(rest))
        elif word == "-":
            watched.remove(int(rest))
        else:
            folders.append(rest)
    _end(watched)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _end(pids: list[int]) -> None:
    """End the processes, with SIGTERM first and SIGKILL after `TERM_S` seconds."""
    for pid in pids:
        _send(pid, signal.SIGTERM)
        _send(pid, signal.SIGCONT)
    gives_up = monotonic() + TERM_S
    while any(map(_lives, pids)) and monotonic() < gives_up:
        sleep(A_LOOK_S)
    for pid in pids:
        _send(pid, signal.SIGKILL)


def _lives(pid: int) -> bool:
    """True if the process lives. A zombie does not: where orphans are not reaped, they keep their numbers."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return _send(pid, 0) and not Path("/proc/self").exists()
    return state != "Z"


def _send(pid: int, wish: int) -> bool:
    """Send a signal. Return False if the process no longer exists."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, wish)
        return True
    return False


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    run_guard(sys.stdin)
