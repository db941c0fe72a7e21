"""Cases that were open before there were ladders get theirs: each is looked at once, and goes on from there."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A case whose ladder had ended is looked at once more, and ends again.
    op.execute("UPDATE cases SET rung_at = opened_at WHERE state = 'open' AND rung_at IS NULL")


def downgrade() -> None:
    """Nothing to undo: a date too many is only looked at."""
