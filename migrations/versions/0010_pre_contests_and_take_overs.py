"""Since when a person has taken the calls of a case over, and since when its customer waits for an answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.types import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = ("taken_over_at", "contested_at")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("reviews", sa.Column(name, UtcDateTime(), nullable=True))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("reviews", name)
