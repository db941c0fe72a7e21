"""Which part of what the customer has a payment is, if the bank said so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.types import Real

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("transfers", sa.Column("share_of_balance", Real(), nullable=True))


def downgrade() -> None:
    op.drop_column("transfers", "share_of_balance")
