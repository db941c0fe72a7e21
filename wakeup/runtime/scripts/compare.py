"""Compare two versions of scripts, graph and prompts, as a diff for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import Any

import yaml

from wakeup.ivr.script import Finding, ScriptError
from wakeup.runtime.scripts.files import Sources, read_sources
from wakeup.runtime.scripts.ledger import RULE, read_ledger
from wakeup.runtime.scripts.library import Kept

AROUND = 2
"""Lines of context around a change."""
_WIDE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a script, under the name it was requested by."""

    name: str
    content: str


def version_of(folder: Path, name: str, kept: Kept | None) -> Version:
    """Return a version. `id` is the script in the folder; `id@version` the published version, or the draft of that
    version.

    Raises ScriptError when it is nowhere, StoreDownError when only the database could have it and cannot be read.
    """
    script_id, _, version = name.partition("@")
    here = _in_folder(folder / script_id)
    entry = read_ledger(folder).find(script_id, version) if version else None
    if here is not None and here.script is not None:
        same = entry.content_hash == here.script.content_hash if entry else version in {"", here.script.version}
        if same:
            return Version(name=name, content=here.content)
    if entry is None:
        raise ScriptError([_missing(name, "is not in the folder, and was never published")])
    content = {} if kept is None else kept([entry.content_hash])
    if entry.content_hash not in content:
        why = (
            "differs from the folder, and no database with this version was found: run this with the settings of the "
            "service, whose database has every version that was ever in force"
        )
        raise ScriptError([_missing(name, why)])
    return Version(name=name, content=content[entry.content_hash])


def differences(before: Version, after: Version) -> Iterator[str]:
    """Yield a unified diff of the script, then of the prompts of each language. Empty if they are equal."""
    old, new = _parts(before.content), _parts(after.content)
    for part in dict.fromkeys((*old, *new)):
        yield from unified_diff(
            _lines(old.get(part, {})),
            _lines(new.get(part, {})),
            f"{before.name} {part}",
            f"{after.name} {part}",
            n=AROUND,
            lineterm="",
        )


def _in_folder(folder: Path) -> Sources | None:
    return read_sources(folder) if (folder / "script.yaml").is_file() else None


def _parts(content: str) -> dict[str, Mapping[str, Any]]:
    data: dict[str, Any] = json.loads(content)
    return {"script": data["script"], **{f"words {name}": texts for name, texts in sorted(data["prompts"].items())}}


def _lines(data: Mapping[str, Any]) -> list[str]:
    text = yaml.safe_dump(dict(data), allow_unicode=True, sort_keys=False, width=_WIDE, default_flow_style=False)
    return [] if not data else text.splitlines()


def _missing(name: str, why: str) -> Finding:
    return Finding(rule=RULE, path=name, why=why)
