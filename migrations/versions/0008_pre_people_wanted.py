"""Since when a rung or a guardian's answer wants a person, or the police, for a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.types import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = ("person_wanted_at", "police_wanted_at")


def upgrade() -> None:
    for name in COLUMNS:
        op.add_column("reviews", sa.Column(name, UtcDateTime(), nullable=True))


def downgrade() -> None:
    for name in COLUMNS:
        op.drop_column("reviews", name)
