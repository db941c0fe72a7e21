"""Checks before a script is published: no error of lint, and every story matches its transcript."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from wakeup.ivr.script import Finding
from wakeup.workshop.lint.reading import lint_library
from wakeup.workshop.stories.run import run

_UNREAD = "differs from what is heard now; `wakeup scripts test ID --update` shows the changes and writes them"


def gate(library: Path, ids: Sequence[str]) -> Iterator[Finding]:
    """Yield the reasons not to publish these scripts. Warnings of lint are not among them."""
    for found in lint_library(library, ids):
        if found.level == "error":
            yield _finding(found.rule, found.file, found.line, found.why)
    report = run(library, ids)
    for fault in report.faults:
        yield _finding("story", fault.file, fault.line, fault.why)
    for different in report.different:
        yield _finding("transcript", different.file, 1, _UNREAD)
    for untaken in report.untaken:
        yield _finding("coverage", untaken.file, untaken.line, f"{untaken}: not covered by any story")


def _finding(rule: str, file: str, line: int, why: str) -> Finding:
    return Finding(rule=rule, path=f"{file}:{line}", why=why)
