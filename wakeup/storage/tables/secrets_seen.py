"""Since when each secret of the settings has been in use."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from wakeup.storage.tables.columns import NO_ROWID, Row, when


class SecretSeenRow(Row, table=True):
    """Since when a secret has been in use. The secret is represented by a keyed hash."""

    __tablename__ = "secrets_seen"
    __table_args__ = NO_ROWID
    name: str = Field(primary_key=True)
    fingerprint: str = Field(primary_key=True)
    since: datetime = when()
