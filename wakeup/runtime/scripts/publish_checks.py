"""What stands between a script and the ledger: not one error of lint, and every story told as its transcript says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from wakeup.ivr.script import Finding
from wakeup.runtime.scripts.lint.reading import lint_library
from wakeup.runtime.scripts.stories.run import run

_UNREAD = "is not what is heard now: `wakeup scripts test ID --update` says what changed, and writes it"


def gate(library: Path, ids: Sequence[str]) -> Iterator[Finding]:
    """What speaks against these scripts. A warning of lint does not."""
    for found in lint_library(library, ids):
        if found.level == "error":
            yield _finding(found.rule, found.file, found.line, found.why)
    report = run(library, ids)
    for fault in report.faults:
        yield _finding("story", fault.file, fault.line, fault.why)
    for different in report.different:
        yield _finding("transcript", different.file, 1, _UNREAD)
    for untaken in report.untaken:
        yield _finding("coverage", untaken.file, untaken.line, f"{untaken}: no story takes it")


def _finding(rule: str, file: str, line: int, why: str) -> Finding:
    return Finding(rule=rule, path=f"{file}:{line}", why=why)
