"""Supervisors in an agent's conversation: rung by a call of their own, let in by a key, heard by nobody, by the
agent, or by all.

Every beginning, change and end is recorded in the case's timeline under the supervisor's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.attempt import NOT_BEGUN, OVER, Attempt, Errand
from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOver
from wakeup.domain.ids import AttemptId
from wakeup.domain.language import zh_or_en
from wakeup.domain.listening import Listener, ListenMode
from wakeup.domain.staff import Right, StaffId, demand
from wakeup.ivr.turn import Input, Keys, Listen, Room, Turn
from wakeup.usecases.agents.human_talks import current_human_talk, room_of
from wakeup.usecases.agents.offers import ask_about, not_for, party_of
from wakeup.usecases.case.planning import add_call, cancel_call
from wakeup.usecases.case.served_turn import served_turn
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.visits import NO_CALLS, draft_visit, visited_human_talk
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.unit import Unit

ENTERS = "1"
_PAUSE_S = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A request to the phone company: this call continues with that turn, or ends if `turn` is None."""

    attempt_id: AttemptId
    call_sid: str
    turn: int | None
    still: ListenMode | None
    """The supervisor's mode in the conference until the request is done; None if they are not in it yet."""


def listen_in(unit: Unit, order: Order, call: AttemptId, n: int, way: ListenMode, now: datetime) -> Moved | None:
    """Ring this supervisor for the conversation that began in turn `n` of this call, or change the mode of one who is
    in it. The customer and a guardian may talk to agents at once, so the case alone names no conversation. Raises
    ConflictError on `listen`."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.LISTEN_IN)
        human_talk = current_human_talk(unit, order.case_id, call=call)
        if human_talk is None or human_talk.n != n:
            raise ConflictError("listen", "no colleague is talking to this customer now")
        mine = unit.listeners.of_staff(work.staff.id)
        if mine is not None and (mine.wait, mine.n) == (human_talk.attempt_id, human_talk.n):
            return _change(work.file, mine, way)
        if mine is not None:
            raise ConflictError("listen", "you are in another call; leave it first")
        _ring(work, human_talk, way)
    return None


def leave_human_talk(unit: Unit, order: Order, now: datetime) -> Moved | None:
    """Take the supervisor out of the conversation by a click at the console. Does nothing when they are in none."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.LISTEN_IN)
        mine = unit.listeners.of_staff(work.staff.id)
        if mine is None or mine.case_id != order.case_id:
            return None
        call = unit.attempts.get(mine.attempt_id)
        if call.state in NOT_BEGUN:
            cancel_call(work.file, call, "listener_left")
            listening_over(work.file, call.id)
        if call.call_sid is None:
            return None
        return Moved(attempt_id=call.id, call_sid=call.call_sid, turn=None, still=mine.served)


def listener_turn(file: CaseFile, attempt: Attempt, n: int, given: Input) -> Turn | None:
    """Return turn n of a call to a supervisor."""
    listener = file.unit.listeners.get(attempt.id)
    return None if listener is None else served_turn(file, attempt, n, given, lambda: _next(file, listener, n, given))


def no_use_listening(file: CaseFile, call: Attempt) -> str | None:
    """Last check before a supervisor's phone rings: return why it must not, or None."""
    listener = file.unit.listeners.get(call.id)
    if listener is None or listener.ended_at is not None or visited_human_talk(file, listener) is None:
        return "nobody_talks"
    return "window_too_short" if file.now >= call.latest_start else None


def listening_over(file: CaseFile, call_id: AttemptId) -> None:
    """Record the end of a supervisor's call, or that it was never made."""
    listener = file.unit.listeners.get(call_id)
    if listener is not None and listener.ended_at is None:
        file.unit.listeners.save(replace(listener, ended_at=file.now))
        file.note("listening_over", listener.name, call=call_id, entered=listener.entered_at is not None)
        # A customer who waits for an agent may be offered to this supervisor now.
        file.unit.wakes.update({"agents", "people"})


