"""What finds that which no case's end would ever delete."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import create_index

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

INDEXES = {
    "guardians_by_time": ("guardians", "enrolled_at"),
    "call_ins_by_time": ("call_ins", "until"),
    "early_news_by_time": ("early_news", "received_at"),
}
PARTIAL = {
    "guardians_to_empty": ("guardians", "customer_id", "state = 'removed' AND number_index <> ''"),
    "replies_of_strangers": ("replies", "received_at", "customer_id IS NULL"),
}


def upgrade() -> None:
    for name, (table, column) in INDEXES.items():
        create_index(name, table, [column])
    for name, (table, column, condition) in PARTIAL.items():
        create_index(name, table, [column], sa.text(condition))


def downgrade() -> None:
    for name, (table, *_) in (PARTIAL | INDEXES).items():
        op.drop_index(name, table)
