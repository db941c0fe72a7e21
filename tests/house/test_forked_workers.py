"""The process from which the workers of a whole run are forked (`tests/forked_workers.py`)."""

from __future__ import annotations

import os
import select
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import forked_workers
from tests.house.tree import ROOT

TENDS = "import socket, sys; from tests.forked_workers import Nursery; Nursery(socket.socket(fileno=int(sys.argv[1]))).tend()"


@pytest.fixture
def doorman(tmp_path: Path) -> Iterator[list[str]]:
    """The command of a doorman, in front of a nursery that has imported nothing."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "nursery"))
        door.listen()
        command = [sys.executable, "-c", TENDS, str(door.fileno())]
        nursery = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, pass_fds=(door.fileno(),))
    yield shlex.split(forked_workers.command_of(tmp_path / "nursery"))
    nursery.communicate(timeout=30)
    assert nursery.returncode == 0, "the nursery ends when nobody needs it any more"


def test_a_worker_has_its_doormans_streams_and_the_doorman_its_exit_code(doorman: list[str]) -> None:
    work = "import sys; sys.stdout.write(sys.stdin.readline() * 2); sys.exit(3)"
    for _ in range(2):
        done = subprocess.run(
            doorman, input=f"{work!r}\nheard\n", capture_output=True, text=True, timeout=30, check=False
        )
        assert (done.stdout, done.stderr, done.returncode) == ("heard\nheard\n", "", 3)


def test_a_worker_does_not_outlive_its_doorman(doorman: list[str]) -> None:
    """pytest kills a worker that does not end, and knows only the doorman."""
    work = "import os, sys, time; sys.stdout.write(f'{os.getpid()}\\n'); sys.stdout.flush(); time.sleep(60)"
    with subprocess.Popen(doorman, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(f"{work!r}\n")
        child.stdin.flush()
        worker = os.pidfd_open(int(child.stdout.readline()))
        child.kill()
        ended, _, _ = select.select([worker], [], [], 30)
        os.close(worker)
    assert ended
