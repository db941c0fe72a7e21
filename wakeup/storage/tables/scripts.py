"""The content of every script version that was ever published, and the scripts that are paused."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from wakeup.storage.tables.columns import NO_ROWID, Row, when


class PausedScriptRow(Row, table=True):
    __tablename__ = "paused_scripts"
    __table_args__ = NO_ROWID
    script_id: str = Field(primary_key=True)
    paused_at: datetime = when()
    by: str


class ScriptVersionRow(Row, table=True):
    """Append-only: triggers refuse UPDATE and DELETE. With a rowid, because its rows are larger than a page."""

    __tablename__ = "script_versions"
    content_hash: str = Field(primary_key=True)
    """SHA-256 of `content`."""
    script_id: str
    version: str
    content: str = Field(sa_type=Text)
    kept_at: datetime = when()
