"""The job every rival runs: it records its start, works for a moment, and records its end."""

from __future__ import annotations

import os
import time
from pathlib import Path

WORK_S = 0.02


def run(number: int, folder: str) -> None:
    """Run one job. Each record is a single write to a file opened for appending, so a kill leaves only whole lines."""
    now = time.monotonic()  # noqa: TID251 - the one clock of all its processes
    _note(Path(folder, "started"), f"{number} {now:.6f}\n")
    time.sleep(WORK_S)
    _note(Path(folder, "ended"), f"{number}\n")


def _note(path: Path, line: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        os.write(handle, line.encode())
    finally:
        os.close(handle)
