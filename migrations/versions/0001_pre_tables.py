"""The tables of the first release.

Append-only tables refuse UPDATE and DELETE; of a decision only its place in the feed is written later, once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa
from alembic import op

from wakeup.storage.append_only import append_only_triggers, drop_append_only_triggers
from wakeup.storage.types import Money, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "customers", "cases", "transfers", "parties", "rungs", "evidence", "attempts", "call_events", "talks", "turns",
    "lines", "call_plans", "budgets", "senders", "decisions", "feed_head", "outbox", "timeline", "risk_events",
    "webhooks", "early_news", "news_ids", "labels", "sms", "sms_events", "replies", "do_not_call", "guardians",
    "guardian_changes", "consents", "confirmations", "reviews", "review_acts", "approvals", "bulk_wishes",
    "bulk_members", "agents", "hand_overs", "listeners", "guests", "call_ins", "person_asks", "staff", "sessions",
    "second_factors", "failed_tries", "sso_identities", "sso_flows", "script_versions", "paused_scripts", "retention",
    "legal_holds", "recordings", "admin_log", "admin_head", "anchor_ends", "secrets_seen",
)  # fmt: skip
DECISION_FACTS = (
    "id", "transfer_id", "case_id", "sequence", "ruling", "reason", "decided_by", "decided_at", "decide_by",
    "hold_until", "policy_version", "rests_on", "effects",
)  # fmt: skip
APPEND_ONLY: dict[str, Sequence[str]] = {
    "timeline": (),
    "decisions": DECISION_FACTS,
    "script_versions": (),
    "review_acts": (),
    "consents": (),
    "admin_log": (),
}
"""With the columns that refuse an update; all if none is named."""
LIVE = "(state = 'answered' OR state = 'placed' OR state = 'ringing' OR state = 'sending' OR state = 'unknown')"
OPEN = "(state = 'joined' OR state = 'waiting')"
URGENT = (
    "(kind = 'ask_back' OR kind = 'hint' OR kind = 'missed_call' OR kind = 'number_changed' OR kind = 'prompt'"
    " OR kind = 'reminder')"
)


def upgrade() -> None:
    cases()
    calls()
    decisions()
    from_the_bank()
    texts()
    guardians()
    reviews()
    agents()
    staff()
    scripts()
    records()
    for name, columns in APPEND_ONLY.items():
        for statement in append_only_triggers(op.get_bind().dialect.name, name, columns):
            op.execute(statement)
    op.execute("INSERT INTO feed_head (id, position) VALUES (1, 0)")
    op.execute("INSERT INTO admin_head (id, n, mac) VALUES (1, 0, '')")


def downgrade() -> None:
    for name in APPEND_ONLY:
        for statement in drop_append_only_triggers(op.get_bind().dialect.name, name):
            op.execute(statement)
    for name in TABLES:
        op.drop_table(name)


Column = sa.Column[object]


def of(kind: sa.types.TypeEngine[object]) -> Callable[..., list[Column]]:
    def columns(*names: str, null: bool = False) -> list[Column]:
        return [sa.Column(name, kind, nullable=null) for name in names]

    return columns


text, blob, flag = of(sa.Text()), of(sa.LargeBinary()), of(sa.Boolean())
whole, large, real = of(sa.Integer()), of(sa.BigInteger()), of(sa.Float())
when, money = of(UtcDateTime()), of(Money())


def table(name: str, *parts: sa.SchemaItem, key: str | Sequence[str] = "id", sqlite_rowid: bool = False) -> None:
    """Create a table. On SQLite it is one tree instead of two, except where rows are larger than a page."""
    keys = [key] if isinstance(key, str) else key
    op.create_table(name, *parts, sa.PrimaryKeyConstraint(*keys), sqlite_with_rowid=sqlite_rowid)


def check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=name)


def index(name: str, of_table: str, *columns: str, only: str | None = None, unique: bool = False) -> None:
    """Create an index. `only` is the condition of a partial one, which each database takes under a name of its own."""
    rows = None if only is None else sa.text(only)
    op.create_index(name, of_table, list(columns), unique=unique, sqlite_where=rows, postgresql_where=rows)


def cases() -> None:
    table(
        "customers",
        *text("id"),
        *blob("wrapped_key"),
        *when("seen_at"),
        *text("tier"),
        *when("tier_at"),
        *when("shaken_until", null=True),
        *flag("family_risk"),
        *when("guardians_listed_at", null=True),
    )
    table(
        "cases",
        *text("id", "customer_id", "state", "tier", "locale", "timezone"),
        *when("opened_at"),
        *flag("no_calls"),
        *when("rung_at", null=True),
        *flag("family_risk", "guardian_declined", "guardian_worried"),
        *when("unheld_at", "person_due_at", "person_late_at", null=True),
        *whole("timeline_count"),
        *text("timeline_head"),
    )
    index("cases_by_time", "cases", "opened_at")
    index("cases_promised", "cases", "person_due_at", only="person_due_at IS NOT NULL")
    index("cases_to_climb", "cases", "rung_at", only="rung_at IS NOT NULL")
    index("cases_unheld", "cases", "unheld_at", only="unheld_at IS NOT NULL")
    index("one_open_case_per_customer", "cases", "customer_id", only="state = 'open'", unique=True)
    table(
        "transfers",
        *text("id", "case_id", "customer_id", "state", "tier"),
        *money("amount"),
        *text("currency", "typology"),
        *when("flagged_at", "occurred_at", "decide_by", "hold_max", "settle_at"),
        *text("payee_index"),
        *whole("sequence"),
        *when("allow_at", "alarm_at", "confirmed_in_app_at", null=True),
        *flag("guarded"),
        *text("model"),
        *real("share_of_balance", null=True),
        *when("act_at", null=True),
        *blob("sealed"),
        check("open_transfers_have_a_date", "(state IN ('pending', 'held')) = (act_at IS NOT NULL)"),
        check("settled_before_the_deadline", "settle_at <= decide_by"),
    )
    index("transfers_by_case", "transfers", "case_id")
    index("transfers_by_customer", "transfers", "customer_id", "flagged_at")
    index("transfers_by_payee", "transfers", "payee_index", "flagged_at")
    index("transfers_to_act_on", "transfers", "act_at", only="act_at IS NOT NULL")
    table(
        "parties",
        *text("id", "case_id", "role", "number_index", "region", "line_type", "locale"),
        *text("bank_id", null=True),
        *when("consented_at", null=True),
        *flag("unhurried"),
        *text("zones"),
        *flag("ringable"),
        *text("barred", null=True),
        *whole("rank"),
        *blob("sealed"),
    )
    index("guardians_named", "parties", "bank_id", only="role = 'guardian'")
    index("ix_parties_case_id", "parties", "case_id")
    table(
        "rungs",
        *text("case_id"),
        *whole("n"),
        *text("kind", "state"),
        *when("due_at", "ended_at"),
        *text("reason", null=True),
        key=("case_id", "n"),
    )
    table(
        "evidence",
        *text("id", "case_id"),
        *text("attempt_id", null=True),
        *text("contact", "outcome"),
        *money("score"),
        *flag("live_person"),
        *text("named"),
        *when("at"),
        *text("by", null=True),
    )
    index("ix_evidence_case_id", "evidence", "case_id")


def calls() -> None:
    table(
        "attempts",
        *text("id", "case_id", "party_id", "number_index"),
        *whole("n"),
        *text("state"),
        *when("due_at", "latest_start"),
        *large("value"),
        *whole("value_class"),
        *text("errand"),
        *whole("fair_class"),
        *text("claimed_by", "claim_token", null=True),
        *when("lease_until", null=True),
        *text("from_number", null=True),
        *when("intent_at", null=True),
        *text("call_sid", null=True),
        *when("placed_at", "ringing_at", "answered_at", "ended_at", null=True),
        *text("disposition", "contact", null=True),
        *whole("error_code", null=True),
        *flag("number_at_fault"),
        *when("check_at", null=True),
        *whole("checks", "sends"),
        *text("call_code", "answered_by", null=True),
        check(
            "calls_have_a_sid",
            "call_sid IS NOT NULL OR NOT (state = 'answered' OR state = 'placed' OR state = 'ringing')",
        ),
        check("claimed_has_a_lease", "state <> 'claimed' OR (claim_token IS NOT NULL AND lease_until IS NOT NULL)"),
        check("ended_has_an_end", "state <> 'ended' OR (ended_at IS NOT NULL AND disposition IS NOT NULL)"),
        check("no_call_without_intent", f"NOT {LIVE} OR (intent_at IS NOT NULL AND from_number IS NOT NULL)"),
        check(
            "nothing_under_way_is_forgotten",
            "check_at IS NOT NULL OR NOT (state = 'answered' OR state = 'claimed' OR state = 'placed' OR state = 'ringing' OR state = 'sending' OR state = 'unknown')",
        ),
        check("the_code_dies_with_the_call", f"call_code IS NULL OR {LIVE}"),
    )
    index("attempts_by_case", "attempts", "case_id")
    index("attempts_by_number", "attempts", "number_index", "intent_at", only="intent_at IS NOT NULL")
    index("attempts_by_fair_class", "attempts", "fair_class", "due_at", only="state = 'planned'")
    index("attempts_by_value_class", "attempts", "value_class", "latest_start", only="state = 'planned'")
    index("attempts_to_check", "attempts", "check_at", "state", only="check_at IS NOT NULL")
    index("attempts_unripe", "attempts", "due_at", only="state = 'planned' AND value_class < 0")
    index("one_attempt_per_call", "attempts", "call_sid", only="call_sid IS NOT NULL", unique=True)
    index("one_live_attempt_per_number", "attempts", "number_index", only=LIVE, unique=True)
    index("one_live_attempt_per_party", "attempts", "case_id", "party_id", only=LIVE, unique=True)
    table(
        "call_events",
        *text("call_sid", "source"),
        *whole("sequence"),
        *text("event", "attempt_id"),
        *when("received_at"),
        *blob("sealed"),
        key=("call_sid", "source", "sequence", "event"),
    )
    index("ix_call_events_attempt_id", "call_events", "attempt_id")
    table(
        "talks",
        *text("attempt_id", "case_id"),
        *whole("turns"),
        *flag("finished"),
        *when("started_at", "turned_at"),
        *text("named"),
        *blob("sealed"),
        key="attempt_id",
    )
    table("turns", *text("attempt_id"), *whole("n"), *when("at"), *blob("sealed"), key=("attempt_id", "n"))
    table(
        "lines",
        *text("account", "recent"),
        *when("stopped_until", null=True),
        *text("stopped_because", null=True),
        *large("granted"),
        *real("pace"),
        *when("paced_at", null=True),
        key="account",
    )
    table(
        "call_plans",
        *text("account", "planner"),
        *when("lease_until", "made_at"),
        *text("opens"),
        *real("line_seconds", "starts"),
        *large("granted"),
        key="account",
    )
    table("budgets", *text("region"), *when("minute"), *whole("used"), key=("region", "minute"))
    table("senders", *text("number"), *when("rested_until"), *text("why"), key="number")


def decisions() -> None:
    table(
        "decisions",
        *text("id", "transfer_id", "case_id"),
        *whole("sequence"),
        *text("ruling", "reason", "decided_by"),
        *when("decided_at", "decide_by", "hold_until"),
        *text("policy_version", "rests_on", "effects"),
        *large("position", null=True),
    )
    index("decisions_without_position", "decisions", "decided_at", only="position IS NULL")
    index("one_decision_per_position", "decisions", "position", only="position IS NOT NULL", unique=True)
    index("one_decision_per_sequence", "decisions", "transfer_id", "sequence", unique=True)
    table("feed_head", *whole("id"), *large("position"))
    table(
        "outbox",
        *text("id", "transfer_id", "case_id", "decision_id"),
        *whole("sequence"),
        *text("state"),
        *whole("tries"),
        *when("due_at", "late_at"),
        *when("late_said_at", null=True),
        *text("lease_token", null=True),
        *whole("last_status", null=True),
        *when("settled_at", null=True),
    )
    index("outbox_by_transfer", "outbox", "transfer_id")
    index("outbox_dead", "outbox", "due_at", only="state = 'dead'")
    index("outbox_due", "outbox", "due_at", only="state = 'due'")
    index("outbox_late", "outbox", "late_at", only="state = 'due'")
    table(
        "timeline",
        *text("case_id"),
        *whole("n"),
        *when("at"),
        *text("kind", "by", "data", "mac"),
        key=("case_id", "n"),
    )
    index("timeline_by_time", "timeline", "at")


def from_the_bank() -> None:
    table(
        "risk_events",
        *text("event_id", "client", "content_hash", "transfer_id"),
        *when("received_at"),
        key="event_id",
    )
    table("webhooks", *text("client", "id", "body_hash"), *when("received_at"), key=("client", "id"))
    table(
        "early_news",
        *text("event_id", "transfer_id", "kind"),
        *when("occurred_at", "received_at"),
        *when("decide_by", "hold_max", null=True),
        key="event_id",
    )
    index("early_news_by_time", "early_news", "received_at")
    index("ix_early_news_transfer_id", "early_news", "transfer_id")
    table("news_ids", *text("event_id", "content_hash"), *when("received_at"), key="event_id")
    table(
        "labels",
        *text("transfer_id"),
        *when("received_at"),
        *text("label"),
        *money("recovered"),
        *when("occurred_at"),
        key=("transfer_id", "received_at"),
    )


def texts() -> None:
    table(
        "sms",
        *text("id", "kind", "customer_id"),
        *text("case_id", "party_id", "guardian_id", "confirmation_id", null=True),
        *text("number_index", "region", "line_type", "template"),
        *whole("segments"),
        *text("state"),
        *when("due_at", "latest_at"),
        *text("from_number", null=True),
        *when("intent_at", null=True),
        *text("message_sid", null=True),
        *when("sent_at", "ended_at", null=True),
        *whole("error_code", null=True),
        *text("reason", null=True),
        *when("check_at", null=True),
        *whole("checks", "sends"),
        *blob("sealed"),
        check(
            "a_text_that_ended_has_an_end",
            "NOT (state = 'delivered' OR state = 'failed' OR state = 'suppressed') OR ended_at IS NOT NULL",
        ),
        check("no_text_under_way_is_forgotten", "check_at IS NOT NULL OR NOT (state = 'sending' OR state = 'unknown')"),
        check(
            "no_text_without_intent",
            "NOT (state = 'delivered' OR state = 'sending' OR state = 'sent' OR state = 'unknown') OR (intent_at IS NOT NULL AND from_number IS NOT NULL)",
        ),
    )
    index("one_sms_per_sid", "sms", "message_sid", only="message_sid IS NOT NULL", unique=True)
    index("sms_by_case", "sms", "case_id")
    index("sms_by_customer", "sms", "customer_id")
    index("sms_by_number", "sms", "number_index", "intent_at", only="intent_at IS NOT NULL")
    index("sms_due", "sms", "due_at", only="state = 'queued'")
    index("sms_to_check", "sms", "check_at", only="check_at IS NOT NULL")
    index("sms_urgent", "sms", "due_at", only=f"state = 'queued' AND {URGENT}")
    table(
        "sms_events",
        *text("message_sid", "event", "sms_id"),
        *when("received_at"),
        *blob("sealed"),
        key=("message_sid", "event"),
    )
    index("ix_sms_events_sms_id", "sms_events", "sms_id")
    table(
        "replies",
        *text("message_sid", "number_index"),
        *when("received_at"),
        *text("taken_as"),
        *text("customer_id", "case_id", "confirmation_id", null=True),
        *blob("sealed", null=True),
        key="message_sid",
    )
    index("ix_replies_case_id", "replies", "case_id")
    index("replies_by_customer", "replies", "customer_id", only="customer_id IS NOT NULL")
    index("replies_by_number", "replies", "number_index", "received_at")
    index("replies_of_strangers", "replies", "received_at", only="customer_id IS NULL")
    table(
        "do_not_call",
        *text("number_index", "channel"),
        *when("since"),
        *text("why"),
        key=("number_index", "channel"),
    )
    index("do_not_call_by_date", "do_not_call", "since")


def guardians() -> None:
    table(
        "guardians",
        *text("customer_id", "id"),
        *whole("rank"),
        *text("state", "number_index", "region", "line_type", "locale"),
        *flag("minor", "linked"),
        *text("accounts"),
        *text("code", null=True),
        *when("enrolled_at", "number_since"),
        *when("invited_at", "confirmed_at", null=True),
        *blob("sealed"),
        key=("customer_id", "id"),
    )
    index("guardians_by_number", "guardians", "number_index")
    index("guardians_by_time", "guardians", "enrolled_at")
    index("guardians_to_empty", "guardians", "customer_id", only="state = 'removed' AND number_index <> ''")
    table(
        "guardian_changes",
        *text("customer_id", "guardian_id"),
        *when("due_at"),
        *blob("sealed"),
        key=("customer_id", "guardian_id"),
    )
    index("guardian_changes_due", "guardian_changes", "due_at")
    table(
        "consents",
        *text("customer_id", "guardian_id"),
        *whole("n"),
        *when("at"),
        *text("kind", "by", "channel", "wording"),
        key=("customer_id", "guardian_id", "n"),
    )
    table(
        "confirmations",
        *text("id", "case_id", "customer_id", "party_id", "number_index"),
        *whole("n"),
        *text("code", null=True),
        *text("why", "state"),
        *when("asked_at"),
        *text("step", null=True),
        *when("due_at", null=True),
        *when("expires_at"),
        *text("answer", null=True),
        *when("answered_at", null=True),
        *whole("hints"),
        *flag("passed_on"),
        check("a_step_has_a_date", "(step IS NULL) = (due_at IS NULL)"),
        check("an_answer_has_a_date", "(answer IS NULL) = (answered_at IS NULL)"),
        check("answered_has_an_answer", "state <> 'answered' OR answer IS NOT NULL"),
    )
    index("confirmations_by_case", "confirmations", "case_id")
    index("confirmations_by_time", "confirmations", "asked_at")
    index("confirmations_due", "confirmations", "due_at", only="due_at IS NOT NULL")
    index("one_case_per_code", "confirmations", "number_index", "code", only="code IS NOT NULL", unique=True)


def reviews() -> None:
    table(
        "reviews",
        *text("case_id"),
        *whole("version"),
        *text("claimed_by", null=True),
        *when(
            "claimed_until",
            "police_at",
            "person_wanted_at",
            "police_wanted_at",
            "taken_over_at",
            "contested_at",
            null=True,
        ),
        key="case_id",
    )
    index("reviews_for_the_police", "reviews", "police_at", only="police_at IS NOT NULL")
    table(
        "review_acts",
        *text("id", "case_id"),
        *text("transfer_id", null=True),
        *text("act"),
        *text("reason", null=True),
        *text("by", "name", "person"),
        *when("at"),
        *blob("sealed"),
    )
    index("review_acts_by_case", "review_acts", "case_id", "at")
    table(
        "approvals",
        *text("id", "transfer_id", "case_id", "act_id", "binds", "asked_by", "name", "person"),
        *when("asked_at", "expires_at"),
        *text("state"),
        *when("answered_at", null=True),
    )
    index("approvals_by_case", "approvals", "case_id")
    index("one_wish_per_transfer", "approvals", "transfer_id", only="state = 'asked'", unique=True)
    table(
        "bulk_wishes",
        *text("id", "model"),
        *when("since", "until"),
        *text("reason", "ticket", "asked_by", "name", "person"),
        *when("asked_at", "expires_at"),
        *text("state"),
        *text("answered_by", null=True),
        *when("answered_at", null=True),
    )
    index("bulk_wishes_by_date", "bulk_wishes", "asked_at")
    table(
        "bulk_members",
        *text("wish_id", "transfer_id", "case_id", "binds"),
        *when("done_at", null=True),
        *text("left_out", null=True),
        key=("wish_id", "transfer_id"),
    )
    index("bulk_members_by_case", "bulk_members", "case_id")


def agents() -> None:
    table(
        "agents",
        *text("staff_id", "name", "number_index"),
        *blob("wrapped_key", "sealed"),
        *text("pin_index", "languages", "skills", "state"),
        *when("since", "idle_since"),
        *whole("missed"),
        *text("offer", "case_id", null=True),
        key="staff_id",
    )
    index("one_agent_per_number", "agents", "number_index", unique=True)
    index("one_agent_per_offer", "agents", "offer", only="offer IS NOT NULL", unique=True)
    table(
        "hand_overs",
        *text("attempt_id"),
        *whole("n"),
        *text("case_id", "customer_id", "language", "skills", "state"),
        *when("asked_at", "give_up_at"),
        *text("offer", "agent", null=True),
        *when("offer_until", null=True),
        *text("tried"),
        *when("joined_at", "ended_at", null=True),
        *flag("came_back"),
        *when("due_at", null=True),
        key=("attempt_id", "n"),
    )
    index("hand_overs_by_time", "hand_overs", "asked_at")
    index("hand_overs_open", "hand_overs", "asked_at", only=OPEN)
    index("hand_overs_to_look_after", "hand_overs", "due_at", only="due_at IS NOT NULL")
    index("ix_hand_overs_case_id", "hand_overs", "case_id")
    index("one_hand_over_per_offer", "hand_overs", "offer", only="offer IS NOT NULL", unique=True)
    index("one_open_hand_over_per_call", "hand_overs", "attempt_id", only=OPEN, unique=True)
    table(
        "listeners",
        *text("attempt_id", "case_id", "customer_id", "wait"),
        *whole("n"),
        *text("staff_id", "name", "way"),
        *text("served", null=True),
        *when("asked_at"),
        *when("entered_at", "ended_at", null=True),
        key="attempt_id",
    )
    index("one_open_listener_per_person", "listeners", "staff_id", only="ended_at IS NULL", unique=True)
    table(
        "guests",
        *text("attempt_id", "case_id", "customer_id", "party_id", "wait"),
        *whole("n"),
        *text("by"),
        *when("asked_at"),
        *when("entered_at", "ended_at", null=True),
        key="attempt_id",
    )
    index("ix_guests_wait", "guests", "wait")
    table(
        "call_ins",
        *text("number_index", "case_id", "customer_id"),
        *when("until"),
        *text("call_sid", null=True),
        *flag("answered"),
        key=("number_index", "case_id"),
    )
    index("call_ins_by_customer", "call_ins", "customer_id")
    index("call_ins_by_time", "call_ins", "until")
    table("person_asks", *text("call_sid", "number_index"), *when("at"), key="call_sid")
    index("person_asks_by_time", "person_asks", "at")


def staff() -> None:
    table(
        "staff",
        *text("id", "name", "person", "role", "password_hash"),
        *when("made_at"),
        *when("disabled_at", null=True),
    )
    index("one_account_per_name", "staff", "name", unique=True)
    table("sessions", *text("id", "staff_id"), *when("begun_at", "seen_at"))
    index("sessions_by_staff", "sessions", "staff_id")
    table(
        "second_factors",
        *text("staff_id"),
        *blob("wrapped_key", "sealed"),
        *when("made_at"),
        *when("confirmed_at", null=True),
        *whole("used_step"),
        key="staff_id",
    )
    table("failed_tries", *text("id", "key"), *when("at"), key=("id", "key"))
    index("failed_tries_by_key", "failed_tries", "key", "at")
    index("failed_tries_by_time", "failed_tries", "at")
    table("sso_identities", *text("issuer", "subject", "staff_id"), *when("linked_at"), key=("issuer", "subject"))
    index("sso_identities_by_staff", "sso_identities", "staff_id")
    table("sso_flows", *text("id", "state", "nonce", "verifier"), *when("begun_at"))
    index("sso_flows_by_time", "sso_flows", "begun_at")


def scripts() -> None:
    table(
        "script_versions",
        *text("content_hash", "script_id", "version", "content"),
        *when("kept_at"),
        key="content_hash",
        sqlite_rowid=True,
    )
    table("paused_scripts", *text("script_id"), *when("paused_at"), *text("by"), key="script_id")


def records() -> None:
    table("retention", *text("case_id", "customer_id"), *when("settled_at"), *flag("words_gone"), key="case_id")
    index("retention_by_customer", "retention", "customer_id")
    index("retention_by_date", "retention", "words_gone", "settled_at")
    table("legal_holds", *text("customer_id"), *when("since"), *text("by", "ticket"), key="customer_id")
    table(
        "recordings",
        *text("sid", "case_id", "customer_id", "attempt_id"),
        *when("made_at"),
        *when("delete_at", "deleted_at", null=True),
        key="sid",
    )
    index("ix_recordings_case_id", "recordings", "case_id")
    index("recordings_to_delete", "recordings", "delete_at", only="delete_at IS NOT NULL")
    table("admin_log", *whole("n"), *when("at"), *text("kind", "by", "data", "mac"), key="n")
    table("admin_head", *whole("id", "n"), *text("mac"))
    table("anchor_ends", *text("node"), *whole("n"), *text("digest"), key="node")
    table("secrets_seen", *text("name", "fingerprint"), *when("since"), key=("name", "fingerprint"))
