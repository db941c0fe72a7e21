"""Read the files of one script and its subscripts, and the line on which each thing is defined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wakeup.ivr.checks import check_graph, check_prompts, check_scoring, said_in
from wakeup.ivr.library import content_of, hash_of
from wakeup.ivr.parse import read_script
from wakeup.ivr.script import Finding, Script, ScriptError
from wakeup.ivr.subscripts import check_subscript, join, join_words, subscripts_of
from wakeup.runtime.scripts.recordings import check_recordings, recordings_beside, served_as
from wakeup.runtime.scripts.strict_yaml import StrictYamlError, load_with_lines
from wakeup.runtime.scripts.words import check_words

SHARED = "shared"
_PROMPTS = "prompts."
Lines = dict[str, tuple[str, int]]
"""Path such as `nodes.q1.to` to file, relative to the library, and line."""


@dataclass(slots=True, kw_only=True)
class Sources:
    """One script as read from its files, whether or not it can be used."""

    folder: Path
    data: dict[str, Any] = field(default_factory=dict)
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    """Language to prompt to text, including those of subscripts."""
    recordings: dict[str, dict[str, Path]] = field(default_factory=dict)
    """Language to prompt to sound file."""
    script: Script | None = None
    content: str = ""
    """The text that is stored and hashed, once the script can be read."""
    findings: list[Finding] = field(default_factory=list)
    lines: Lines = field(default_factory=dict)

    def place(self, finding: Finding) -> tuple[str, int]:
        """Return file and line of a finding: of the thing itself, or of the nearest thing that contains it."""
        path = finding.path
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path.rpartition(".")[0] if not path.endswith("]") else path.rpartition("[")[0]
        return f"{self.folder.name}/script.yaml", 1


def script_folders(library: Path) -> list[Path]:
    """Return the folders of all scripts. The shared parts are in a folder beside them."""
    return sorted(path.parent for path in library.glob("*/script.yaml") if path.parent.name != SHARED)


@dataclass(slots=True)
class _Brought:
    """What the subscripts contribute apart from nodes."""

    words: dict[str, dict[str, str]] = field(default_factory=dict)
    recordings: dict[str, dict[str, Path]] = field(default_factory=dict)


def read_sources(folder: Path) -> Sources:
    """Read a script, run all checks of a service's start, and collect all findings."""
    sources = Sources(folder=folder)
    brought = _Brought()
    own_words = _read_form(sources, brought)
    if sources.findings:
        return sources
    try:
        script = read_script(sources.data)
    except ScriptError as error:
        sources.findings += error.findings
        return sources
    said = said_in(script)
    for language in {*own_words, *script.languages.supported}:
        sources.words[language] = join_words(own_words.get(language, {}), brought.words.get(language, {}), said)
    sources.recordings = _recorded(brought.recordings, recordings_beside(folder), said)
    sources.findings += [*check_graph(script), *check_scoring(script), *check_prompts(script, sources.words)]
    sources.findings += check_words(script, sources.words)
    sources.findings += check_recordings(sources.recordings, sources.words)
    if script.id != folder.name:
        sources.findings.append(Finding(rule="form", path="id", why="must be the name of the folder"))
    sources.script = _pinned(sources, script)
    return sources


def _read_form(sources: Sources, brought: _Brought) -> dict[str, dict[str, str]]:
    """Read the script with its subscripts as plain data into `sources`; return its own prompts."""
    own = _read(sources, sources.folder / "script.yaml", "")
    own_words = _read_words(sources, sources.folder)
    own_lines = dict(sources.lines)
    if isinstance(own, Mapping):
        if "recordings" in own:
            why = "must not be set; put sound files into audio.<language>/"
            sources.findings.append(Finding(rule="recording", path="recordings", why=why))
        sources.data = _with_subscripts(sources, own, brought)
    elif not sources.findings:
        sources.findings.append(Finding(rule="form", path="script", why="must be a mapping"))
    # What the script itself defines has its place in the script's own file.
    sources.lines |= own_lines
    return own_words


def _pinned(sources: Sources, script: Script) -> Script:
    if sources.recordings:
        names = {
            language: {prompt: served_as(file) for prompt, file in files.items()}
            for language, files in sources.recordings.items()
        }
        sources.data["recordings"] = names
        script = script.model_copy(update={"recordings": names})
    sources.content = content_of(sources.data, sources.words)
    return script.pinned(hash_of(sources.content))


def _recorded(
    brought: Mapping[str, Mapping[str, Path]], own: Mapping[str, Mapping[str, Path]], said: frozenset[str]
) -> dict[str, dict[str, Path]]:
    """Return all recordings of the script: its own, and those of subscripts that are used and not replaced by its
    own."""
    joined: dict[str, dict[str, Path]] = {}
    for language in sorted({*brought, *own}):
        theirs = {prompt: file for prompt, file in brought.get(language, {}).items() if prompt in said}
        if files := {**theirs, **own.get(language, {})}:
            joined[language] = files
    return joined


def _with_subscripts(sources: Sources, own: Mapping[str, Any], brought: _Brought) -> dict[str, Any]:
    found = {}
    for name, version in subscripts_of(own).items():
        folder = sources.folder.parent / SHARED / name
        file = folder / "subscript.yaml"
        subscript = _read(sources, file, "") if file.is_file() else None
        faults = list(check_subscript(name, version, subscript if isinstance(subscript, Mapping) else None))
        sources.findings += faults
        if faults or not isinstance(subscript, Mapping):
            continue
        found[name] = subscript
        for language, texts in _read_words(sources, folder).items():
            brought.words.setdefault(language, {}).update(texts)
        for language, files in recordings_beside(folder).items():
            brought.recordings.setdefault(language, {}).update(files)
    joined, findings = join(own, found)
    sources.findings += findings
    return joined


def _read_words(sources: Sources, folder: Path) -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob(f"{_PROMPTS}*.yaml")):
        language = path.name.removeprefix(_PROMPTS).removesuffix(".yaml")
        data = _read(sources, path, f"prompts.{language}.")
        words[language] = {}
        if isinstance(data, dict) and all(isinstance(text, str) for text in data.values()):
            words[language] = data
        elif data is not None:
            why = "must be a mapping of prompt ids to texts"
            sources.findings.append(Finding(rule="form", path=path.name, why=why))
    return words


def _read(sources: Sources, path: Path, prefix: str) -> Any:
    """Return the content of a file and note its lines. A file that cannot be read becomes a finding."""
    shown = str(path.relative_to(sources.folder.parent))
    try:
        data, lines = load_with_lines(path)
    except StrictYamlError as error:
        sources.findings.append(Finding(rule="yaml", path=path.name, why=str(error)))
        sources.lines[path.name] = (shown, error.line)
        return None
    sources.lines |= {f"{prefix}{where}": (shown, line) for where, line in lines.items()}
    return data
