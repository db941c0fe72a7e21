"""Bulk release: release many transfers at once when one of the bank's risk models went wrong. Pure rules.

As for a single release, two persons must agree and each transfer is bound to its state at the time of the request.
Transfers that anything besides the model speaks against are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wakeup.domain.case import Case
from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import PROTECTIVE, Evidence
from wakeup.domain.review import Reason, Review, holder
from wakeup.domain.staff import PersonId, StaffId
from wakeup.domain.transfer import Tier, Transfer, TransferState, highest

MOST = 500
"""Maximum number of transfers in one request."""


class BulkState(StrEnum):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRelease:
    """The first person's request to release all transfers that one model flagged in a time span."""

    id: str
    model: str
    since: datetime
    until: datetime
    reason: Reason
    ticket: str
    """The bank's ticket about what went wrong."""
    asked_by: StaffId
    name: str
    person: PersonId
    asked_at: datetime
    expires_at: datetime
    state: BulkState = BulkState.ASKED
    answered_by: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkReleaseItem:
    """One transfer of a bulk release, bound to its state when the first person asked."""

    wish_id: str
    transfer_id: TransferId
    case_id: CaseId
    binds: str
    done_at: datetime | None = None
    left_out: str | None = None
    """Why the transfer was not released after all."""


def exclusion_reason(
    transfer: Transfer, case: Case, evidence: Iterable[Evidence], review: Review, now: datetime, *, in_talk: bool
) -> str | None:
    """Return why this transfer must not be released in bulk, or None. Each may still be released individually.

    `in_talk`: an agent may still be told that something is wrong.
    """
    promised = case.person_due_at is not None or case.unheld_at is not None
    checks = (
        (transfer.state is not TransferState.HELD or now >= transfer.hold_max, "not_held"),
        (highest(transfer.tier, case.tier) is Tier.CRITICAL, "critical"),
        (promised or any((review.person_wanted_at, review.police_wanted_at, review.police_at)), "wanted"),
        (transfer.guarded, "guarded"),
        (any(one.outcome in PROTECTIVE for one in evidence), "warned"),
        (in_talk, "in_talk"),
        (holder(review, now) is not None, "in_hand"),
    )
    return next((reason for speaks, reason in checks if speaks), None)
