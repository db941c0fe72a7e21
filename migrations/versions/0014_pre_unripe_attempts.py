"""Attempts that are not due yet stand apart, so that no claim walks over them: their class of worth is below zero."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import create_index

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ONLY = sa.text("state = 'planned' AND worth < 0")


def upgrade() -> None:
    create_index("attempts_unripe", "attempts", ["due_at"], ONLY)


def downgrade() -> None:
    op.drop_index("attempts_unripe", "attempts")
    op.execute("UPDATE attempts SET worth = -1 - worth WHERE worth < 0")
