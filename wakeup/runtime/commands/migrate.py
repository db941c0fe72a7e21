"""`wakeup migrate`. Apart from `serve`, so that whoever only migrates need not read the whole service first."""

from __future__ import annotations

from pathlib import Path

from wakeup.domain.errors import ConfigError
from wakeup.runtime.clock import stand_aside
from wakeup.runtime.commands.shared import console, errors, fail, settings_or_exit
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.settings.settings import Settings
from wakeup.storage.instance_lock import BEING_SERVED, instance_lock
from wakeup.storage.migrate import upgrade
from wakeup.storage.migrate_pg import HeldUpError
from wakeup.storage.revision import current_revision, needed_revision, newest_revision


def migrate(*, before: bool = False) -> None:
    """Bring the database up to the newest revision; `before`: only what may be applied while old nodes run."""
    settings = settings_or_exit()
    url = settings.database_url.get_secret_value()
    try:
        with instance_lock(url, BEING_SERVED):
            (prepare if before else bring_up)(settings)
    except ConfigError as wrong:
        # Whoever runs beside it is in nobody's way when there is nothing to do.
        if not _has(url, needed_revision(_folder) if before else newest_revision(_folder)):
            fail(*wrong.faults)
    console.print(f"the database is at revision {current_revision(url)}")


def bring_up(settings: Settings) -> None:
    """Apply what its database lacks."""
    _apply(settings, "head")


def prepare(settings: Settings) -> None:
    """Apply what this version needs, and nothing that is for when it runs alone."""
    needed = needed_revision(_folder)
    if needed is not None and not _has(settings.database_url.get_secret_value(), needed):
        _apply(settings, needed)


def _has(url: str, revision: str | None) -> bool:
    stands = current_revision(url)
    return revision is None or (stands is not None and stands >= revision)


def _apply(settings: Settings, revision: str) -> None:
    """Up to `revision`, or the end of the process when others do not let go."""
    try:
        upgrade(settings.database_url.get_secret_value(), _folder, revision, _say_and_wait)
    except HeldUpError as held_up:
        fail(str(held_up), code=1)


def _say_and_wait(why: str) -> None:
    errors.print(f"{why}; trying again", soft_wrap=True, markup=False)
    stand_aside()


def _folder() -> Path:
    return data_folder("migrations")
