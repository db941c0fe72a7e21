"""`wakeup migrate`. Separate from `serve`, so that a migration need not import the whole service."""

from __future__ import annotations

from pathlib import Path

from wakeup.runtime.clock import stand_aside
from wakeup.runtime.commands.shared import console, errors, fail, settings_or_exit
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.settings.settings import Settings
from wakeup.storage.migrate import upgrade
from wakeup.storage.migrate_pg import HeldUpError
from wakeup.storage.revision import current_revision, needed_revision


def migrate(*, before: bool = False) -> None:
    """Migrate the database to the newest revision; with `before` only as far as is safe while old nodes run."""
    settings = settings_or_exit()
    if before:
        prepare(settings)
    else:
        bring_up(settings)
    console.print(f"the database is at revision {current_revision(settings.database_url.get_secret_value())}")


def bring_up(settings: Settings) -> None:
    """Apply all missing revisions."""
    _apply(settings, "head")


def prepare(settings: Settings) -> None:
    """Apply the revisions this version needs, but none that must wait until only this version runs."""
    url, needed = settings.database_url.get_secret_value(), needed_revision(_folder)
    stands = current_revision(url)
    if needed is not None and (stands is None or stands < needed):
        _apply(settings, needed)


def _apply(settings: Settings, revision: str) -> None:
    """Upgrade to `revision`, or end the process when other transactions keep their locks."""
    try:
        upgrade(settings.database_url.get_secret_value(), _folder, revision, _say_and_wait)
    except HeldUpError as held_up:
        fail(str(held_up), code=1)


def _say_and_wait(why: str) -> None:
    errors.print(f"{why}; trying again", soft_wrap=True, markup=False)
    stand_aside()


def _folder() -> Path:
    return data_folder("migrations")
