"""Customers who wait on the line for one of our people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.types import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OPEN = "(state = 'joined' OR state = 'waiting')"


def upgrade() -> None:
    op.create_table(
        "hand_overs",
        sa.Column("attempt_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("skills", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("give_up_at", UtcDateTime(), nullable=False),
        sa.Column("offer", sa.Text(), nullable=True),
        sa.Column("agent", sa.Text(), nullable=True),
        sa.Column("offer_until", UtcDateTime(), nullable=True),
        sa.Column("tried", sa.Text(), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("came_back", sa.Boolean(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("attempt_id", "n"),
        sqlite_with_rowid=False,
    )
    _index("one_open_hand_over_per_call", "attempt_id", OPEN, unique=True)
    _index("one_hand_over_per_offer", "offer", "offer IS NOT NULL", unique=True)
    _index("hand_overs_to_look_after", "due_at", "due_at IS NOT NULL")
    _index("hand_overs_open", "asked_at", OPEN)
    op.create_index("ix_hand_overs_case_id", "hand_overs", ["case_id"])


def _index(name: str, column: str, only: str, *, unique: bool = False) -> None:
    where = sa.text(only)
    op.create_index(name, "hand_overs", [column], unique=unique, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_table("hand_overs")
