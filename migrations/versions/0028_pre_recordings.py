"""Recordings that the phone company keeps for us. Those made before are dated as the policy's default would have."""

from __future__ import annotations

import json
from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from wakeup.storage.types import UtcDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

KEPT = timedelta(days=90)


def upgrade() -> None:
    made = op.create_table(
        "recordings",
        sa.Column("sid", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("attempt_id", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("delete_at", UtcDateTime(), nullable=True),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("sid"),
        sqlite_with_rowid=False,
    )
    where = sa.text("delete_at IS NOT NULL")
    op.create_index("recordings_to_delete", "recordings", ["delete_at"], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_recordings_case_id", "recordings", ["case_id"])
    rows = {row["sid"]: row for row in _told()}
    if rows:
        op.bulk_insert(made, list(rows.values()))


def _told() -> list[dict[str, object]]:
    """What the timeline tells of recordings so far."""
    found = op.get_bind().execute(
        sa.text(
            "SELECT t.case_id, c.customer_id, t.at, t.data FROM timeline t JOIN cases c ON c.id = t.case_id "
            "WHERE t.kind IN ('call_recorded', 'message_recorded')"
        ).columns(sa.column("case_id"), sa.column("customer_id"), sa.column("at", UtcDateTime()), sa.column("data"))
    )
    facts = [(row.case_id, row.customer_id, row.at, json.loads(row.data)) for row in found]
    return [
        {
            "sid": data["recording"], "case_id": case_id, "customer_id": customer_id, "attempt_id": data["attempt"],
            "made_at": at, "delete_at": at + KEPT, "deleted_at": None,
        }
        for case_id, customer_id, at, data in facts
        if data.get("recording")
    ]  # fmt: skip


def downgrade() -> None:
    op.drop_table("recordings")
