"""Which rows belong to a customer.

Every table is listed here, if need be as one without customer data. So no table is missing in an export, and for a
new table one has to decide what erasure does with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Table, bindparam, select
from sqlmodel import SQLModel

from wakeup.storage import tables as t
from wakeup.storage.mapping import table_of

CUSTOMER: BindParameter[str] = bindparam("customer")
_transfers, _attempts, _texts = table_of(t.TransferRow), table_of(t.AttemptRow), table_of(t.SmsRow)
# Every case has a transfer, and transfers are indexed by customer.
CASES = select(_transfers.c.case_id).where(_transfers.c.customer_id == CUSTOMER)
CALLS = select(_attempts.c.id).where(_attempts.c.case_id.in_(CASES))
TEXTS = select(_texts.c.id).where(_texts.c.customer_id == CUSTOMER)
TRANSFERS = select(_transfers.c.id).where(_transfers.c.customer_id == CUSTOMER)

# Each table by the key that its index uses: most tables have no index on the customer or the case.
_OF_CUSTOMER: tuple[type[SQLModel], ...] = (
    t.TransferRow, t.GuardianRow, t.GuardianChangeRow, t.ConsentRow, t.SmsRow, t.ReplyRow, t.CallInRow, t.RetentionRow,
    t.LegalHoldRow,
)  # fmt: skip
_OF_CASE: tuple[type[SQLModel], ...] = (
    t.PartyRow, t.AttemptRow, t.EvidenceRow, t.RungRow, t.TimelineRow, t.RecordingRow, t.HandOverRow, t.ConfirmationRow,
    t.ReviewRow, t.ReviewActRow, t.ApprovalRow, t.BulkMemberRow,
)  # fmt: skip
_OF_CALL: tuple[type[SQLModel], ...] = (t.TalkRow, t.TurnRow, t.CallEventRow, t.GuestRow, t.ListenerRow)
_OF_TRANSFER: tuple[type[SQLModel], ...] = (t.DecisionRow, t.OutboxRow, t.RiskEventRow, t.LabelRow, t.EarlyNewsRow)

WITHOUT_CUSTOMER: Mapping[type[SQLModel], str] = {
    t.WebhookRow: "ids and hashes of messages",
    t.NewsIdRow: "ids and hashes of messages",
    t.DoNotCallRow: "keyed hashes of numbers not to be called, kept also after the customer is erased",
    t.PersonAskRow: "keyed hashes, for an hour",
    t.AgentRow: "our own people",
    t.StaffRow: "our own people",
    t.SessionRow: "our own people",
    t.FailedTryRow: "our own people",
    t.SecondFactorRow: "our own people",
    t.SsoFlowRow: "our own people",
    t.SsoIdentityRow: "our own people",
    t.BulkWishRow: "our own people",
    t.AdminLogRow: "acts of administration, by ids",
    t.AdminHeadRow: "the end of a chain",
    t.AnchorEndRow: "the end of a chain",
    t.SecretSeenRow: "fingerprints of secrets",
    t.LinesRow: "the lines",
    t.CallPlanRow: "the lines",
    t.BudgetRow: "the lines",
    t.SenderRow: "the lines",
    t.FeedHeadRow: "a position",
    t.ScriptVersionRow: "scripts",
    t.PausedScriptRow: "scripts",
}


def rows_of_customer() -> Mapping[Table, ColumnElement[bool]]:
    """Return for each table the condition that selects the rows of `CUSTOMER`."""
    customers, cases = table_of(t.CustomerRow), table_of(t.CaseRow)
    found: dict[Table, ColumnElement[bool]] = {customers: customers.c.id == CUSTOMER, cases: cases.c.id.in_(CASES)}
    found |= {(table := table_of(row)): table.c.customer_id == CUSTOMER for row in _OF_CUSTOMER}
    found |= _within(_OF_CASE, "case_id", CASES) | _within(_OF_CALL, "attempt_id", CALLS)
    found |= _within(_OF_TRANSFER, "transfer_id", TRANSFERS) | _within((t.SmsEventRow,), "sms_id", TEXTS)
    return found


def _within(rows: tuple[type[SQLModel], ...], column: str, ids: Any) -> dict[Table, ColumnElement[bool]]:
    return {(table := table_of(row)): table.c[column].in_(ids) for row in rows}
