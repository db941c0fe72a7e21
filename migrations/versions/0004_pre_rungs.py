"""Ladders: when a case's next rung is due, whether its family may be told, and the rungs that were taken or skipped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import add_column, create_index
from wakeup.storage.types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INDEX, DUE = "cases_to_climb", sa.text("rung_at IS NOT NULL")


def upgrade() -> None:
    add_column("cases", sa.Column("rung_at", UtcDateTime(), nullable=True))
    add_column("cases", sa.Column("family_risk", sa.Boolean(), nullable=False, server_default=sa.false()))
    create_index(INDEX, "cases", ["rung_at"], DUE)
    op.create_table(
        "rungs",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "n"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("rungs")
    op.drop_index(INDEX, "cases")
    op.drop_column("cases", "family_risk")
    op.drop_column("cases", "rung_at")
