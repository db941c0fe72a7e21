"""`wakeup config show|check|keys`: show and check settings, and make keys."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from wakeup.cli.commands.shared import console, environment, note, say_json, settings_or_exit
from wakeup.cli.options import Json
from wakeup.domain.errors import ConfigError
from wakeup.runtime.data_files import data_folder
from wakeup.runtime.open_files import why_too_few

if TYPE_CHECKING:
    from wakeup.runtime.settings.settings import Settings

app = typer.Typer(no_args_is_help=True)


@app.command("show")
def show(*, as_json: Json = False) -> None:
    """Show the settings in force, with secrets masked."""
    from wakeup.runtime.settings.report import effective

    rows = effective(settings_or_exit())
    if as_json:
        say_json({name: {"value": value, "from": origin} for name, value, origin in rows})
        return
    table = Table("setting", "value", "from")
    for row in rows:
        table.add_row(*row)
    console.print(table)


@app.command("check")
def check(*, as_json: Json = False) -> None:
    """Check settings, policy, roster, texts of SMS and calls, scripts and database as the service does at its start."""
    faults = all_faults()
    to_do = [] if faults else _to_do(settings_or_exit().database_url.get_secret_value())
    few = why_too_few()
    to_do += [] if few is None else [few]
    if as_json:
        say_json({"faults": faults, "to_do": to_do})
        raise SystemExit(2 if faults else 0)
    for fault in faults:
        note(fault, style="red")
    if not faults:
        console.print("settings, policy, roster, texts, scripts and database are valid")
    for line in to_do:
        console.print(line, soft_wrap=True, markup=False)
    raise SystemExit(2 if faults else 0)


def _to_do(database_url: str) -> list[str]:
    """Return what is still to be done before a start. No fault: the check comes before the migration."""
    from wakeup.storage.engine import file_of
    from wakeup.storage.revision import revision_fault

    file = file_of(database_url)
    if file is not None and not file.exists():
        return [f"{file} does not exist yet; `wakeup migrate` creates it"]
    behind = revision_fault(database_url, lambda: data_folder("migrations"))
    return [] if behind is None else [behind]


def all_faults() -> list[str]:
    """Return the faults of settings, policy, roster, SMS templates, fixed sentences, scripts and database."""
    from wakeup.ivr.script import ScriptError
    from wakeup.runtime.policy.file import load_policy
    from wakeup.runtime.policy.roster import load_roster
    from wakeup.runtime.scripts.published import scripts_in_force
    from wakeup.runtime.settings.settings import load_settings
    from wakeup.runtime.words.announcements import load_announcements
    from wakeup.runtime.words.sms_templates import load_sms_templates

    faults: list[str] = []
    ours, given = data_folder("config"), environment()
    # A fault in other settings must not hide the faults of the files that are named.
    policy = Path(given.get("WAKEUP_POLICY__FILE") or ours / "policy.toml")
    roster = Path(given.get("WAKEUP_PEOPLE__ROSTER") or ours / "roster.toml")
    settings = None
    try:
        settings = load_settings(given)
        policy, roster = Path(settings.policy.file or policy), Path(settings.people.roster or roster)
        faults += why_no_anchors(settings.audit.anchors_file)
    except ConfigError as wrong:
        faults += wrong.faults
    loads: list[Callable[[], object]] = [
        partial(load_policy, policy),
        partial(load_roster, roster),
        partial(load_sms_templates, ours / "messages", {}),
        partial(load_announcements, ours / "people"),
    ]
    for load in loads:
        try:
            load()
        except ConfigError as wrong:
            faults += wrong.faults
    try:
        database_url = None if settings is None else settings.database_url.get_secret_value()
        scripts_in_force(data_folder("scripts_ivr"), database_url)
    except ScriptError as wrong:
        faults += wrong.faults
    refused = None if settings is None else _why_refused(settings)
    return faults if refused is None else [*faults, refused]


def _why_refused(settings: Settings) -> str | None:
    from wakeup.runtime.audit_verify import why_older_copy
    from wakeup.storage.demo_mark import why_not_served
    from wakeup.storage.revision import why_made_anew
    from wakeup.storage.writable import why_not_writable

    database_url = settings.database_url.get_secret_value()
    return (
        why_not_served(database_url)
        or why_made_anew(database_url)
        or why_older_copy(settings)
        or why_not_writable(database_url)
    )


def why_no_anchors(file: Path) -> list[str]:
    """Return a line if no anchor could be written into the file. Creates nothing. A node starts all the same, because
    calls matter more than anchors."""
    from wakeup.storage.writable import why_no_file

    why = why_no_file(file)
    return [] if why is None else [f"WAKEUP_AUDIT__ANCHORS_FILE: {file.absolute()}: cannot be written: {why}"]


@app.command("keys")
def keys() -> None:
    """Print new keys, as lines for an environment file."""
    from wakeup.runtime.settings.clients import new_secrets
    from wakeup.runtime.settings.settings import new_keys

    # Secrets to share with the bank, too. They are stored nowhere.
    for name, value in (new_keys(os.urandom) | new_secrets(os.urandom)).items():
        sys.stdout.write(f"{name}={value}\n")
