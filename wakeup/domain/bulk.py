"""Many releases at once, when one of the bank's risk models went wrong: what may be in them, and what never is.

Two persons as for a single release, each transfer bound as it stood, and nothing that anything but the model speaks
against.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wakeup.domain.ids import CaseId, TransferId
from wakeup.domain.outcome import PROTECTIVE, Evidence
from wakeup.domain.review import Reason, Review, holder
from wakeup.domain.staff import PersonId, StaffId
from wakeup.domain.transfer import Tier, Transfer, TransferState, highest

MOST = 500
"""Transfers in one wish."""


class BulkState(StrEnum):
    ASKED = "asked"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkRelease:
    """The first person's wish to release all that one model flagged in a span of time."""

    id: str
    model: str
    since: datetime
    until: datetime
    reason: Reason
    ticket: str
    """Where the bank wrote down what went wrong."""
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
    """One transfer of a wish, bound as it stood when the first person asked."""

    wish_id: str
    transfer_id: TransferId
    case_id: CaseId
    binds: str
    done_at: datetime | None = None
    left_out: str | None = None
    """Why it was not released after all."""


def exclusion_reason(
    transfer: Transfer, case_tier: Tier, evidence: Iterable[Evidence], review: Review, now: datetime
) -> str | None:
    """What speaks against releasing this one among many, or None. Each of these may still be released by itself."""
    checks = (
        (transfer.state is not TransferState.HELD or now >= transfer.hold_max, "not_held"),
        (highest(transfer.tier, case_tier) is Tier.CRITICAL, "critical"),
        (any((review.person_wanted_at, review.police_wanted_at, review.police_at)), "wanted"),
        (transfer.guarded, "guarded"),
        (any(one.outcome in PROTECTIVE for one in evidence), "warned"),
        (holder(review, now) is not None, "in_hand"),
    )
    return next((reason for speaks, reason in checks if speaks), None)
