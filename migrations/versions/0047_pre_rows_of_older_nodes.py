"""Rows of older nodes get what nodes write today, so that the code need not guess: each call its errand, each message the
time from which it is late. A settled case owes no human, and only a settled case has a date of settling. A warning after
an automatic allow moves the case's `unheld_at` behind that allow; older nodes moved it only behind releases by staff.

Nodes of the previous version write all of that themselves and store the date of each settling, so no `post` has to repeat
this, or 0046."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from wakeup.storage.online import let_go
from wakeup.storage.types import UtcDateTime

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

CASES = sa.table("cases", sa.column("id"), sa.column("state"), sa.column("unheld_at", UtcDateTime()))
DECISIONS = sa.table(
    "decisions", *map(sa.column, ("case_id", "transfer_id", "sequence", "ruling", "reason")),
    sa.column("decided_at", UtcDateTime()),
)  # fmt: skip
NEWER = DECISIONS.alias("newer")
ALLOWED_BY_US = (
    sa.select(CASES.c.id, sa.func.max(DECISIONS.c.decided_at))
    .where(
        CASES.c.unheld_at.is_not(None),
        DECISIONS.c.case_id == CASES.c.id,
        DECISIONS.c.ruling == "allow",
        DECISIONS.c.reason != "released_by_person",
        DECISIONS.c.decided_at >= CASES.c.unheld_at,
        ~sa.exists().where(NEWER.c.transfer_id == DECISIONS.c.transfer_id, NEWER.c.sequence > DECISIONS.c.sequence),
    )
    .group_by(CASES.c.id)
)
"""The cases in the queue whose money older nodes took for leaving, and when it was allowed."""
OF_OPEN_CASES = " AND case_id IN (SELECT id FROM cases WHERE state <> 'settled')"
OF_OLDER_NODES = sa.text(
    "state <> 'settled' AND (EXISTS (SELECT 1 FROM attempts WHERE case_id = cases.id AND errand IS NULL)"
    " OR EXISTS (SELECT 1 FROM retention WHERE case_id = cases.id))"
)
ERRANDS = """
UPDATE attempts SET errand = CASE WHEN NOT promised THEN 'ladder' ELSE
  CASE (SELECT role FROM parties WHERE parties.id = attempts.party_id)
    WHEN 'agent' THEN
      CASE WHEN EXISTS (SELECT 1 FROM listeners WHERE attempt_id = attempts.id) THEN 'listener' ELSE 'agent' END
    WHEN 'guardian' THEN
      CASE WHEN EXISTS (SELECT 1 FROM guests WHERE attempt_id = attempts.id) THEN 'guest'
        WHEN EXISTS (SELECT 1 FROM attempts AS earlier WHERE earlier.case_id = attempts.case_id
          AND earlier.party_id = attempts.party_id AND earlier.n < attempts.n) THEN 'appointment'
        ELSE 'company' END
    ELSE 'appointment' END
  END
WHERE errand IS NULL
"""
"""For company only guardians are rung who were not rung before; an appointment is made in a call."""


def upgrade() -> None:
    # A node that has read a call without an errand would store it so again. It has locked the case, so wait for it.
    op.get_bind().execute(sa.select(CASES.c.id).where(OF_OLDER_NODES).order_by(CASES.c.id).with_for_update())
    op.execute(ERRANDS + OF_OPEN_CASES)
    op.execute("DELETE FROM retention WHERE case_id IN (SELECT id FROM cases WHERE state <> 'settled')")
    let_go()
    op.execute(ERRANDS)
    op.execute("UPDATE outbox SET late_at = due_at WHERE late_at IS NULL")
    op.execute(
        "UPDATE cases SET person_due_at = NULL, person_late_at = NULL"
        " WHERE state = 'settled' AND person_due_at IS NOT NULL"
    )
    for case_id, allowed_at in op.get_bind().execute(ALLOWED_BY_US).all():
        behind = allowed_at + timedelta(microseconds=1)
        op.get_bind().execute(sa.update(CASES).where(CASES.c.id == case_id).values(unheld_at=behind))


def downgrade() -> None:
    """Changes nothing: the previous version writes the same."""
