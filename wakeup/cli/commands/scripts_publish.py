"""`wakeup scripts publish|diff|rollback`: put versions of scripts into force, and show what changed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wakeup.cli.commands.shared import console, environment, fail, say_json
from wakeup.cli.options import Json, ScriptFolder, ScriptId
from wakeup.domain.errors import ConfigError, StoreDownError
from wakeup.runtime.clock import SystemClock
from wakeup.runtime.data_files import data_folder

if TYPE_CHECKING:
    from wakeup.runtime.scripts.ledger import Entry
    from wakeup.runtime.scripts.library import Kept

By = Annotated[str, typer.Option(help="Who publishes.")]
ApprovedBy = Annotated[str, typer.Option(help="The second person, who approved.")]
Why = Annotated[str, typer.Option(help="The reason, in one sentence.")]
STYLES = {"+": "green", "-": "red", "@": "cyan"}


def publish(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of scripts; or use --all.")] = None,
    *,
    by: By,
    approved_by: ApprovedBy,
    why: Why,
    everything: Annotated[
        bool, typer.Option("--all", help="Every script that is neither published nor a draft.")
    ] = False,
    folder: ScriptFolder = None,
    as_json: Json = False,
) -> None:
    """Put scripts into force. Lint and stories must be clean, and two people must agree."""
    from wakeup.ivr.script import ScriptError
    from wakeup.workshop import publishing
    from wakeup.workshop.publish_checks import gate

    if bool(ids) == everything:
        fail("give ids of scripts, or --all")
    signed = publishing.Signed(by=by, approved_by=approved_by, why=why, at=SystemClock().now())
    try:
        done = publishing.publish(_library(folder), None if everything else ids, signed, gate)
    except ScriptError as wrong:
        fail(*wrong.faults)
    _tell(done.entries, done.left, as_json=as_json)


def rollback(
    script: ScriptId,
    *,
    to: Annotated[str, typer.Option(help="The version to return to.")],
    by: By,
    approved_by: ApprovedBy,
    why: Why,
    folder: ScriptFolder = None,
    as_json: Json = False,
) -> None:
    """Put an earlier version into force again."""
    from wakeup.ivr.script import ScriptError
    from wakeup.workshop import publishing

    library = _library(folder)
    signed = publishing.Signed(by=by, approved_by=approved_by, why=why, at=SystemClock().now())
    try:
        entry = publishing.rollback(library, script, to, signed)
    except ScriptError as wrong:
        fail(*wrong.faults)
    _tell([entry], _warning(library, entry), as_json=as_json)


def diff(
    before: Annotated[str, typer.Argument(help="ID, or ID@VERSION.")],
    after: Annotated[
        str | None, typer.Argument(help="ID, or ID@VERSION; by default the content of the folder.")
    ] = None,
    *,
    folder: ScriptFolder = None,
) -> None:
    """Show what changed between two versions, or with one ID what changed in the folder since it was published."""
    from wakeup.ivr.script import ScriptError
    from wakeup.runtime.scripts.compare import differences, version_of
    from wakeup.runtime.scripts.ledger import read_ledger
    from wakeup.storage.unreachable import failure_reason

    kept = _database()
    script_id, named = before.partition("@")[::2]
    unpublished = False
    try:
        if after is None:
            in_force = read_ledger(_library(folder)).current().get(script_id)
            before, after = before if named or in_force is None else f"{script_id}@{in_force.version}", script_id
            unpublished = before == after
        old, new = (version_of(_library(folder), name, kept) for name in (before, after))
    except ScriptError as wrong:
        fail(*wrong.faults)
    except StoreDownError as down:
        fail(f"WAKEUP_DATABASE_URL: {failure_reason(down.reason)}", code=1)
    lines = list(differences(old, new))
    for line in lines:
        heading = line.startswith(("+++", "---"))
        console.print(line, style="bold" if heading else STYLES.get(line[:1]), markup=False, soft_wrap=True)
    if unpublished:
        console.print(f"{script_id} was never published, so there is nothing to compare it with", markup=False)
    elif not lines:
        console.print(f"{before} and {after} are identical", markup=False)


def _library(folder: Path | None) -> Path:
    return folder or data_folder("scripts_ivr")


def _tell(entries: list[Entry], left: list[str], *, as_json: bool) -> None:
    if as_json:
        in_force = [{"id": entry.id, "version": entry.version, "content_hash": entry.content_hash} for entry in entries]
        say_json({"in_force": in_force, "notes": left})
        return
    for note in left:
        console.print(note, markup=False, soft_wrap=True)
    for entry in entries:
        console.print(f"{entry.id} version {entry.version} is in force from the next start on", markup=False)


def _database() -> Kept | None:
    """Return a reader of the settings' database, or None without settings: people who write scripts often have none."""
    from wakeup.runtime.settings.settings import load_settings
    from wakeup.storage.repositories.scripts import kept_contents

    try:
        settings = load_settings(environment())
    except ConfigError:
        return None
    return partial(kept_contents, settings.database_url.get_secret_value())


def _warning(library: Path, entry: Entry) -> list[str]:
    """Return a warning if the words of a version cannot be found: then the next start fails."""
    from wakeup.ivr.script import ScriptError
    from wakeup.runtime.scripts.compare import version_of

    try:
        version_of(library, f"{entry.id}@{entry.version}", _database())
    except (ScriptError, StoreDownError):
        return ["its words were not found from here: a service whose folder and database both lack them will not start"]
    return []
