"""When the bank made its newest list of a customer's guardians, so that an older list that comes later is refused."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import add_column
from wakeup.storage.types import UtcDateTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_column("customers", sa.Column("guardians_listed_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("customers", "guardians_listed_at")
