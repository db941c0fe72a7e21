"""What a call is for. Calls planned before this, and by nodes of the previous version, have none: their errand is found from
the callee's role and from other rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import add_column

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_column("attempts", sa.Column("errand", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("attempts", "errand")
