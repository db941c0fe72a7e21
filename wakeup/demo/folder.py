"""The folder of a demo: emptied before each run, and used by one run at a time."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wakeup.demo.processes import DemoError
from wakeup.storage.instance_lock import try_lock

MARK = ".wakeup-demo"
"""Says that a folder belongs to demos. A running demo holds a lock on it, which the system releases at its end."""


@contextmanager
def demo_folder(folder: Path) -> Iterator[Path]:
    """Empty the folder of an earlier demo, or create it, and keep other demos out of it while the context is open.

    Raises DemoError for a folder with other files in it, and for that of a demo that still runs.
    """
    mark = folder / MARK
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise DemoError(f"{folder} holds files that are not a demo's; give an empty folder with --folder")
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(mark, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not try_lock(lock):
            raise DemoError(f"another demo runs in {folder}; end it, or give another folder with --folder")
        _empty(folder)
        yield folder
    finally:
        os.close(lock)


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != MARK:
            path.unlink()
