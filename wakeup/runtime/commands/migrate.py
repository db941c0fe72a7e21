"""`wakeup migrate`. Apart from `serve`, so that whoever only migrates need not read the whole service first."""

from __future__ import annotations

from wakeup.runtime.commands.shared import console, settings_or_exit
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.settings import Settings
from wakeup.storage.migrate import upgrade
from wakeup.storage.revision import current_revision, needed_revision


def migrate(*, before: bool = False) -> None:
    """Bring the database up to the newest revision; `before`: only what may be applied while old nodes run."""
    settings = settings_or_exit()
    if before:
        prepare(settings)
    else:
        bring_up(settings)
    console.print(f"the database is at revision {current_revision(settings.database_url.get_secret_value())}")


def bring_up(settings: Settings) -> None:
    """Apply what its database lacks."""
    upgrade(settings.database_url.get_secret_value(), lambda: data_folder("migrations"))


def prepare(settings: Settings) -> None:
    """Apply what this version needs, and nothing that is for when it runs alone."""
    url, needed = settings.database_url.get_secret_value(), needed_revision(lambda: data_folder("migrations"))
    stands = current_revision(url)
    if needed is not None and (stands is None or stands < needed):
        upgrade(url, lambda: data_folder("migrations"), needed)
