"""`wakeup scripts lint`: print the findings of scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from wakeup.cli.commands.shared import console, fail, say_json
from wakeup.cli.options import Json, ScriptFolder, ScriptIds
from wakeup.runtime.data_files import data_folder

if TYPE_CHECKING:
    from wakeup.workshop.lint.reading import Found

_STYLES = {"error": "red", "warning": "yellow"}


def lint(ids: ScriptIds = None, *, folder: ScriptFolder = None, as_json: Json = False) -> None:
    """List the faults of scripts with file, line, rule, reason and fix."""
    from wakeup.workshop.lint.reading import lint_library, script_ids

    library = folder or data_folder("scripts_ivr")
    known = script_ids(library)
    if not known:
        fail(f"{library} contains no script: a script is a folder with a script.yaml in it")
    unknown = [name for name in dict.fromkeys(ids or ()) if name not in known]
    if unknown:
        fail(*(f"unknown script {name!r}" for name in unknown), f"scripts: {', '.join(known)}")
    chosen = sorted(set(ids or known))
    found = lint_library(library, chosen)
    if as_json:
        say_json({"scripts": len(chosen), "findings": [_shown(one) for one in found]})
    else:
        _print(found, len(chosen))
    if any(one.level == "error" for one in found):
        raise SystemExit(1)


def _shown(one: Found) -> dict[str, str | int]:
    values = asdict(one)
    return {name: values[name] for name in ("script", "file", "line", "rule", "level", "why", "mend")}


def _print(found: Sequence[Found], scripts: int) -> None:
    for one in found:
        text = f"{one.file}:{one.line} {one.rule}: {one.why}. Fix: {one.mend}."
        console.print(f"{one.level:7}", text, style=_STYLES[one.level], soft_wrap=True, markup=False)
    errors = sum(one.level == "error" for one in found)
    warnings = len(found) - errors
    console.print(
        f"{scripts} {_many('script', scripts)}: {errors} {_many('error', errors)}, "
        f"{warnings} {_many('warning', warnings)}",
        style="red" if errors else "yellow" if warnings else "green",
        soft_wrap=True,
    )


def _many(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"
