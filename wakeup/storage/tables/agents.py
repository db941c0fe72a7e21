"""The bank's agents who take calls."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from wakeup.domain.agent import AgentState
from wakeup.storage.tables.columns import NO_ROWID, Row, enum, index_where, sealed, when


class AgentRow(Row, table=True):
    """The address that is rung is sealed under the account's own key."""

    __tablename__ = "agents"
    __table_args__ = (
        Index("one_agent_per_number", "number_index", unique=True),
        index_where("one_agent_per_offer", "offer", only="offer IS NOT NULL", unique=True),
        NO_ROWID,
    )
    staff_id: str = Field(primary_key=True)
    name: str
    number_index: str
    wrapped_key: bytes = sealed()
    sealed: bytes = sealed()
    pin_index: str
    languages: str
    skills: str
    state: AgentState = enum(AgentState)
    since: datetime = when()
    idle_since: datetime = when()
    missed: int
    offer: str | None = None
    case_id: str | None = None
