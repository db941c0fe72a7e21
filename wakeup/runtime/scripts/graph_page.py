"""Draw a script for the console, with counts of its conversations."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from wakeup.domain.errors import ConfigError
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.scripts.chosen import chosen, language_of
from wakeup.runtime.scripts.files import Sources
from wakeup.runtime.scripts.graph.page import page_of
from wakeup.usecases.conversation.transcripts import PathCounts

Apart = Callable[..., Awaitable[Any]]
"""Runs a function with its arguments in a thread."""


async def picture_of(
    apart: Apart, script_id: str, language: str, reader: str, trips: Callable[[str], Awaitable[PathCounts]]
) -> str | None:
    """Return the whole page with the script's words in `language`, for a reader of the language `reader`; None when
    there is no such script or it does not speak that language. `trips` counts the conversations of a version, by its
    content hash."""
    found: tuple[Sources, str] | None = await apart(_sources, script_id, language)
    if found is None:
        return None
    sources, spoken = found
    assert sources.script is not None
    drawn: str = await apart(page_of, sources, spoken, await trips(sources.script.content_hash), reader)
    return drawn


def _sources(script_id: str, language: str) -> tuple[Sources, str] | None:
    try:
        sources = chosen(data_folder("scripts_ivr"), script_id)
        return sources, language_of(sources, language)
    except ConfigError:
        return None
