"""The library of scripts of a service: the versions that the ledger puts into force, or every fault of the files."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from pathlib import Path

from wakeup.domain.errors import StoreDownError
from wakeup.ivr.library import Library, Published, hash_of, pack, unpack
from wakeup.ivr.parse import read_script
from wakeup.ivr.script import Finding, Script, ScriptError
from wakeup.runtime.scripts.files import Sources, read_sources, script_folders
from wakeup.runtime.scripts.ledger import LEDGER, RULE, Entry, Ledger
from wakeup.runtime.scripts.words import JinjaPrompts

GENERIC = "generic"
"""The script for typologies without one of their own."""
GUARDIAN_CALL = "guardian_call"
"""The script for guardians."""
MAX_READ_BACK = 32
_MEND = "restore the files of that version, or publish another"
Kept = Callable[[Collection[str]], Mapping[str, str]]
"""Returns the stored contents among these hashes, by hash. Raises StoreDownError."""


def load_library(folder: Path, ledger: Ledger | None = None, kept: Kept | None = None) -> Library:
    """Load every script in the sub-folders of `folder`; with a ledger, only the versions it puts into force.

    A version in force that is not in the folder is read through `kept`; without `kept` it is not checked. Raises
    ScriptError with all faults of all files.
    """
    here: list[Published] = []
    found: dict[str, list[Finding]] = {}
    for path in script_folders(folder):
        sources = read_sources(path)
        faults = [_named(path.name, finding) for finding in sources.findings if finding.error]
        if not faults and sources.script is not None:
            # Built from the very text that is stored, so that a version read from the database later is no different.
            here.append(read_back(sources.content))
            faults += [] if ledger is None else _unpublished(sources, sources.script, ledger)
        found[path.name] = faults
    if ledger is not None:
        here, missing = _in_force(here, ledger, kept)
        # A script with faulty files is reported once, for its files.
        found |= {script_id: [fault] for script_id, fault in missing.items() if not found.get(script_id)}
    elif not found:
        found[""] = [Finding(rule="form", path=folder.name, why="contains no script")]
    if any(found.values()):
        raise ScriptError(fault for faults in found.values() for fault in faults)
    return Library(here)


def read_back(content: str) -> Published:
    """Return a version from its stored text. Raises ScriptError when this program cannot read it any more."""
    return _read_back(pack(content))


@lru_cache(maxsize=MAX_READ_BACK)
def _read_back(packed: bytes) -> Published:
    try:
        content = unpack(packed)
        data = json.loads(content)
        script = read_script(data["script"]).pinned(hash_of(content))
        prompts = JinjaPrompts(script.id, data["prompts"])
    except (ValueError, KeyError, TypeError) as error:
        raise ScriptError([Finding(rule="form", path="script", why=f"cannot be read back: {error!r}")]) from None
    return Published(script=script, prompts=prompts, packed=packed)


def _unpublished(sources: Sources, script: Script, ledger: Ledger) -> Iterable[Finding]:
    """Yield a finding unless the script in the folder is a draft, which is never spoken, or is in the ledger word
    for word."""
    if script.status == "draft":
        return
    file, line = sources.lines.get("version", (f"{sources.folder.name}/script.yaml", 1))
    known = ledger.find(script.id, script.version)
    if known is None:
        why = f"version {script.version} is not published; publish it, or make it a draft"
        yield Finding(rule=RULE, path=f"{file}:{line}", why=why)
    elif known.content_hash != script.content_hash:
        why = (
            f"version {script.version} or one of its shared parts was changed after publication; "
            f"give it version {ledger.next_version(script.id)} and publish it"
        )
        yield Finding(rule=RULE, path=f"{file}:{line}", why=why)


def _in_force(
    here: Iterable[Published], ledger: Ledger, kept: Kept | None
) -> tuple[list[Published], dict[str, Finding]]:
    """Return the versions in force, and their faults by script."""
    by_hash = {published.script.content_hash: published for published in here}
    current = ledger.current()
    absent = {script_id: entry for script_id, entry in current.items() if entry.content_hash not in by_hash}
    contents, away = _ask(kept, [entry.content_hash for entry in absent.values()])
    found: dict[str, Published] = {}
    faults: dict[str, Finding] = {}
    for script_id, entry in current.items():
        published = by_hash.get(entry.content_hash) or _kept(entry, contents)
        if published is None and kept is not None:
            faults[script_id] = _fault(entry, f"is in force, but {away or _lost(entry, contents)}; {_MEND}")
        elif published is not None and (published.script.id, published.script.version) != (script_id, entry.version):
            faults[script_id] = _fault(entry, "does not match its hash")
        elif published is not None:
            found[script_id] = published
    carried = [published for published in found.values() if published.script.status != "retired"]
    if GENERIC not in {published.script.id for published in carried} and (kept is not None or GENERIC not in absent):
        why = "is not in force, but is needed for typologies without their own script; publish it"
        faults.setdefault(GENERIC, Finding(rule=RULE, path=f"{GENERIC}/script.yaml:1", why=why))
    return carried, faults


def _ask(kept: Kept | None, hashes: Collection[str]) -> tuple[Mapping[str, str], str]:
    """Return the stored contents of these hashes, and the reason if the database cannot be read."""
    if kept is None or not hashes:
        return {}, ""
    try:
        return kept(hashes), ""
    except StoreDownError as down:
        return {}, f"its content is not in the folder, and the database is not available ({down})"


def _kept(entry: Entry, contents: Mapping[str, str]) -> Published | None:
    content = contents.get(entry.content_hash, "")
    if hash_of(content) != entry.content_hash:
        return None
    try:
        return read_back(content)
    except ScriptError:
        return None


def _lost(entry: Entry, contents: Mapping[str, str]) -> str:
    if entry.content_hash in contents:
        return "its content is not in the folder, and the copy in the database cannot be used"
    return "its content is neither in the folder nor in the database"


def _fault(entry: Entry, why: str) -> Finding:
    return Finding(rule=RULE, path=f"{LEDGER}:{entry.line}", why=f"{entry.id} version {entry.version} {why}")


def _named(script: str, finding: Finding) -> Finding:
    return Finding(rule=finding.rule, path=f"{script}/{finding.path}", why=finding.why, mend=finding.mend)
