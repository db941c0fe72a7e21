"""The page of one script: its versions, and the words of the one shown and of the one it is compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from wakeup.domain.errors import NotFoundError
from wakeup.usecases.repositories.scripts import ScriptVersion
from wakeup.usecases.unit import Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptView:
    versions: Sequence[ScriptVersion]
    """All of them, newest first."""
    shown: ScriptVersion
    other: ScriptVersion | None
    """The version that `shown` is compared with."""
    contents: Mapping[str, str] = field(repr=False)
    """The words of these two, by content hash."""


def read_script(unit: Unit, script_id: str, version: str, against: str) -> ScriptView:
    """Return the view of a script. `version` and `against` select by content hash; the default is the newest
    version, compared with the one before. Raises NotFoundError."""
    versions = unit.scripts.versions(script_id)
    if not versions:
        raise NotFoundError("no such script")
    by_hash = {one.content_hash: one for one in versions}
    shown = by_hash.get(version, versions[0])
    before = next(iter(versions[versions.index(shown) + 1 :]), None)
    other = by_hash.get(against, before)
    if other == shown:
        other = None
    contents = {one.content_hash: unit.scripts.content(one.content_hash) or "" for one in (shown, other) if one}
    return ScriptView(versions=versions, shown=shown, other=other, contents=contents)
