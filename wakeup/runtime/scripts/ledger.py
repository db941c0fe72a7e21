"""The ledger of published scripts. Each line says who put which version into force, who agreed, and why.

Lines are never rewritten. The newest line of a script names its version in force, so a rollback is a line like any
other.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from wakeup.ivr.script import Finding, ScriptError

LEDGER = "published.jsonl"
RULE = "published"
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One version of one script, put into force."""

    id: str
    version: str
    content_hash: str
    by: str
    approved_by: str
    why: str
    at: str
    """The day, such as 2026-11-22."""
    line: int = field(default=0, compare=False)


_FIELDS = tuple(name for name in Entry.__dataclass_fields__ if name != "line")


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every line so far, oldest first."""

    entries: tuple[Entry, ...] = ()

    def current(self) -> dict[str, Entry]:
        """Return the newest entry of each script, which is in force."""
        return {entry.id: entry for entry in self.entries}

    def of(self, script_id: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.id == script_id]

    def find(self, script_id: str, version: str) -> Entry | None:
        """Return the entry in which this version was first published."""
        return next((entry for entry in self.of(script_id) if entry.version == version), None)

    def next_version(self, script_id: str) -> str:
        """Return an unpublished version: one more than the highest published number, from 1."""
        numbers = [int(entry.version) for entry in self.of(script_id) if entry.version.isdecimal()]
        return str(max(numbers, default=0) + 1)


def read_ledger(folder: Path) -> Ledger:
    """Return the ledger of a library; an empty one if nothing was ever published. Raises ScriptError."""
    path = folder / LEDGER
    if not path.exists():
        return Ledger()
    ledger = Ledger()
    faults: list[Finding] = []
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1):
        entry = _entry(line, number)
        why = "is not a line of a ledger" if entry is None else next(doubts(entry, ledger), None)
        if entry is None or why is not None:
            faults.append(Finding(rule=RULE, path=f"{LEDGER}:{number}", why=why or ""))
        else:
            ledger = Ledger((*ledger.entries, entry))
    if faults:
        raise ScriptError(faults)
    return ledger


def doubts(entry: Entry, ledger: Ledger) -> Iterator[str]:
    """Yield reasons why this entry may not follow those of the ledger."""
    yield from unsigned(entry.by, entry.approved_by, entry.why)
    known = ledger.find(entry.id, entry.version)
    if known is not None and known.content_hash != entry.content_hash:
        yield f"{entry.id} version {entry.version} was published with other content; a version never changes"


def unsigned(by: str, approved_by: str, why: str) -> Iterator[str]:
    """Yield what is missing for two people to be answerable."""
    if not _folded(by) or not _folded(approved_by):
        yield "must name the publisher and the approver"
    elif _folded(by) == _folded(approved_by):
        yield "must be approved by a second person"
    if not why.strip():
        yield "must give a reason"


def append(folder: Path, entries: Iterable[Entry]) -> None:
    """Append lines, and fsync the file."""
    path = folder / LEDGER
    text = "".join(f"{_line(entry)}\n" for entry in entries)
    with path.open("a+b") as file:
        file.seek(0)
        before = file.read()
        if before and not before.endswith(b"\n"):
            text = f"\n{text}"
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def _line(entry: Entry) -> str:
    facts = {name: value for name, value in asdict(entry).items() if name in _FIELDS}
    return json.dumps(facts, ensure_ascii=False)


def _entry(line: str, number: int) -> Entry | None:
    try:
        data: Any = json.loads(line)
    except ValueError:
        return None
    if not isinstance(data, dict) or set(data) != set(_FIELDS):
        return None
    if not all(isinstance(value, str) and value for value in data.values()) or not _HASH.fullmatch(
        data["content_hash"]
    ):
        return None
    return Entry(**data, line=number) if _is_day(data["at"]) else None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _folded(name: str) -> str:
    """Return a name without differences of spelling in case, blanks and width."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
