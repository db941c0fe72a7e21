"""Since when cases are settled, and legal holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.types import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retention",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=False),
        sa.Column("words_gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("retention_by_date", "retention", ["words_gone", "settled_at"])
    op.create_index("retention_by_customer", "retention", ["customer_id"])
    op.create_table(
        "legal_holds",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("legal_holds")
    op.drop_table("retention")
