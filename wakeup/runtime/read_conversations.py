"""Read the conversations stored in a database, for command-line tools that have no Store."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from wakeup.domain.errors import NotFoundError
from wakeup.runtime.settings.settings import Settings
from wakeup.storage.keyring import KeyRing
from wakeup.storage.repositories.talks import SqlTalks, read_talks
from wakeup.storage.vault import Vault

T = TypeVar("T")
_SQLITE = "sqlite:///"


def asked(settings: Settings, query: Callable[[SqlTalks], T]) -> T:
    """Return the result of `query` on the database of the settings. Raises WakeupError.

    A SQLite file that does not exist is not created. The query needs the keys but no script: the words are those
    that were spoken, whatever the script files say today.
    """
    url, keys = settings.database_url.get_secret_value(), settings.keys
    if url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE).partition("?")[0]).is_file():
        raise NotFoundError("there is no database at WAKEUP_DATABASE_URL")
    vault = Vault(KeyRing(keys.data.get_secret_value(), os.urandom), keys.index.get_secret_value(), os.urandom)
    return read_talks(url, vault, query)
