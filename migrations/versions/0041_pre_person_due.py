"""By when a human must have called a customer, as promised, and when staff were alarmed that it is late. Promises made before
this have no time and raise no alarm."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import add_column, create_index
from wakeup.storage.types import UtcDateTime

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

PROMISED = sa.text("person_due_at IS NOT NULL")


def upgrade() -> None:
    add_column("cases", sa.Column("person_due_at", UtcDateTime(), nullable=True))
    add_column("cases", sa.Column("person_late_at", UtcDateTime(), nullable=True))
    create_index("cases_promised", "cases", ["person_due_at"], PROMISED)


def downgrade() -> None:
    op.drop_index("cases_promised", "cases")
    op.drop_column("cases", "person_late_at")
    op.drop_column("cases", "person_due_at")
