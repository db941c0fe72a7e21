"""Allow one service, or migration, per SQLite file. It holds a lock file next to it, which the system releases at exit.

SQLite does not tell one process what another has written. A second service would treat the first one's running
attempts as leftovers of a crash, and would not be woken for the events that the first one accepts.

The database file itself is never opened for this lock, because closing it would release the locks that SQLite
holds on it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EAGAIN
from pathlib import Path

from wakeup.domain.errors import ConfigError
from wakeup.storage.address import shown_address
from wakeup.storage.engine import file_of

SUFFIX = ".serving"
TAKEN = "another `wakeup serve` or `migrate` is using this file; stop it first (several nodes need PostgreSQL)"
BEING_SERVED = "a `wakeup serve` or another `migrate` is using this file; stop the service first, then migrate"


@contextmanager
def instance_lock(database_url: str, taken: str = TAKEN) -> Iterator[None]:
    """Hold the lock of the database while the context is open. Does nothing for PostgreSQL, which several nodes
    share.

    Creates the file's folder, as a migration does. Raises ConfigError, which says `taken`, while another process
    serves from the file, and OSError when the lock cannot be created.
    """
    file = file_of(database_url)
    if file is None or file.is_dir():
        # A folder is not a database. The code that opens it reports that.
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    # All links to one database file resolve to the same lock.
    beside = f"{Path(os.path.realpath(file))}{SUFFIX}"
    lock = os.open(beside, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _give_to_owner(lock, file)
        _take(lock, beside, f"WAKEUP_DATABASE_URL {shown_address(database_url)}: {taken}")
        yield
    finally:
        os.close(lock)


def _give_to_owner(lock: int, file: Path) -> None:
    """Give the lock to the database's owner, as SQLite does with its files: root may migrate for another user."""
    if os.geteuid() == 0 and file.exists():
        owner = file.stat()
        os.fchown(lock, owner.st_uid, owner.st_gid)


def _take(lock: int, beside: str, taken: str) -> None:
    try:
        if not try_lock(lock):
            raise ConfigError([taken])
    except OSError as error:
        # The system's own error does not name the file.
        raise OSError(error.errno, error.strerror, beside) from None


def try_lock(file: int) -> bool:
    """Lock an open file for this process. Returns False if another process holds the lock."""
    try:
        # The same kind of lock as SQLite uses, so it works wherever SQLite's files can be stored.
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # For a lock held elsewhere, the file system decides which of the two it reports.
        if error.errno in {EACCES, EAGAIN}:
            return False
        raise
    return True
