"""Which call belongs to which attempt, how far it has come, and the end of an attempt. An attempt accepts one call SID;
every other call is a foreign call and is cut."""

from __future__ import annotations

from datetime import timedelta

from wakeup.domain.attempt import (
    ATTEMPT_TRANSITIONS,
    CALL_RANK,
    LIVE,
    Attempt,
    AttemptEvent,
    AttemptState,
)
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId, CallSid
from wakeup.domain.outcome import Contact, Disposition
from wakeup.domain.states import move
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.inputs import Line
from wakeup.usecases.wakes import GHOST, call_over

_RANK = {
    AttemptEvent.ACCEPT: 1,
    AttemptEvent.RING: 2,
    AttemptEvent.ANSWER: 3,
    AttemptEvent.END: 4,
}


RUNS_FOR = timedelta(seconds=60)
"""How long an answered call counts as running after its answer, and after each turn, before we ask whether it does."""


def bind(file: CaseFile, attempt: Attempt, call_sid: str, line: Line | None = None) -> Attempt | None:
    """Bind a call SID by compare-and-set: the first SID wins, whichever way it arrives. The caller has locked the
    case.

    Returns the attempt if the call is its own. None for a foreign call: another call, or one whose attempt was given
    up. It hears nothing and is ended.

    `line` holds the two numbers as a webhook or a search names them; the response to our own POST needs no such
    proof.
    """
    if line is not None and not _same_ends(file, attempt, line):
        file.note("stranger_cut", attempt=attempt.id, call=call_sid, reason="other_ends")
        return None
    if attempt.call_sid is None and attempt.state in LIVE:
        bound = replace(attempt, call_sid=CallSid(call_sid), checks=0)
        file.unit.attempts.save(bound)
        file.note("call_bound", attempt=attempt.id, call=call_sid)
        return bound
    if attempt.call_sid == call_sid and attempt.state is not AttemptState.SURFACED:
        return known_alive(file, attempt)
    if attempt.state is AttemptState.NOT_PLACED:
        state = move(ATTEMPT_TRANSITIONS, attempt.state, AttemptEvent.SURFACE)
        file.unit.attempts.save(replace(attempt, state=state, call_sid=CallSid(call_sid)))
        file.note("ghost_ring", attempt=attempt.id, call=call_sid)
        file.unit.wakes.add(GHOST)
        return None
    file.note("stranger_cut", attempt=attempt.id, call=call_sid)
    return None


def known_alive(file: CaseFile, attempt: Attempt) -> Attempt:
    """Reset the count of answers in which the provider does not know this call: the call has just shown itself."""
    if attempt.checks == 0 or attempt.state not in LIVE:
        return attempt
    heard = replace(attempt, checks=0)
    file.unit.attempts.save(heard)
    return heard


def _same_ends(file: CaseFile, attempt: Attempt, line: Line) -> bool:
    return line.from_ == attempt.from_number and file.unit.index("number", line.to) == attempt.number_index


def advance_call(
    file: CaseFile,
    attempt: Attempt,
    event: AttemptEvent,
    disposition: Disposition | None = None,
) -> Attempt:
    """Merge one call event by rank: later states win, the first end is final, older events change nothing."""
    if attempt.state not in CALL_RANK or _RANK[event] <= CALL_RANK[attempt.state]:
        return attempt
    if event is AttemptEvent.END:
        reached = replace(attempt, contact=attempt.contact or Contact.NOBODY)
        moved = end_attempt(file, reached, event, disposition or Disposition.UNKNOWN)
    else:
        moved = _progressed(file, attempt, event)
        file.unit.attempts.save(moved)
    ending = {} if disposition is None else {"disposition": disposition.value}
    file.note(f"call_{event}", attempt=attempt.id, **ending)
    return moved


def _progressed(file: CaseFile, attempt: Attempt, event: AttemptEvent) -> Attempt:
    """Return the attempt after its call was accepted, rings or was answered, with the time of the next check."""
    moved = replace(attempt, state=move(ATTEMPT_TRANSITIONS, attempt.state, event))
    now, calling, tempo = file.now, file.unit.policy.calling, file.unit.policy.tempo
    match event:
        case AttemptEvent.ACCEPT:
            overdue = now + calling.ring_timeout + tempo.watchdog
            return replace(
                moved,
                placed_at=now,
                check_at=min(overdue, max(attempt.latest_start, now + tempo.watchdog)),
            )
        case AttemptEvent.RING:
            return replace(
                moved,
                ringing_at=now,
                check_at=now + calling.ring_timeout + tempo.watchdog,
            )
        case _:
            return replace(
                moved,
                answered_at=now,
                check_at=now + RUNS_FOR,
            )


def end_attempt(
    file: CaseFile, attempt: Attempt, event: AttemptEvent, disposition: Disposition | None = None
) -> Attempt:
    """Store the end of an attempt. Every end is stored here, so that each is counted once, by its disposition; one
    without a disposition is not counted. The caller writes the timeline note, and does what follows."""
    # The call code ends with the call: from now on nobody may quote it.
    ended = replace(
        attempt,
        state=move(ATTEMPT_TRANSITIONS, attempt.state, event),
        ended_at=file.now,
        disposition=disposition,
        check_at=None,
        call_code=None,
        lease_until=None,
    )
    file.unit.attempts.save(ended)
    if attempt.state in LIVE:
        # The call frees its line.
        file.unit.wakes.add("dispatch")
    if disposition is not None:
        file.unit.wakes.add(call_over(disposition, attempt.id))
    return ended


def guest_over(file: CaseFile, call_id: AttemptId) -> None:
    """Record the end of a guest's call, or that it was never made."""
    guest = file.unit.guests.get(call_id)
    if guest is not None and guest.ended_at is None:
        file.unit.guests.save(replace(guest, ended_at=file.now))
        file.note("guest_over", "guardian", call=call_id, entered=guest.entered_at is not None)
        file.unit.wakes.add("agents")
