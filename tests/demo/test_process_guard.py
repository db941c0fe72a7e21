"""A parent that is killed leaves none of its child processes behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT

PARENT = """
import subprocess, sys
from wakeup.runtime.demo.process_guard import ProcessGuard
guard = ProcessGuard()
child = subprocess.Popen([sys.executable, "-c", sys.argv[2]], stdin=subprocess.DEVNULL, start_new_session=True)
ended = subprocess.Popen([sys.executable, "-c", ""])
guard.watch(child.pid)
guard.watch(ended.pid)
ended.wait()
guard.unwatch(ended.pid)
guard.remove_on_exit(sys.argv[1])
print(child.pid, flush=True)
sys.stdin.read()
"""
CHILD = """
import signal
print("here", flush=True)
signal.sigtimedwait([], 20)
print("left alone", flush=True)
"""
"""Nothing tells this process that its parent is gone."""


def test_what_a_killed_parent_left_is_ended_and_swept(tmp_path: Path) -> None:
    folder = tmp_path / "left"
    folder.mkdir()
    # A child that still runs keeps the pipe open, so reading to its end waits for all of them.
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder), CHILD], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as parent:  # fmt: skip
        assert parent.stdout is not None
        told = {parent.stdout.readline().strip(), parent.stdout.readline().strip()}
        assert "here" in told
        parent.send_signal(signal.SIGKILL)
        assert parent.stdout.read() == "", "a child outlived its parent"
    assert not folder.exists()
