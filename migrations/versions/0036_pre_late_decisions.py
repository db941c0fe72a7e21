"""When each message to the payment core should have arrived, and when people were told that it has not. What was queued
before this has no such date: nobody is told of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import add_column, create_index
from wakeup.storage.types import UtcDateTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

DUE = sa.text("state = 'due'")


def upgrade() -> None:
    for name in ("late_at", "late_said_at"):
        add_column("outbox", sa.Column(name, UtcDateTime(), nullable=True))
    create_index("outbox_late", "outbox", ["late_at"], DUE)


def downgrade() -> None:
    op.drop_index("outbox_late", "outbox")
    for name in ("late_said_at", "late_at"):
        op.drop_column("outbox", name)
