"""The conversations a database keeps, for tools that stand beside the service and have no Store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from wakeup.domain.errors import NotFoundError
from wakeup.runtime.randomness import RandomPages
from wakeup.runtime.settings.settings import Settings
from wakeup.storage.keyring import KeyRing
from wakeup.storage.repositories.talks import SqlTalks, read_talks
from wakeup.storage.vault import Vault

T = TypeVar("T")
_SQLITE = "sqlite:///"


def asked(settings: Settings, query: Callable[[SqlTalks], T]) -> T:
    """The answer of the settings' database, which is not made if it is not there. It needs the keys, and no script:
    the words are those that were spoken, whatever the files say today. Raises WakeupError."""
    url, keys = settings.database_url.get_secret_value(), settings.keys
    if url.startswith(_SQLITE) and not Path(url.removeprefix(_SQLITE).partition("?")[0]).is_file():
        raise NotFoundError("there is no database at the address of the settings")
    chance = RandomPages()
    vault = Vault(KeyRing(keys.data.get_secret_value(), chance), keys.index.get_secret_value(), chance)
    return read_talks(url, vault, query)
