"""When people are told that a hold comes to its end; None once they were, and for what was held before this."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.types import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("transfers", sa.Column("alarm_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    # Holds that only waited for their alarm wait for their end, or for cooling, as they did before.
    op.execute(
        "UPDATE transfers SET act_at = CASE WHEN allow_at < hold_max THEN allow_at ELSE hold_max END"
        " WHERE state = 'held' AND alarm_at IS NOT NULL"
    )
    op.drop_column("transfers", "alarm_at")
