"""A demo empties the folder of an earlier one, and never that of one that runs, or any other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from wakeup.demo.folder import MARK, demo_folder
from wakeup.demo.processes import DemoError

RUNS = """
import sys
from pathlib import Path
from wakeup.demo.folder import demo_folder

with demo_folder(Path(sys.argv[1])) as folder:
    (folder / "logs").mkdir()
    (folder / "wakeup.db").touch()
    print("running", flush=True)
    sys.stdin.read()
"""


def test_a_second_demo_leaves_the_files_of_a_running_one_alone(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    # A lock belongs to a process: within this process it would be granted again.
    words = [sys.executable, "-c", RUNS, str(folder)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout is not None and first.stdout.readline() == b"running\n"
        with pytest.raises(DemoError, match=f"another demo runs in {folder}; end it"), demo_folder(folder):
            pass
        assert sorted(path.name for path in folder.iterdir()) == [MARK, "logs", "wakeup.db"]
    with demo_folder(folder):
        assert [path.name for path in folder.iterdir()] == [MARK], "what an ended demo left is gone"


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(DemoError, match="files that are not a demo's"), demo_folder(tmp_path):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
