"""Attempts that are not due yet stand apart, so that no claim walks over them: their class of worth is below zero."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ONLY = sa.text("state = 'planned' AND worth < 0")


def upgrade() -> None:
    op.create_index("attempts_unripe", "attempts", ["due_at"], sqlite_where=ONLY, postgresql_where=ONLY)


def downgrade() -> None:
    op.drop_index("attempts_unripe", "attempts")
    op.execute("UPDATE attempts SET worth = -1 - worth WHERE worth < 0")
