"""That the family may be the danger is remembered with the customer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("family_risk", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE customers SET family_risk = true WHERE id IN (SELECT customer_id FROM cases WHERE family_risk = true)"
    )


def downgrade() -> None:
    with op.batch_alter_table("customers") as table:
        table.drop_column("family_risk")
