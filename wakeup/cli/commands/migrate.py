"""`wakeup migrate`. Separate from `serve`, so that a migration need not import the whole service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wakeup.cli.commands.shared import console, fail, note, settings_or_exit
from wakeup.domain.errors import ConfigError
from wakeup.runtime.clock import stand_aside
from wakeup.runtime.data_files import data_folder

if TYPE_CHECKING:
    from wakeup.runtime.settings.settings import Settings


def migrate(
    *,
    before: Annotated[
        bool,
        typer.Option("--before", help="Only the migrations that may run while the previous release is still running."),
    ] = False,
) -> None:
    """Migrate the database to the newest revision."""
    from wakeup.storage.instance_lock import BEING_SERVED, instance_lock
    from wakeup.storage.revision import current_revision, needed_revision, newest_revision

    settings = settings_or_exit()
    url = settings.database_url.get_secret_value()
    try:
        with instance_lock(url, BEING_SERVED):
            (prepare if before else bring_up)(settings)
    except ConfigError as wrong:
        # A running service does not matter when there is nothing to apply.
        if not _has(url, needed_revision(_folder) if before else newest_revision(_folder)):
            fail(*wrong.faults)
    stands, newest = current_revision(url), newest_revision(_folder)
    ahead = f", newer than this version's {newest}" if stands and newest and stands > newest else ""
    console.print(f"the database is at revision {stands}{ahead}")


def bring_up(settings: Settings) -> None:
    """Apply all missing revisions. A database that a newer version has migrated stays as it is."""
    from wakeup.storage.revision import newest_revision

    if not _has(settings.database_url.get_secret_value(), newest_revision(_folder)):
        _apply(settings, "head")


def prepare(settings: Settings) -> None:
    """Apply the revisions this version needs, but none that must wait until only this version runs."""
    from wakeup.storage.revision import needed_revision

    needed = needed_revision(_folder)
    if needed is not None and not _has(settings.database_url.get_secret_value(), needed):
        _apply(settings, needed)


def _has(url: str, revision: str | None) -> bool:
    from wakeup.storage.revision import current_revision

    stands = current_revision(url)
    return revision is None or (stands is not None and stands >= revision)


def _apply(settings: Settings, revision: str) -> None:
    """Upgrade to `revision`, or end the process when the database cannot be, or other transactions keep their locks."""
    from wakeup.storage.migrate import upgrade
    from wakeup.storage.migrate_pg import HeldUpError
    from wakeup.storage.revision import why_made_anew

    url = settings.database_url.get_secret_value()
    if (anew := why_made_anew(url)) is not None:
        fail(anew)
    try:
        upgrade(url, _folder, revision, _say_and_wait)
    except HeldUpError as held_up:
        fail(str(held_up), code=1)


def _say_and_wait(why: str) -> None:
    note(f"{why}; trying again")
    stand_aside()


def _folder() -> Path:
    return data_folder("migrations")
