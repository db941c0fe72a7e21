"""Repository of script versions, by content hash. It never interprets the content."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, delete, inspect, select
from sqlalchemy.exc import DBAPIError

from wakeup.domain.errors import StoreDownError
from wakeup.storage.engine import connected
from wakeup.storage.jobs import code_of
from wakeup.storage.mapping import Mapper, insert_new
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import PausedScriptRow, ScriptVersionRow
from wakeup.usecases.repositories.scripts import KeptScript, PausedScript, ScriptVersion

_versions = Mapper(ScriptVersionRow, KeptScript)
_v = _versions.table
_KEEP = insert_new(_v, takes=_versions.takes)
_HOLDS = Prepared(select(_v.c.content_hash).where(_v.c.content_hash == bindparam("hash")))
_CONTENT = Prepared(select(_v.c.content).where(_v.c.content_hash == bindparam("hash")))
_VERSIONS = Prepared(
    select(_v.c.content_hash, _v.c.version, _v.c.kept_at)
    .where(_v.c.script_id == bindparam("script"))
    .order_by(_v.c.kept_at.desc(), _v.c.version.desc())
)
_paused = Mapper(PausedScriptRow, PausedScript)
_p = _paused.table
_PAUSED = Prepared(select(_p).order_by(_p.c.script_id))
_PAUSE = insert_new(_p, takes=_paused.takes)
_RESUME = Prepared(delete(_p).where(_p.c.script_id == bindparam("script")))


class SqlScripts:
    """Implements `usecases.repositories.scripts.Scripts`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def holds(self, content_hash: str) -> bool:
        return bool(_HOLDS.rows(self._link, {"hash": content_hash}).found)

    def keep(self, script: KeptScript) -> bool:
        return bool(_KEEP.execute(self._link, _versions.values(script)))

    def content(self, content_hash: str) -> str | None:
        found: str | None = _CONTENT.rows(self._link, {"hash": content_hash}).scalar()
        return found

    def versions(self, script_id: str) -> Sequence[ScriptVersion]:
        return [
            ScriptVersion(content_hash=content_hash, version=version, kept_at=kept_at)
            for content_hash, version, kept_at in _VERSIONS.rows(self._link, {"script": script_id}).found
        ]

    def paused(self) -> Sequence[PausedScript]:
        return _paused.all(_PAUSED.rows(self._link))

    def pause(self, paused: PausedScript) -> bool:
        return bool(_PAUSE.execute(self._link, _paused.values(paused)))

    def resume(self, script_id: str) -> bool:
        return bool(_RESUME.execute(self._link, {"script": script_id}))


def kept_contents(database_url: str, hashes: Collection[str]) -> dict[str, str]:
    """Return the contents that the database has, by hash, for use before there is a Store. Raises StoreDownError."""
    try:
        with connected(database_url, read_only=True) as connection:
            if not inspect(connection).has_table(_v.name):
                return {}
            wanted = select(_v.c.content_hash, _v.c.content).where(_v.c.content_hash.in_(hashes))
            return {row.content_hash: row.content for row in connection.execute(wanted)}
    except DBAPIError as error:
        raise StoreDownError(code_of(error)) from None
