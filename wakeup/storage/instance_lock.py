"""One service on one SQLite file: who serves, or migrates, holds a lock beside it, which the system lets go when the
process ends.

Nothing tells one process what another wrote there: a second service would take for its own former life what the first
one has under way, and ring nobody for the events that the first one takes. The database file itself is never opened for
this: closing it would let go the locks SQLite holds on it.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EACCES, EAGAIN
from pathlib import Path

from wakeup.domain.errors import ConfigError
from wakeup.storage.engine import file_of
from wakeup.storage.unreachable import address_of

SUFFIX = ".serving"
TAKEN = "another `wakeup serve`, or `migrate`, runs on this file; stop it first (several nodes share a PostgreSQL)"
BEING_SERVED = "a `wakeup serve`, or another `migrate`, runs on this file; stop the service first, then migrate"


@contextmanager
def instance_lock(database_url: str, taken: str = TAKEN) -> Iterator[None]:
    """Raises ConfigError, which says `taken`, while another process serves from it; OSError when the lock cannot be
    made. The file's folder is made, as migrating makes it. PostgreSQL is for many."""
    file = file_of(database_url)
    if file is None or file.is_dir():
        # A folder is no database, and whoever opens it says so.
        yield
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    # Whatever follows links to the same file finds the same lock.
    beside = f"{Path(os.path.realpath(file))}{SUFFIX}"
    lock = os.open(beside, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _give_to_owner(lock, file)
        _take(lock, beside, f"WAKEUP_DATABASE_URL {address_of(database_url)}: {taken}")
        yield
    finally:
        os.close(lock)


def _give_to_owner(lock: int, file: Path) -> None:
    """As SQLite does with what it makes beside a database: root may migrate what another user serves."""
    if os.geteuid() == 0 and file.exists():
        owner = file.stat()
        os.fchown(lock, owner.st_uid, owner.st_gid)


def _take(lock: int, beside: str, taken: str) -> None:
    try:
        # The kind SQLite takes itself: where its files can lie, there is this one.
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Which of the two is said of a lock that somebody holds is the file system's choice.
        if error.errno in {EACCES, EAGAIN}:
            raise ConfigError([taken]) from None
        # The system's own error names no file.
        raise OSError(error.errno, error.strerror, beside) from None
