"""Since when somebody is to ask the bank for money of a case that was let go before the warning came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import add_column, create_index
from wakeup.storage.types import UtcDateTime

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

UNHELD = sa.text("unheld_at IS NOT NULL")


def upgrade() -> None:
    add_column("cases", sa.Column("unheld_at", UtcDateTime(), nullable=True))
    create_index("cases_unheld", "cases", ["unheld_at"], UNHELD)


def downgrade() -> None:
    op.drop_index("cases_unheld", "cases")
    op.drop_column("cases", "unheld_at")
