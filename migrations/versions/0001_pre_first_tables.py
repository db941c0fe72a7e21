"""The first tables.

Append-only tables refuse UPDATE and DELETE; of a decision only its place in the feed is written later, once.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wakeup.storage.append_only import append_only_triggers, drop_append_only_triggers
from wakeup.storage.types import Money, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHEN = UtcDateTime()
MONEY = Money()
DECISION_FACTS = (
    "id", "transfer_id", "case_id", "sequence", "ruling", "reason", "decided_by", "decided_at", "decide_by",
    "hold_until", "policy_version", "rests_on", "effects",
)  # fmt: skip
TABLES = (
    "attempts", "call_events", "cases", "customers", "decisions", "early_news", "evidence", "feed_head", "labels", "lines", "news_ids", "outbox", "parties", "risk_events", "talks", "timeline", "transfers", "turns", "webhooks",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Text(), nullable=False),
        sa.Column("number_index", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
        sa.Column("latest_start", WHEN, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("claim_token", sa.Text(), nullable=True),
        sa.Column("lease_until", WHEN, nullable=True),
        sa.Column("from_number", sa.Text(), nullable=True),
        sa.Column("intent_at", WHEN, nullable=True),
        sa.Column("call_sid", sa.Text(), nullable=True),
        sa.Column("placed_at", WHEN, nullable=True),
        sa.Column("ringing_at", WHEN, nullable=True),
        sa.Column("answered_at", WHEN, nullable=True),
        sa.Column("ended_at", WHEN, nullable=True),
        sa.Column("disposition", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Integer(), nullable=True),
        sa.Column("number_at_fault", sa.Boolean(), nullable=False),
        sa.Column("check_at", WHEN, nullable=True),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("call_code", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "NOT (state = 'answered' OR state = 'placed' OR state = 'ringing' OR state = 'sending' OR state = 'unknown') OR (intent_at IS NOT NULL AND from_number IS NOT NULL)",
            name="no_call_without_intent",
        ),
        sa.CheckConstraint(
            "call_code IS NULL OR (state = 'answered' OR state = 'placed' OR state = 'ringing' OR state = 'sending' OR state = 'unknown')",
            name="the_code_dies_with_the_call",
        ),
        sa.CheckConstraint(
            "call_sid IS NOT NULL OR NOT (state = 'answered' OR state = 'placed' OR state = 'ringing')",
            name="calls_have_a_sid",
        ),
        sa.CheckConstraint(
            "check_at IS NOT NULL OR NOT (state = 'answered' OR state = 'claimed' OR state = 'placed' OR state = 'ringing' OR state = 'sending' OR state = 'unknown')",
            name="nothing_under_way_is_forgotten",
        ),
        sa.CheckConstraint(
            "state <> 'claimed' OR (claim_token IS NOT NULL AND lease_until IS NOT NULL)", name="claimed_has_a_lease"
        ),
        sa.CheckConstraint(
            "state <> 'ended' OR (ended_at IS NOT NULL AND disposition IS NOT NULL)", name="ended_has_an_end"
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("attempts_by_case", "attempts", ["case_id"], unique=False)
    op.create_index(
        "attempts_by_number",
        "attempts",
        ["number_index", "intent_at"],
        unique=False,
        sqlite_where=sa.text("intent_at IS NOT NULL"),
        postgresql_where=sa.text("intent_at IS NOT NULL"),
    )
    op.create_index(
        "attempts_due",
        "attempts",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index(
        "attempts_planned",
        "attempts",
        ["value", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_index(
        "attempts_to_check",
        "attempts",
        ["check_at"],
        unique=False,
        sqlite_where=sa.text("check_at IS NOT NULL"),
        postgresql_where=sa.text("check_at IS NOT NULL"),
    )
    op.create_index(
        "one_attempt_per_call",
        "attempts",
        ["call_sid"],
        unique=True,
        sqlite_where=sa.text("call_sid IS NOT NULL"),
        postgresql_where=sa.text("call_sid IS NOT NULL"),
    )
    op.create_index(
        "one_live_attempt_per_number",
        "attempts",
        ["number_index"],
        unique=True,
        sqlite_where=sa.text(
            "(state = 'answered' OR state = 'placed' OR state = 'ringing' OR state = 'sending' OR state = 'unknown')"
        ),
        postgresql_where=sa.text(
            "(state = 'answered' OR state = 'placed' OR state = 'ringing' OR state = 'sending' OR state = 'unknown')"
        ),
    )
    op.create_index(
        "one_live_attempt_per_party",
        "attempts",
        ["case_id", "party_id"],
        unique=True,
        sqlite_where=sa.text(
            "(state = 'answered' OR state = 'placed' OR state = 'ringing' OR state = 'sending' OR state = 'unknown')"
        ),
        postgresql_where=sa.text(
            "(state = 'answered' OR state = 'placed' OR state = 'ringing' OR state = 'sending' OR state = 'unknown')"
        ),
    )
    op.create_table(
        "call_events",
        sa.Column("call_sid", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("attempt_id", sa.Text(), nullable=False),
        sa.Column("received_at", WHEN, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("call_sid", "source", "sequence", "event"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_call_events_attempt_id"), "call_events", ["attempt_id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("opened_at", WHEN, nullable=False),
        sa.Column("no_calls", sa.Boolean(), nullable=False),
        sa.Column("timeline_count", sa.Integer(), nullable=False),
        sa.Column("timeline_head", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "one_open_case_per_customer",
        "cases",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", WHEN, nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("tier_at", WHEN, nullable=False),
        sa.Column("shaken_until", WHEN, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("ruling", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", WHEN, nullable=False),
        sa.Column("decide_by", WHEN, nullable=False),
        sa.Column("hold_until", WHEN, nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("rests_on", sa.Text(), nullable=False),
        sa.Column("effects", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "decisions_without_position",
        "decisions",
        ["decided_at"],
        unique=False,
        sqlite_where=sa.text("position IS NULL"),
        postgresql_where=sa.text("position IS NULL"),
    )
    op.create_index(
        "one_decision_per_position",
        "decisions",
        ["position"],
        unique=True,
        sqlite_where=sa.text("position IS NOT NULL"),
        postgresql_where=sa.text("position IS NOT NULL"),
    )
    op.create_index("one_decision_per_sequence", "decisions", ["transfer_id", "sequence"], unique=True)
    op.create_table(
        "early_news",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", WHEN, nullable=False),
        sa.Column("received_at", WHEN, nullable=False),
        sa.Column("decide_by", WHEN, nullable=True),
        sa.Column("hold_max", WHEN, nullable=True),
        sa.PrimaryKeyConstraint("event_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_early_news_transfer_id"), "early_news", ["transfer_id"], unique=False)
    op.create_table(
        "evidence",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("attempt_id", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("score", MONEY, nullable=False),
        sa.Column("live_person", sa.Boolean(), nullable=False),
        sa.Column("named", sa.Text(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_evidence_case_id"), "evidence", ["case_id"], unique=False)
    op.create_table(
        "feed_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "labels",
        sa.Column("transfer_id", sa.Text(), nullable=False),
        sa.Column("received_at", WHEN, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("recovered", MONEY, nullable=False),
        sa.Column("occurred_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("transfer_id", "received_at"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lines",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("recent", sa.Text(), nullable=False),
        sa.Column("stopped_until", WHEN, nullable=True),
        sa.Column("stopped_because", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "news_ids",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("received_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", WHEN, nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("settled_at", WHEN, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("outbox_by_transfer", "outbox", ["transfer_id"], unique=False)
    op.create_index(
        "outbox_due",
        "outbox",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
    op.create_table(
        "parties",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("number_index", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("line_type", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("bank_id", sa.Text(), nullable=True),
        sa.Column("consented_at", WHEN, nullable=True),
        sa.Column("unhurried", sa.Boolean(), nullable=False),
        sa.Column("ringable", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_parties_case_id"), "parties", ["case_id"], unique=False)
    op.create_table(
        "risk_events",
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.Text(), nullable=False),
        sa.Column("received_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "talks",
        sa.Column("attempt_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("started_at", WHEN, nullable=False),
        sa.Column("turned_at", WHEN, nullable=False),
        sa.Column("named", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "timeline",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "n"),
        sqlite_with_rowid=False,
    )
    op.create_index("timeline_by_time", "timeline", ["at"], unique=False)
    op.create_table(
        "transfers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tier", sa.Text(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("typology", sa.Text(), nullable=False),
        sa.Column("flagged_at", WHEN, nullable=False),
        sa.Column("decide_by", WHEN, nullable=False),
        sa.Column("hold_max", WHEN, nullable=False),
        sa.Column("settle_at", WHEN, nullable=False),
        sa.Column("payee_index", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("allow_at", WHEN, nullable=True),
        sa.Column("confirmed_in_app_at", WHEN, nullable=True),
        sa.Column("guarded", sa.Boolean(), nullable=False),
        sa.Column("act_at", WHEN, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("(state IN ('pending', 'held')) = (act_at IS NOT NULL)", name="open_transfers_have_a_date"),
        sa.CheckConstraint("settle_at <= decide_by", name="settled_before_the_deadline"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_with_rowid=False,
    )
    op.create_index("transfers_by_case", "transfers", ["case_id"], unique=False)
    op.create_index("transfers_by_customer", "transfers", ["customer_id", "flagged_at"], unique=False)
    op.create_index("transfers_by_payee", "transfers", ["payee_index", "flagged_at"], unique=False)
    op.create_index(
        "transfers_to_act_on",
        "transfers",
        ["act_at"],
        unique=False,
        sqlite_where=sa.text("act_at IS NOT NULL"),
        postgresql_where=sa.text("act_at IS NOT NULL"),
    )
    op.create_table(
        "turns",
        sa.Column("attempt_id", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", "n"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "webhooks",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("received_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("client", "id"),
        sqlite_with_rowid=False,
    )
    dialect = op.get_bind().dialect.name
    for statement in append_only_triggers(dialect, "timeline"):
        op.execute(statement)
    for statement in append_only_triggers(dialect, "decisions", columns=DECISION_FACTS):
        op.execute(statement)
    op.execute("INSERT INTO feed_head (id, position) VALUES (1, 0)")


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table in ("timeline", "decisions"):
        for statement in drop_append_only_triggers(dialect, table):
            op.execute(statement)
    for table in TABLES:
        op.drop_table(table)
