"""Order under overload: attempts are found by class of worth and by turn, pacing counts and slows, a plan is published.

While older nodes still run, what they write counts as worth the most and as nobody's turn before anybody else's: it is
rung, only not in the best order.
"""

from __future__ import annotations

import math

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import add_column, create_index, let_go
from wakeup.storage.types import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CLASSES, A_DOUBLING, HUNDREDTHS = 48, 2, 100
"""As they were then: what they are today must not change what this revision made."""
PLANNED = sa.text("state = 'planned'")
OLD = {"attempts_planned": ["value", "due_at"], "attempts_due": ["due_at"]}
NEW = {"attempts_by_worth": ["worth", "latest_start"], "attempts_by_turn": ["turn", "due_at"]}


def upgrade() -> None:
    add_column("attempts", sa.Column("worth", sa.Integer(), nullable=False, server_default=sa.text(str(CLASSES - 1))))
    add_column("attempts", sa.Column("turn", sa.Integer(), nullable=False, server_default=sa.text("0")))
    let_go()
    _classify()
    for name, columns in NEW.items():
        create_index(name, "attempts", columns, PLANNED)
    for name in OLD:
        op.drop_index(name, "attempts")
    op.add_column("lines", sa.Column("granted", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.add_column("lines", sa.Column("pace", sa.Float(), nullable=False, server_default=sa.text("1")))
    op.add_column("lines", sa.Column("paced_at", UtcDateTime(), nullable=True))
    op.create_table(
        "call_plans",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("planner", sa.Text(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("opens", sa.Text(), nullable=False),
        sa.Column("line_seconds", sa.Float(), nullable=False),
        sa.Column("starts", sa.Float(), nullable=False),
        sa.Column("granted", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
        sqlite_with_rowid=False,
    )


def _class_of(value: int) -> int:
    if value <= HUNDREDTHS:
        return 0
    return min(CLASSES - 1, int(A_DOUBLING * math.log2(value / HUNDREDTHS)))


def _classify() -> None:
    """What waits already gets its class."""
    attempts = sa.table(
        "attempts", sa.column("id"), sa.column("value"), sa.column("worth"), sa.column("state", sa.Text())
    )
    connection = op.get_bind()
    waiting = connection.execute(sa.select(attempts.c.id, attempts.c.value).where(attempts.c.state == "planned")).all()
    for key, value in waiting:
        connection.execute(sa.update(attempts).where(attempts.c.id == key).values(worth=_class_of(value)))


def downgrade() -> None:
    op.drop_table("call_plans")
    for name in ("granted", "pace", "paced_at"):
        op.drop_column("lines", name)
    for name in NEW:
        op.drop_index(name, "attempts")
    for name, columns in OLD.items():
        op.create_index(name, "attempts", columns, sqlite_where=PLANNED, postgresql_where=PLANNED)
    op.drop_column("attempts", "turn")
    op.drop_column("attempts", "worth")
