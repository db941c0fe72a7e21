"""What a guardian said, or may have meant, is looked at by a person in time."""

from __future__ import annotations

from wakeup.usecases.case.escalate import escalate
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.warning_after_allow import alarm_after_allow


def request_review(file: CaseFile, reason: str) -> None:
    """A person looks at it in time. What was released already cannot be held by us, but somebody can ring the bank."""
    due_at = file.now + file.unit.policy.messages.review_within
    file.note("review_wanted", "guardian", reason=reason, due_at=due_at.isoformat())
    escalate(file)
    alarm_after_allow(file, "guardian_after_allow", "guardian", reason=reason)
