"""A callee who cannot talk freely (key 5, or in words): the scammer may be listening, so the call just says goodbye."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.domain.to_do import PERSON_WITHIN
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.scoring import CANNOT_TALK
from wakeup.usecases.case.follow_up import escalate
from wakeup.usecases.case.guard import guard
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.deciding.warning_after_allow import WARNED, alarm_after_allow


def follow_up_another_way(file: CaseFile, attempt: Attempt, before: Conversation, after: Conversation) -> bool:
    """Put the case into the review queue at once, and leave every release to staff, if the callee has just told us so:
    what they say later may be what the scammer wants to be said. Returns whether that happened.

    Like any warning it recalls what was allowed. The ladder goes on, so guardians are asked in their time.
    """
    if CANNOT_TALK not in after.flags - before.flags:
        return False
    guard(file)
    due_at = file.now + PERSON_WITHIN
    file.note("cannot_talk", "callee", attempt=attempt.id, due_at=due_at.isoformat())
    escalate(file)
    alarm_after_allow(file, WARNED, "callee")
    return True
