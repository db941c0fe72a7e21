"""The administration log, and where it and the anchors end."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from wakeup.storage.tables.columns import NO_ROWID, Row, when


class AdminLogRow(Row, table=True):
    """Append-only: triggers refuse UPDATE and DELETE."""

    __tablename__ = "admin_log"
    __table_args__ = NO_ROWID
    n: int = Field(primary_key=True)
    at: datetime = when()
    kind: str
    by: str
    data: str = Field(sa_type=Text)
    mac: str


class AnchorEndRow(Row, table=True):
    """The newest anchor of each node that writes anchors, so that a file that lost its end, or was begun again, is
    noticed."""

    __tablename__ = "anchor_ends"
    __table_args__ = NO_ROWID
    node: str = Field(primary_key=True)
    n: int
    digest: str


class AdminHeadRow(Row, table=True):
    """One row, locked by each writer of the log: the length of its chain, and the MAC at its end."""

    __tablename__ = "admin_head"
    __table_args__ = NO_ROWID
    id: int = Field(primary_key=True)
    n: int
    mac: str
