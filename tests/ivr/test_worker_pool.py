"""The workers of a killed parent end, in the middle of their work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.house.tree import ROOT

PARENT = """
import sys
from tests.ivr.test_worker_pool import work
from wakeup.workshop.worker_pool import worker_pool
with worker_pool(2, start=sys.argv[1]) as pool:
    [pool.submit(work) for _ in range(2)]
    sys.stdin.read()
"""


def work() -> None:
    """Say that it is at work, and after ten seconds that nothing has ended it."""
    os.write(1, b"here\n")
    # A signal that nobody sends.
    signal.sigtimedwait([signal.SIGUSR1], 10)
    os.write(1, b"left alone\n")
    os._exit(1)


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_the_workers_of_a_killed_parent_end(start: str) -> None:
    # A worker that still runs keeps the pipe open, so reading to its end waits for all of them.
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, start], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as parent:  # fmt: skip
        assert parent.stdout is not None
        assert [parent.stdout.readline() for _ in range(2)] == ["here\n"] * 2
        parent.send_signal(signal.SIGKILL)
        assert parent.stdout.read() == "", "a worker outlived its parent"


def test_no_other_pool_is_made() -> None:
    made = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "wakeup").rglob("*.py")
        if "ProcessPoolExecutor(" in path.read_text(encoding="utf-8")
    ]
    assert made == ["wakeup/workshop/worker_pool.py"]
