"""What a guardian said, or may have meant, is looked at by a person in time."""

from __future__ import annotations

from wakeup.domain.case import CaseEvent, CaseState
from wakeup.domain.transfer import TransferState
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.want_people import want_people


def want_review(file: CaseFile, reason: str) -> None:
    """A person looks at it in time. What was released already cannot be held by us, but somebody can ring the bank."""
    due_at = file.now + file.unit.policy.messages.review_within
    file.note("review_wanted", "guardian", reason=reason, due_at=due_at.isoformat())
    want_people(file)
    if any(t.state is TransferState.ALLOWED for t in file.transfers()):
        file.note("guardian_after_allow", "guardian", reason=reason, alarm=True)
        file.unit.wakes.add("alarm:guardian_after_allow")
        if file.case.state is CaseState.SETTLED:
            file.move(CaseEvent.REOPEN_REVIEW)
