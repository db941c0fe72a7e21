"""Requests that a human reviews what a guardian said or may have meant, in time."""

from __future__ import annotations

from wakeup.usecases.case.follow_up import escalate
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.warning_after_allow import alarm_after_allow


def request_review(file: CaseFile, reason: str) -> None:
    """Request a review within the policy's time limit. A transfer that was released already cannot be held, but a
    human can call the bank."""
    due_at = file.now + file.unit.policy.messages.review_within
    file.note("review_wanted", "guardian", reason=reason, due_at=due_at.isoformat())
    escalate(file)
    alarm_after_allow(file, "guardian_after_allow", "guardian", reason=reason)
