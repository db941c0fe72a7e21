"""The console's door: tries that hold across nodes, second factors, single sign-on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.types import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLES = ("failed_tries", "second_factors", "sso_identities", "sso_flows")


def upgrade() -> None:
    op.create_table(
        "failed_tries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", "key"),
        sqlite_with_rowid=False,
    )
    op.create_index("failed_tries_by_key", "failed_tries", ["key", "at"], unique=False)
    op.create_table(
        "second_factors",
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("used_step", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "sso_identities",
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("linked_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "subject"),
        sqlite_with_rowid=False,
    )
    op.create_index("sso_identities_by_staff", "sso_identities", ["staff_id"], unique=False)
    op.create_table(
        "sso_flows",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
