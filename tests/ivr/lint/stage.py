"""A small library on disk that tests break: one full script, the generic one, and the shared parts."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.ivr.stage import SCRIPTS
from wakeup.workshop.lint.reading import Found, lint_library

GOOD = "romance"


def good_library(folder: Path) -> Path:
    for name in (GOOD, "generic", "shared"):
        shutil.copytree(SCRIPTS / name, folder / name, copy_function=shutil.copyfile)
    return folder


def edit(library: Path, file: str, old: str, new: str) -> None:
    """Replace the first occurrence of this text in a file."""
    path = library / file
    text = path.read_text("utf-8")
    assert old in text, f"{old!r} no longer stands in {file}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def line_of(library: Path, file: str, begins: str) -> int:
    """The number of the first line that begins with this text."""
    lines = (library / file).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if line.startswith(begins))


def lint(library: Path, *ids: str) -> list[Found]:
    return lint_library(library, ids or (GOOD,))
