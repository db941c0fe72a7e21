"""The library of scripts as the service carries it: every script of a folder, or every fault of them."""

from __future__ import annotations

from pathlib import Path

from wakeup.ivr.library import Library, Published
from wakeup.ivr.script import Finding, ScriptError
from wakeup.runtime.scripts.files import read_sources, script_folders
from wakeup.runtime.scripts.words import JinjaPrompts


def load_library(folder: Path) -> Library:
    """Every script in the sub-folders of `folder`. Raises ScriptError with all faults of all files."""
    found: list[Finding] = []
    entries = []
    for path in script_folders(folder):
        sources = read_sources(path)
        faults = [finding for finding in sources.findings if finding.error]
        if faults or sources.script is None:
            found += [_named(path.name, finding) for finding in faults]
        else:
            prompts = JinjaPrompts(sources.script.id, sources.words)
            entries.append(Published(script=sources.script, prompts=prompts))
    if not entries and not found:
        found.append(Finding(rule="form", path=folder.name, why="holds no script"))
    if found:
        raise ScriptError(found)
    return Library(entries)


def _named(script: str, finding: Finding) -> Finding:
    return Finding(rule=finding.rule, path=f"{script}/{finding.path}", why=finding.why, mend=finding.mend)
