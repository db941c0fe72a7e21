"""Guardians, confirmations and text messages. What was agreed with a guardian can only be added to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.append_only import append_only_triggers, drop_append_only_triggers
from wakeup.storage.types import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHEN = UtcDateTime()
CONSENTS = "consents"
TABLES = (CONSENTS, "confirmations", "do_not_call", "guardian_changes", "guardians", "replies", "sms", "sms_events")


def upgrade() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("number_index", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", WHEN, nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("due_at", WHEN, nullable=True),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", WHEN, nullable=True),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("passed_on", sa.Boolean(), nullable=False),
        sa.CheckConstraint("state <> 'answered' OR answer IS NOT NULL", name="answered_has_an_answer"),
        sa.CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="an_answer_has_a_date"),
        sa.CheckConstraint("(step IS NULL) = (due_at IS NULL)", name="a_step_has_a_date"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("confirmations_by_case", "confirmations", ["case_id"], unique=False)
    op.create_index(
        "confirmations_due",
        "confirmations",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("due_at IS NOT NULL"),
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "one_case_per_code",
        "confirmations",
        ["number_index", "code"],
        unique=True,
        sqlite_where=sa.text("code IS NOT NULL"),
        postgresql_where=sa.text("code IS NOT NULL"),
    )
    op.create_table(
        "consents",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("guardian_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "guardian_id", "n"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "do_not_call",
        sa.Column("number_index", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number_index", "channel"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "guardian_changes",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("guardian_id", sa.Text(), nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "guardian_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("guardian_changes_due", "guardian_changes", ["due_at"], unique=False)
    op.create_table(
        "guardians",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("number_index", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("line_type", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("linked", sa.Boolean(), nullable=False),
        sa.Column("accounts", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("enrolled_at", WHEN, nullable=False),
        sa.Column("number_since", WHEN, nullable=False),
        sa.Column("invited_at", WHEN, nullable=True),
        sa.Column("confirmed_at", WHEN, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index("guardians_by_number", "guardians", ["number_index"], unique=False)
    op.create_table(
        "replies",
        sa.Column("message_sid", sa.Text(), nullable=False),
        sa.Column("number_index", sa.Text(), nullable=False),
        sa.Column("received_at", WHEN, nullable=False),
        sa.Column("taken_as", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("confirmation_id", sa.Text(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("message_sid"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_replies_case_id"), "replies", ["case_id"], unique=False)
    op.create_index("replies_by_number", "replies", ["number_index", "received_at"], unique=False)
    op.create_table(
        "sms",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("party_id", sa.Text(), nullable=True),
        sa.Column("guardian_id", sa.Text(), nullable=True),
        sa.Column("confirmation_id", sa.Text(), nullable=True),
        sa.Column("number_index", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("line_type", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
        sa.Column("latest_at", WHEN, nullable=False),
        sa.Column("from_number", sa.Text(), nullable=True),
        sa.Column("intent_at", WHEN, nullable=True),
        sa.Column("message_sid", sa.Text(), nullable=True),
        sa.Column("sent_at", WHEN, nullable=True),
        sa.Column("ended_at", WHEN, nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("check_at", WHEN, nullable=True),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "NOT (state = 'delivered' OR state = 'failed' OR state = 'suppressed') OR ended_at IS NOT NULL",
            name="a_text_that_ended_has_an_end",
        ),
        sa.CheckConstraint(
            "NOT (state = 'delivered' OR state = 'sending' OR state = 'sent' OR state = 'unknown') OR (intent_at IS NOT NULL AND from_number IS NOT NULL)",
            name="no_text_without_intent",
        ),
        sa.CheckConstraint(
            "check_at IS NOT NULL OR NOT (state = 'sending' OR state = 'unknown')",
            name="no_text_under_way_is_forgotten",
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "one_sms_per_sid",
        "sms",
        ["message_sid"],
        unique=True,
        sqlite_where=sa.text("message_sid IS NOT NULL"),
        postgresql_where=sa.text("message_sid IS NOT NULL"),
    )
    op.create_index("sms_by_case", "sms", ["case_id"], unique=False)
    op.create_index(
        "sms_by_number",
        "sms",
        ["number_index", "intent_at"],
        unique=False,
        sqlite_where=sa.text("intent_at IS NOT NULL"),
        postgresql_where=sa.text("intent_at IS NOT NULL"),
    )
    op.create_index(
        "sms_due",
        "sms",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_index(
        "sms_to_check",
        "sms",
        ["check_at"],
        unique=False,
        sqlite_where=sa.text("check_at IS NOT NULL"),
        postgresql_where=sa.text("check_at IS NOT NULL"),
    )
    op.create_table(
        "sms_events",
        sa.Column("message_sid", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("sms_id", sa.Text(), nullable=False),
        sa.Column("received_at", WHEN, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("message_sid", "event"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_sms_events_sms_id"), "sms_events", ["sms_id"], unique=False)
    op.add_column("cases", sa.Column("guardian_declined", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("parties", sa.Column("barred", sa.Text(), nullable=True))
    op.add_column("parties", sa.Column("rank", sa.Integer(), nullable=False, server_default="0"))

    for statement in append_only_triggers(op.get_bind().dialect.name, CONSENTS):
        op.execute(statement)


def downgrade() -> None:
    for statement in drop_append_only_triggers(op.get_bind().dialect.name, CONSENTS):
        op.execute(statement)
    op.drop_column("parties", "rank")
    op.drop_column("parties", "barred")
    op.drop_column("cases", "guardian_declined")
    for table in TABLES:
        op.drop_table(table)
