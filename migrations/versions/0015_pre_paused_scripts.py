"""Scripts that are off the air, and since when each secret has been in use."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.types import UtcDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("paused_scripts", "secrets_seen")


def upgrade() -> None:
    op.create_table(
        "paused_scripts",
        sa.Column("script_id", sa.Text(), nullable=False),
        sa.Column("paused_at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("script_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "secrets_seen",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", "fingerprint"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
