"""The tables: columns and constraints, nothing else. Rows are not domain objects; the repositories map between
them.

Children have no foreign key to the case, because they are written before their case row, whose timeline head is
known last, and no constraint is deferred. The case lock decides who may write.
"""

from __future__ import annotations

from wakeup.storage.tables.admin_log import AdminHeadRow, AdminLogRow, AnchorEndRow
from wakeup.storage.tables.agents import AgentRow
from wakeup.storage.tables.bulk import BulkMemberRow, BulkWishRow
from wakeup.storage.tables.call_ins import CallInRow, PersonAskRow
from wakeup.storage.tables.calls import (
    AttemptRow,
    BudgetRow,
    CallEventRow,
    CallPlanRow,
    EvidenceRow,
    LinesRow,
    SenderRow,
    TalkRow,
    TurnRow,
)
from wakeup.storage.tables.cases import CaseRow, CustomerRow, PartyRow, RungRow, TransferRow
from wakeup.storage.tables.decisions import DecisionRow, FeedHeadRow, OutboxRow, TimelineRow
from wakeup.storage.tables.do_not_call import DoNotCallRow
from wakeup.storage.tables.guardians import ConfirmationRow, ConsentRow, GuardianChangeRow, GuardianRow
from wakeup.storage.tables.hand_overs import GuestRow, HandOverRow, ListenerRow
from wakeup.storage.tables.incoming import EarlyNewsRow, LabelRow, NewsIdRow, RiskEventRow, WebhookRow
from wakeup.storage.tables.retention import LegalHoldRow, RecordingRow, RetentionRow
from wakeup.storage.tables.reviews import ApprovalRow, ReviewActRow, ReviewRow
from wakeup.storage.tables.scripts import PausedScriptRow, ScriptVersionRow
from wakeup.storage.tables.secrets_seen import SecretSeenRow
from wakeup.storage.tables.sign_in import FailedTryRow, SecondFactorRow, SsoFlowRow, SsoIdentityRow
from wakeup.storage.tables.sms import ReplyRow, SmsEventRow, SmsRow
from wakeup.storage.tables.staff import SessionRow, StaffRow
