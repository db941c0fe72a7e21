"""Choose the number of ours that a customer sees: always the same one, unless the provider refuses calls from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from wakeup.domain.attempt import Attempt
from wakeup.domain.pacing import AHEAD
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.choosing import pick
from wakeup.usecases.wakes import alarm

RESTS_FOR = timedelta(minutes=10)
"""After this time the next call tries the number again."""


def sender_for(file: CaseFile, numbers: Sequence[str]) -> str | None:
    """Return the number assigned to this customer, or the next healthy one after it. None while all numbers rest."""
    resting = _resting(file)
    first = pick(file.unit.index("from", file.case.customer_id), len(numbers))
    return next((number for number in (*numbers[first:], *numbers[:first]) if number not in resting), None)


def next_healthy(file: CaseFile, numbers: Sequence[str]) -> datetime:
    """Return when the first number has rested long enough."""
    resting = _resting(file)
    return min(resting.get(number, file.now) for number in numbers)


def _resting(file: CaseFile) -> dict[str, datetime]:
    """Return until when each number rests that does. One that was refused before a clock was set back does not."""
    latest = file.now + RESTS_FOR + AHEAD
    return {number: until for number, until in file.unit.senders.resting(file.now).items() if until <= latest}


def rest_sender(file: CaseFile, attempt: Attempt, code: int | None) -> None:
    """Let a number rest because the provider refuses calls from it; calls go out from our other numbers."""
    if attempt.from_number is None:
        return
    file.unit.senders.rest(attempt.from_number, file.now + RESTS_FOR, f"code {code}")
    file.note("sender_rests", attempt=attempt.id, code=code, until=(file.now + RESTS_FOR).isoformat())
    file.unit.wakes.add(alarm("sender_refused"))
