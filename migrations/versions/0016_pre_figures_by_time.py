"""Figures over a span of time read only what is in it."""

from __future__ import annotations

from alembic import op

from wakeup.storage.online import create_index

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_index("cases_by_time", "cases", ["opened_at"])
    create_index("confirmations_by_time", "confirmations", ["asked_at"])


def downgrade() -> None:
    op.drop_index("confirmations_by_time", "confirmations")
    op.drop_index("cases_by_time", "cases")
