"""Databases at the newest revision, migrated once per session and copied for each test."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from tests.ivr.stage import LIBRARY
from wakeup.runtime.data_files import data_folder
from wakeup.storage.engine import connected, file_of
from wakeup.storage.migrate import upgrade
from wakeup.storage.prepared import Link
from wakeup.storage.repositories.scripts import SqlScripts
from wakeup.usecases.repositories.scripts import KeptScript

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def migrated_file() -> Path:
    """An SQLite file without rows, to be copied. It is deleted when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="wakeup-empty-"))
    atexit.register(shutil.rmtree, folder)
    path = folder / "empty.db"
    upgrade(f"sqlite:///{path}", lambda: data_folder("migrations"))
    return path


@cache
def stocked_file() -> Path:
    """The same with every shipped script stored, as the first start of a service leaves it."""
    path = migrated_file().with_name("stocked.db")
    shutil.copy(migrated_file(), path)
    with connected(f"sqlite:///{path}") as connection, connection.begin():
        scripts = SqlScripts(Link(connection))
        for published in LIBRARY:
            script = published.script
            scripts.keep(
                KeptScript(
                    content_hash=script.content_hash, script_id=script.id, version=script.version,
                    content=published.content, kept_at=LONG_AGO,
                )
            )  # fmt: skip
    return path


def copied(database_url: str, _migrations: object) -> None:
    """Stand in for `upgrade` where a new file is all that is needed."""
    path = file_of(database_url)
    assert path is not None and not path.exists()
    shutil.copy(migrated_file(), path)
