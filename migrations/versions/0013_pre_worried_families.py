"""Whether a guardian has said that they fear for the customer, by text or on the phone: the script says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import add_column, let_go

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_column("cases", sa.Column("family_worried", sa.Boolean(), nullable=False, server_default=sa.false()))
    let_go()
    op.execute(
        "UPDATE cases SET family_worried = true WHERE id IN"
        " (SELECT case_id FROM confirmations WHERE answer = 'worried')"
    )


def downgrade() -> None:
    op.drop_column("cases", "family_worried")
