"""`wakeup scripts test`: compare scripts with their transcripts, and check that a story takes every exit."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from wakeup.cli.commands.shared import console, fail, say_json
from wakeup.cli.options import Json, ScriptFolder, ScriptIds
from wakeup.domain.errors import ConfigError
from wakeup.runtime.data_files import data_folder

if TYPE_CHECKING:
    from wakeup.workshop.stories.report import Different, Report

MAX_LINES = 40
"""Longest difference shown: a changed shared word need not be read in every script."""
MAX_PLACES = 3


def check(
    ids: ScriptIds = None,
    *,
    folder: ScriptFolder = None,
    update: Annotated[bool, typer.Option(help="Rewrite the transcripts; review the changes.")] = False,
    as_json: Json = False,
) -> None:
    """Play the stories of scripts, compare them with their transcripts, and list the exits that no story takes."""
    from wakeup.workshop.stories.run import run

    try:
        report = run(folder or data_folder("scripts_ivr"), ids or [], update=update, workers=os.cpu_count() or 1)
    except ConfigError as wrong:
        fail(*wrong.faults)
    if as_json:
        say_json(as_data(report))
    else:
        _say(report)
    raise SystemExit(0 if report.clean else 1)


def as_data(report: Report) -> dict[str, object]:
    """Return the report as `--json` prints it."""
    return {
        "scripts": report.scripts,
        "stories": len(report.stories),
        "played": report.played,
        "different": [one.file for one in report.different],
        "exits": report.exits,
        "taken": report.exits - len(report.untaken),
        "untaken": [str(one) for one in report.untaken],
        "faults": [str(fault) for fault in report.faults],
    }


def _say(report: Report) -> None:
    for (file, line, why), where in _alike((one.file, one.line, one.why, one.where) for one in report.faults).items():
        _print(f"{file}:{line}: {why}{_in(where)}", "red")
    for different in report.different:
        _show(different)
    if report.different:
        _print("review the changes; if they are intended, write them with --update", "yellow")
    untaken = _alike((one.file, one.line, one.exit, f"{one.script} {one.language}") for one in report.untaken)
    for (file, line, exit_name), where in untaken.items():
        _print(f"{file}:{line}: {exit_name}: not covered by any story{_in(where)}", "red")
    taken = report.exits - len(report.untaken)
    share = f"{taken / report.exits:.2%}" if report.exits else "none"
    _print(f"{report.scripts} scripts, {len(report.stories)} stories, played {report.played} times", "")
    _print(f"{taken} of {report.exits} exits taken ({share}), {len(report.different)} transcripts differ", "")


def _show(different: Different) -> None:
    _print(f"{different.file}: differs from what is heard now", "red")
    for line in different.diff[:MAX_LINES]:
        style = {"-": "red", "+": "green"}.get(line[:1], "")
        _print(f"  {line}", style)
    if len(different.diff) > MAX_LINES:
        _print(f"  … and {len(different.diff) - MAX_LINES} more lines", "")


def _alike(found: Iterable[tuple[str, int, str, str]]) -> dict[tuple[str, int, str], list[str]]:
    """Group equal findings, so that each is printed once, however many scripts share it."""
    alike: dict[tuple[str, int, str], list[str]] = {}
    for file, line, what, where in found:
        alike.setdefault((file, line, what), []).append(where)
    return alike


def _in(where: Sequence[str]) -> str:
    named = [one for one in where if one]
    more = f" and {len(named) - MAX_PLACES} more" if len(named) > MAX_PLACES else ""
    return f" ({', '.join(named[:MAX_PLACES])}{more})" if named else ""


def _print(line: str, style: str) -> None:
    console.print(line, style=style or None, soft_wrap=True, markup=False)
