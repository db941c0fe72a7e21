"""Which risk model flagged a transfer, and releases in bulk by model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.types import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("transfers", sa.Column("model", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "bulk_wishes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("bulk_wishes_by_date", "bulk_wishes", ["asked_at"], unique=False)
    op.create_table(
        "bulk_members",
        sa.Column("wish_id", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("binds", sa.Text(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("left_out", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("wish_id", "transfer_id"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("bulk_members")
    op.drop_table("bulk_wishes")
    op.drop_column("transfers", "model")
