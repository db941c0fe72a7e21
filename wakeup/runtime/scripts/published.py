"""Load the scripts in force: the folder checked against the ledger, plus versions that only the database still has."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from wakeup.ivr.library import Library
from wakeup.runtime.scripts.ledger import read_ledger
from wakeup.runtime.scripts.library import load_library
from wakeup.runtime.scripts.strict_yaml import forget_files
from wakeup.runtime.scripts.words import forget_words
from wakeup.storage.repositories.scripts import kept_contents


def scripts_in_force(folder: Path, database_url: str | None) -> Library:
    """Return the scripts in force. Raises ScriptError with every fault.

    Without a database, versions in force that are not in the folder are not checked.
    """
    kept = None if database_url is None else partial(kept_contents, database_url)
    try:
        return load_library(folder, read_ledger(folder), kept)
    finally:
        forget_files()
        forget_words()
