"""`wakeup scripts graph ID --html FILE`: draw a script, with counts of its conversations if the database can be
read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wakeup.cli.commands.shared import console, environment, explain, fail
from wakeup.cli.options import ScriptFolder, ScriptId
from wakeup.domain.errors import ConfigError, WakeupError
from wakeup.runtime.data_files import data_folder

if TYPE_CHECKING:
    from wakeup.ivr.script import Script
    from wakeup.usecases.conversation.transcripts import PathCounts


def graph(
    script: ScriptId,
    *,
    html: Annotated[Path, typer.Option(dir_okay=False, help="HTML file to write.")],
    language: Annotated[str, typer.Option("--lang", help="Language of the words in the nodes.")] = "zh-CN",
    folder: ScriptFolder = None,
) -> None:
    """Draw the paths through a script as a self-contained page."""
    from wakeup.runtime.scripts.chosen import chosen, language_of
    from wakeup.runtime.scripts.graph.page import page_of

    try:
        sources = chosen(folder or data_folder("scripts_ivr"), script)
        spoken = language_of(sources, language)
    except ConfigError as wrong:
        fail(*wrong.faults)
    assert sources.script is not None
    trips = _trips(sources.script)
    try:
        html.write_text(page_of(sources, spoken, trips), encoding="utf-8")
    except OSError as error:
        fail(f"{html}: cannot be written: {error.strerror}", code=1)
    console.print(f"{html}: {len(sources.script.nodes)} nodes", markup=False, soft_wrap=True)


def _trips(script: Script) -> PathCounts | None:
    """Return the counts, or None without settings, or without their database."""
    from wakeup.runtime.read_conversations import asked
    from wakeup.runtime.settings.settings import load_settings
    from wakeup.usecases.conversation.transcripts import path_counts

    try:
        settings = load_settings(environment())
    except ConfigError:
        console.print("without counts: the settings of the service are incomplete here", style="dim")
        return None
    try:
        trips = asked(settings, lambda talks: path_counts(talks, script.id, script.content_hash))
    except WakeupError as error:
        console.print(f"without counts: {explain(error)}", style="dim", markup=False, soft_wrap=True)
        return None
    others = f", {trips.others} of other versions left out" if trips.others else ""
    console.print(f"{trips.calls} conversations counted{others}")
    return trips
