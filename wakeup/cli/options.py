"""Options and arguments that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wakeup.runtime.data_files import data_folder

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on one line.")]
Seed = Annotated[int, typer.Option(help="The same seed makes the same events.")]
RunFolder = Annotated[Path, typer.Option(help="Folder for the files of this run; it is emptied first.")]
PostgresUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", help="An empty PostgreSQL database; by default a temporary server is started."),
]
Leave = Annotated[bool, typer.Option("--exit", help="End when every decision has been delivered.")]
ScriptId = Annotated[str, typer.Argument(help="The script's id.")]
ScriptIds = Annotated[list[str] | None, typer.Argument(help="Ids of scripts; by default all scripts.")]
ScriptFolder = Annotated[
    Path | None,
    typer.Option("--folder", exists=True, file_okay=False, help="Folder of the scripts, if not scripts_ivr."),
]


def mapping_file(given: Path | None) -> Path | None:
    """Return the file, or the shipped mapping of this name. Raises BadParameter when it is neither."""
    if given is None or given.is_file():
        return given
    shipped = {path.stem: path for path in (data_folder("config") / "feeds").glob("*.toml")}
    if str(given) not in shipped:
        names = ", ".join(sorted(shipped))
        raise typer.BadParameter(f"{given} is not a file, and not one of the shipped mappings: {names}")
    return shipped[str(given)]


Mapping = Annotated[
    Path | None,
    typer.Option(callback=mapping_file, help="TOML file that maps its columns, or the name of a shipped one."),
]
