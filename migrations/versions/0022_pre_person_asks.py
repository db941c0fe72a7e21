"""Calls to us that asked for a person, for as long as they count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.types import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "person_asks",
        sa.Column("call_sid", sa.Text(), nullable=False),
        sa.Column("number_index", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("call_sid"),
        sqlite_with_rowid=False,
    )
    op.create_index("person_asks_by_time", "person_asks", ["at"])


def downgrade() -> None:
    op.drop_table("person_asks")
