"""Texts that help only while a window is open are found before notices and lessons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import create_index

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KINDS = ("ask_back", "hint", "missed_call", "number_changed", "prompt", "reminder")
_KIND = " OR ".join(f"kind = '{kind}'" for kind in KINDS)
ONLY = sa.text(f"state = 'queued' AND ({_KIND})")


def upgrade() -> None:
    create_index("sms_urgent", "sms", ["due_at"], ONLY)


def downgrade() -> None:
    op.drop_index("sms_urgent", "sms")
