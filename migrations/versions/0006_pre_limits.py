"""The last checks before a ringing: the zones a number may be in, our numbers that rest, the regions' budgets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("parties", sa.Column("zones", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "senders",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("rested_until", UtcDateTime(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "budgets",
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("minute", UtcDateTime(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region", "minute"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("budgets")
    op.drop_table("senders")
    op.drop_column("parties", "zones")
