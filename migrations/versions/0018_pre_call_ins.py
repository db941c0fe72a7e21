"""Calls to us that the bank's app has announced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.types import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_ins",
        sa.Column("number_index", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("call_sid", sa.Text(), nullable=True),
        sa.Column("answered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number_index", "case_id"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("call_ins")