def end_listening(unit: Unit, staff_id: StaffId, now: datetime) -> None:
    """Have the call of a supervisor whose account is closed in this transaction checked: it is cut if it rings or is
    in a conversation.

    Call it before any row of an account is locked, because it locks the case.
    """
    mine = unit.listeners.of_staff(staff_id)
    if mine is not None:
        with CaseFile(unit, unit.cases.lock(mine.case_id), now) as file:
            ask_about(file, mine.attempt_id, now)


def _ring(work: ReviewFile, human_talk: HandOver, way: ListenMode) -> None:
    unit, file = work.unit, work.file
    agent = unit.agents.lock(work.staff.id)
    if agent is None:
        raise ConflictError("listen", "you have no phone number here; ask an administrator to make you an agent")
    if agent.offer is not None:
        raise ConflictError("listen", "you are being called, or are on a call")
    if not_for(unit, file.case.id, [agent]):
        raise ConflictError("listen", "your number belongs to a party of this case")
    if unit.lines.no_calls_until(file.now) is not None:
        raise ConflictError("listen", NO_CALLS)
    call = add_call(file, draft_visit(file, human_talk, party_of(file, agent), Errand.LISTENER))
    unit.listeners.add(
        Listener(
            attempt_id=call.id, case_id=file.case.id, customer_id=file.case.customer_id, wait=human_talk.attempt_id,
            n=human_talk.n, staff_id=work.staff.id, name=work.staff.name, way=way, asked_at=file.now,
        )
    )  # fmt: skip
    file.note("listening_asked", work.staff.name, call=call.id, way=way)
    unit.wakes.add("agents")


def _change(file: CaseFile, listener: Listener, way: ListenMode) -> Moved | None:
    """Change the supervisor's mode. The mode last served counts, so a change that the phone company did not carry
    out is requested again."""
    call = file.unit.attempts.get(listener.attempt_id)
    if call.state in OVER:
        return None
    if listener.way is not way:
        file.unit.listeners.save(replace(listener, way=way))
        file.note("listening_changed", listener.name, call=call.id, way=way)
        file.unit.wakes.add("agents")
    if listener.entered_at is None or listener.served is way or call.call_sid is None:
        return None
    said = len(file.unit.talks.turns(call.id, file.case.customer_id))
    return Moved(attempt_id=call.id, call_sid=call.call_sid, turn=said, still=listener.served)


def _next(file: CaseFile, listener: Listener, n: int, given: Input) -> Turn | None:
    human_talk = visited_human_talk(file, listener)
    if human_talk is None:
        return _said(file, "listened", n, None)
    if n == 0:
        return _said(file, "watch", n, Listen(timeout_s=_PAUSE_S, speech=False))
    if listener.entered_at is None and not (isinstance(given, Keys) and given.digits == ENTERS):
        return _said(file, "listened", n, None)
    if listener.served is listener.way:
        # They left the conference themselves, or their time was up.
        return _said(file, "listened", n, None)
    if listener.entered_at is None:
        file.note("listening_begun", listener.name, call=listener.attempt_id, way=listener.way)
    entered = replace(listener, served=listener.way, entered_at=listener.entered_at or file.now)
    file.unit.listeners.save(entered)
    file.unit.wakes.add("agents")
    return Turn(
        n=n, node="in_the_room", utterances=(), room=_room(file, human_talk, listener.way), language=human_talk.language
    )


def _room(file: CaseFile, human_talk: HandOver, way: ListenMode) -> Room:
    """Return the conference for this mode. To whisper, the call coaches the agent's own call."""
    agents = (
        None
        if human_talk.offer is None or way is not ListenMode.WHISPER
        else file.unit.attempts.get(human_talk.offer).call_sid
    )
    return replace(room_of(file, human_talk), beside=True, muted=way is ListenMode.LISTEN, coach=agents)


def _said(file: CaseFile, what: str, n: int, listen: Listen | None) -> Turn:
    language = zh_or_en(file.case.locale)
    words = file.unit.speaker.to_supervisor(what, language)
    return Turn(n=n, node=what, utterances=words, listen=listen, language=language)
