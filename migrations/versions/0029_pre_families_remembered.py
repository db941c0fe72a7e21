"""That the family may be the danger is remembered with the customer; and which numbers a guardian was named with."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import add_column, create_index

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None
INDEX = "guardians_named"
GUARDIANS = sa.text("role = 'guardian'")


def upgrade() -> None:
    add_column("customers", sa.Column("family_risk", sa.Boolean(), nullable=False, server_default=sa.false()))
    create_index(INDEX, "parties", ["bank_id"], GUARDIANS)
    op.execute(
        "UPDATE customers SET family_risk = true WHERE id IN (SELECT customer_id FROM cases WHERE family_risk = true)"
    )


def downgrade() -> None:
    op.drop_index(INDEX, "parties")
    op.drop_column("customers", "family_risk")
