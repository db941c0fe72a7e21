"""Repeated calls to one party: ring again by how the last attempt ended, until the window leaves no time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.attempt import Attempt, AttemptState
from wakeup.domain.outcome import Contact, Disposition
from wakeup.domain.policy import Calling
from wakeup.domain.window import latest_start

_PERSON = frozenset({Contact.UNVERIFIED_HUMAN})
_NO_PERSON = frozenset({Contact.VOICEMAIL, Contact.CALL_SCREENER, Contact.NOBODY})
"""Answered, and cut short. The two are counted apart: who has no time after a voicemail is called once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextCall:
    """Ring once more, not before `due_at` and not after `latest_start`."""

    due_at: datetime
    latest_start: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NoMoreCalls:
    """No further call to this party; `reason` says why."""

    reason: str


def first_call(now: datetime, settles_at: datetime, calling: Calling) -> NextCall | NoMoreCalls:
    """Return the first call of a new case."""
    if settles_at <= now:
        return NoMoreCalls(reason="window_closed")
    return NextCall(due_at=now, latest_start=latest_start(now, settles_at, calling))


def next_call(
    attempts: Sequence[Attempt], now: datetime, settles_at: datetime, calling: Calling, *, spare: int = 0
) -> NextCall | NoMoreCalls:
    """Return what follows the last attempt at one party. `attempts` are that party's, oldest first, none live.

    `spare`: calls of the case that no later rung needs.
    """
    last = attempts[-1]
    rung = [a for a in attempts if a.state is not AttemptState.SUPPRESSED]
    if len(rung) >= calling.max_calls_per_case:
        return NoMoreCalls(reason="calls_used_up")
    wait = _wait_after(last, rung, calling, spare)
    if isinstance(wait, NoMoreCalls):
        return wait
    start = settles_at - calling.ring_timeout - calling.useful_talk
    if now + min(wait, calling.min_gap) > start:
        return NoMoreCalls(reason="window_too_short")
    # A short window compresses the ladder: ringing sooner is better than not ringing.
    return NextCall(due_at=min(now + wait, start), latest_start=start)


def _wait_after(last: Attempt, rung: Sequence[Attempt], calling: Calling, spare: int) -> timedelta | NoMoreCalls:
    def times(*dispositions: Disposition) -> int:
        return sum(a.disposition in dispositions for a in rung)

    if last.state is AttemptState.NOT_PLACED:
        return timedelta() if calling.redial_unknown else NoMoreCalls(reason="call_lost")
    match last.disposition:
        case Disposition.BUSY:
            more = times(Disposition.BUSY) - calling.busy_retries
            return calling.busy_gap if more <= 0 else _later(more, calling, spare, "always_busy")
        case Disposition.NO_ANSWER | Disposition.REJECTED:
            more = times(Disposition.NO_ANSWER, Disposition.REJECTED) - calling.no_answer_retries
            return calling.no_answer_gap if more <= 0 else NoMoreCalls(reason="never_answers")
        case Disposition.ANSWERED:
            return _wait_after_answered(last, rung, calling, spare)
        case Disposition.FAILED if not last.number_at_fault:
            return calling.busy_gap if times(Disposition.FAILED) <= 1 else NoMoreCalls(reason="line_fails")
        case _:
            return NoMoreCalls(reason=f"ended_{last.disposition or last.state}")


def _wait_after_answered(
    last: Attempt, rung: Sequence[Attempt], calling: Calling, spare: int
) -> timedelta | NoMoreCalls:
    alike = _PERSON if last.contact in _PERSON else _NO_PERSON
    more = sum(a.disposition is Disposition.ANSWERED and a.contact in alike for a in rung) - calling.cut_short_retries
    if last.contact in alike and more <= 0:
        return calling.cut_short_gap
    return _later(more, calling, spare if alike is _PERSON else 0, "spoken_to")


def _later(used: int, calling: Calling, spare: int, reason: str) -> timedelta | NoMoreCalls:
    """Return how long to wait after the usual repetitions, of which `used` more were made."""
    return calling.later_gap if spare > 0 and used <= calling.later_retries else NoMoreCalls(reason=reason)
