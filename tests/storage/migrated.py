"""Databases at the newest revision, migrated once per session and copied for each test."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from wakeup.runtime.data_files import data_folder
from wakeup.storage.engine import file_of
from wakeup.storage.migrate import upgrade


@cache
def migrated_file() -> Path:
    """An SQLite file without rows, to be copied. It is deleted when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="wakeup-empty-"))
    atexit.register(shutil.rmtree, folder)
    path = folder / "empty.db"
    upgrade(f"sqlite:///{path}", lambda: data_folder("migrations"))
    return path


def copied(database_url: str, _migrations: object) -> None:
    """Stand in for `upgrade` where a new file is all that is needed."""
    path = file_of(database_url)
    assert path is not None and not path.exists()
    shutil.copy(migrated_file(), path)
