"""What erasing, exports and the console's pages look for is found by a key, however long the books are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import create_index

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

INDEXES = {
    "sms_by_customer": ("sms", "customer_id"),
    "call_ins_by_customer": ("call_ins", "customer_id"),
    "approvals_by_case": ("approvals", "case_id"),
    "bulk_members_by_case": ("bulk_members", "case_id"),
    "hand_overs_by_time": ("hand_overs", "asked_at"),
    "do_not_call_by_date": ("do_not_call", "since"),
    "failed_tries_by_time": ("failed_tries", "at"),
    "sso_flows_by_time": ("sso_flows", "begun_at"),
}
DEAD, KNOWN = sa.text("state = 'dead'"), sa.text("customer_id IS NOT NULL")


def upgrade() -> None:
    for name, (table, column) in INDEXES.items():
        create_index(name, table, [column])
    create_index("outbox_dead", "outbox", ["due_at"], DEAD)
    create_index("replies_by_customer", "replies", ["customer_id"], KNOWN)


def downgrade() -> None:
    op.drop_index("replies_by_customer", "replies")
    op.drop_index("outbox_dead", "outbox")
    for name, (table, _column) in INDEXES.items():
        op.drop_index(name, table)
