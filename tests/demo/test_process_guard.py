"""A parent that is killed leaves none of its child processes behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.house.tree import ROOT

PARENT = """
import os, subprocess, sys
from wakeup.demo.process_guard import ProcessGuard
guard = ProcessGuard()
child = subprocess.Popen([sys.executable, "-c", sys.argv[2]], stdin=subprocess.DEVNULL, start_new_session=True)
ended = subprocess.Popen([sys.executable, "-c", ""])
guard.watch(child.pid)
guard.watch(ended.pid)
ended.wait()
guard.unwatch(ended.pid)
guard.remove_on_exit(sys.argv[1])
os.write(1, b"guarded\\n")
sys.stdin.read()
"""
CHILD = """
import os, signal
os.write(1, b"here\\n")
signal.sigtimedwait([], 20)
os.write(1, b"left alone\\n")
"""
"""Nothing tells this process that its parent is gone. Both write to one pipe, each line in one piece: with
PYTHONUNBUFFERED set, `print` writes a line and its end separately, and the lines of two processes may mix.
"""


def test_the_child_of_a_killed_parent_is_ended_and_its_folder_removed(tmp_path: Path) -> None:
    folder = tmp_path / "left"
    folder.mkdir()
    # A child that still runs keeps the pipe open, so reading to its end waits for all of them.
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder), CHILD], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as parent:  # fmt: skip
        assert parent.stdout is not None
        assert {parent.stdout.readline(), parent.stdout.readline()} == {"here\n", "guarded\n"}
        parent.send_signal(signal.SIGKILL)
        assert parent.stdout.read() == "", "a child outlived its parent"
    assert not folder.exists()
