"""The words of every script version that was ever in force, kept for good: the table refuses UPDATE and DELETE."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.append_only import append_only_triggers, drop_append_only_triggers
from wakeup.storage.types import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLE = "script_versions"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("script_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("content_hash"),
    )
    for statement in append_only_triggers(op.get_bind().dialect.name, TABLE):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_append_only_triggers(op.get_bind().dialect.name, TABLE):
        op.execute(statement)
    op.drop_table(TABLE)
