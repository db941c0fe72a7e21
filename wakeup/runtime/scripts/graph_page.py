"""Draw a script for the console, with counts of its conversations from the settings' database."""

from __future__ import annotations

from wakeup.domain.errors import ConfigError, WakeupError
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.read_conversations import asked
from wakeup.runtime.scripts.chosen import chosen, language_of
from wakeup.runtime.scripts.graph.page import page_of
from wakeup.runtime.settings.settings import Settings
from wakeup.usecases.conversation.transcripts import PathCounts, path_counts


def trips_in(settings: Settings, script_id: str, content_hash: str) -> PathCounts | None:
    """Return how the conversations of one version went; None when the database cannot be read."""
    try:
        return asked(settings, lambda talks: path_counts(talks, script_id, content_hash))
    except WakeupError:
        return None


def picture_of(settings: Settings, script_id: str, language: str, reader: str) -> str | None:
    """Return the whole page with the script's words in `language`, for a reader of the language `reader`; None when
    there is no such script or it does not speak that language."""
    try:
        sources = chosen(data_folder("scripts_ivr"), script_id)
        spoken = language_of(sources, language)
    except ConfigError:
        return None
    script = sources.script
    assert script is not None
    # The graph is useful without its counts.
    return page_of(sources, spoken, trips_in(settings, script.id, script.content_hash), reader)
