"""How many lines are busy is read from the index of what is to be checked, without a look at the calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import widen_index

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NAME, ONLY = "attempts_to_check", sa.text("check_at IS NOT NULL")


def upgrade() -> None:
    widen_index(NAME, "attempts", ["check_at", "state"], ONLY)


def downgrade() -> None:
    op.drop_index(NAME, "attempts")
    op.create_index(NAME, "attempts", ["check_at"], sqlite_where=ONLY, postgresql_where=ONLY)
