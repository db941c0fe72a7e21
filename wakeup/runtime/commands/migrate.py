"""`wakeup migrate`. Apart from `serve`, so that whoever only migrates need not read the whole service first."""

from __future__ import annotations

from wakeup.runtime.commands.shared import console, settings_or_exit
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.settings import Settings
from wakeup.storage.migrate import upgrade
from wakeup.storage.revision import current_revision


def migrate() -> None:
    """Bring the database up to the newest revision."""
    settings = settings_or_exit()
    bring_up(settings)
    console.print(f"the database is at revision {current_revision(settings.database_url.get_secret_value())}")


def bring_up(settings: Settings) -> None:
    """Apply what its database lacks."""
    upgrade(settings.database_url.get_secret_value(), lambda: data_folder("migrations"))
