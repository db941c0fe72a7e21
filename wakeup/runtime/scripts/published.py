"""The scripts a service may speak: its folder, checked against the ledger, with what only the database still holds."""

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
    """Without a database, what only it could tell is not looked into. Raises ScriptError with every fault."""
    kept = None if database_url is None else partial(kept_contents, database_url)
    try:
        return load_library(folder, read_ledger(folder), kept)
    finally:
        forget_files()
        forget_words()
