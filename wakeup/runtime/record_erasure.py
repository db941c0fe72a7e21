"""After an erasure: write it into the file beside the anchors, and drop the old pages from the database's log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wakeup.runtime.settings.settings import Settings
from wakeup.storage.erasures import Erasure, drop_old_pages, erasures_file, note_erasures


def keep_erasures(settings: Settings, erased: Sequence[Erasure]) -> None:
    """Record erased customers outside the database. Blocks. Raises OSError when the file cannot be written."""
    path = erasures_file(Path(settings.audit.anchors_file))
    note_erasures(path, settings.keys.audit.get_secret_value(), erased)
    drop_old_pages(settings.database_url.get_secret_value())
