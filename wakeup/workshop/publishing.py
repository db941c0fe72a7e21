"""Put a version of a script into force, or go back to an earlier one. Both need two people.

Whether a script is good enough is decided by a gate that the caller passes. Nothing is written unless everything
may be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from wakeup.ivr.script import Finding, Script, ScriptError
from wakeup.runtime.scripts.files import Sources, read_sources, script_folders
from wakeup.runtime.scripts.ledger import RULE, Entry, Ledger, append, doubts, read_ledger, unsigned

Gate = Callable[[Path, Sequence[str]], Iterable[Finding]]
"""Yields the reasons not to publish these scripts of a library. The `path` of a finding is a file and a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """Who publishes, who agreed, why, and when."""

    by: str
    approved_by: str
    why: str
    at: datetime

    def entry(self, script_id: str, version: str, content_hash: str) -> Entry:
        return Entry(
            id=script_id,
            version=version,
            content_hash=content_hash,
            by=self.by.strip(),
            approved_by=self.approved_by.strip(),
            why=" ".join(self.why.split()),
            at=f"{self.at:%Y-%m-%d}",
        )


@dataclass(slots=True)
class Publication:
    """What was written, and notes on scripts for which there was nothing to write."""

    entries: list[Entry] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def publish(folder: Path, ids: Sequence[str] | None, signed: Signed, gate: Gate) -> Publication:
    """Publish these scripts, or, if None, every one that is neither published nor a draft. All of them or none.

    Raises ScriptError with the faults of all of them.
    """
    ledger = read_ledger(folder)
    faults = [*_unsigned(signed)]
    done = Publication()
    for path in _folders(folder, ids):
        sources = read_sources(path)
        faults += _unreadable(sources)
        if sources.script is None:
            continue
        idle = _nothing_to_do(sources.script, ledger, asked_for=ids is not None)
        if idle is not None:
            done.left.append(idle)
            continue
        faults += _not_now(sources, sources.script, ledger)
        done.entries.append(signed.entry(sources.script.id, sources.script.version, sources.script.content_hash))
    if not faults and done.entries:
        faults += gate(folder, [entry.id for entry in done.entries])
    if faults:
        raise ScriptError(faults)
    _write(folder, ledger, done.entries)
    return done


def rollback(folder: Path, script_id: str, version: str, signed: Signed) -> Entry:
    """Put an earlier version into force again. Raises ScriptError."""
    ledger = read_ledger(folder)
    faults = [*_unsigned(signed)]
    known = ledger.find(script_id, version)
    if known is None:
        there = ", ".join(dict.fromkeys(entry.version for entry in ledger.of(script_id))) or "none"
        why = f"version {version} was never published; published versions: {there}"
        raise ScriptError([*faults, Finding(rule=RULE, path=script_id, why=why)])
    if ledger.current()[script_id].version == version:
        faults.append(Finding(rule=RULE, path=script_id, why=f"version {version} is in force already"))
    if faults:
        raise ScriptError(faults)
    entry = signed.entry(script_id, version, known.content_hash)
    _write(folder, ledger, [entry])
    return entry


def _folders(folder: Path, ids: Sequence[str] | None) -> list[Path]:
    every = script_folders(folder)
    if ids is None:
        return every
    known = {path.name: path for path in every}
    strangers = [
        Finding(rule=RULE, path=name, why="is not a script of this folder") for name in ids if name not in known
    ]
    if strangers:
        raise ScriptError(strangers)
    return [known[name] for name in dict.fromkeys(ids)]


def _unsigned(signed: Signed) -> Iterator[Finding]:
    for why in unsigned(signed.by, signed.approved_by, signed.why):
        yield Finding(rule=RULE, path="publishing", why=why)


def _unreadable(sources: Sources) -> list[Finding]:
    return [_at(sources, finding) for finding in sources.findings if finding.error]


def _nothing_to_do(script: Script, ledger: Ledger, *, asked_for: bool) -> str | None:
    """Return why there is nothing to publish; None if there is, or if the reason is a fault."""
    current = ledger.current().get(script.id)
    if current is not None and current.content_hash == script.content_hash:
        return f"{script.id} version {script.version} is in force already"
    if asked_for:
        return None
    if script.status == "draft":
        return f"{script.id} version {script.version} is a draft"
    known = ledger.find(script.id, script.version)
    if current is not None and known is not None and known.content_hash == script.content_hash:
        return f"{script.id} version {script.version} was rolled back; version {current.version} is in force"
    return None


def _not_now(sources: Sources, script: Script, ledger: Ledger) -> Iterator[Finding]:
    known = ledger.find(script.id, script.version)
    if known is not None and known.content_hash == script.content_hash:
        current = ledger.current()[script.id].version
        why = f"was published before version {current}; return to it with `wakeup scripts rollback`"
        yield _at(sources, Finding(rule=RULE, path="version", why=why))
    elif known is not None:
        why = f"was published with other content; give it version {ledger.next_version(script.id)}"
        yield _at(sources, Finding(rule=RULE, path="version", why=why))
    if script.status == "draft":
        yield _at(sources, Finding(rule=RULE, path="status", why="is a draft; drafts are not published"))


def _at(sources: Sources, finding: Finding) -> Finding:
    """Return the finding as a compiler prints it, with file and line first."""
    file, line = sources.place(finding)
    return Finding(rule=finding.rule, path=f"{file}:{line}", why=str(finding), mend=finding.mend)


def _write(folder: Path, ledger: Ledger, entries: Sequence[Entry]) -> None:
    for entry in entries:
        for why in doubts(entry, ledger):
            raise ScriptError([Finding(rule=RULE, path=entry.id, why=why)])
    if entries:
        append(folder, entries)
