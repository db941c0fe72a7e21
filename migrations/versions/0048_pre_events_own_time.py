"""When the bank raised a transfer, by its own clock, so that its other times are compared with that and not with ours.
Transfers stored before this, and by nodes of the previous version, have none: theirs are compared with our time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import add_column
from wakeup.storage.types import UtcDateTime

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_column("transfers", sa.Column("occurred_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("transfers", "occurred_at")
