"""The newest anchor of each node is remembered here too: its file cannot lose its end, or begin anew, unseen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "anchor_ends",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("node"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("anchor_ends")
