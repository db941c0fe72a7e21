"""Returns turn n of a call: a repeated request gets the same turn, a foreign call gets silence, otherwise the
conversation goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wakeup.domain.attempt import LIVE, Attempt, AttemptEvent, Errand
from wakeup.domain.errors import NotFoundError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.domain.outcome import PROTECTIVE
from wakeup.ivr.turn import Answered, AnsweredBy, Detected, Input, Keys, Speech, Turn
from wakeup.ivr.walk import hung_up_before, state_before_hang_up
from wakeup.usecases.agents.agent_call import agent_turn
from wakeup.usecases.agents.human_talks import current_human_talk
from wakeup.usecases.case.calls import advance_call, bind, known_alive
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conference.guests import guest_turn
from wakeup.usecases.conference.hand_on import on_to_the_next
from wakeup.usecases.conference.listen_in import listener_turn
from wakeup.usecases.conversation.advance_script import advance_script
from wakeup.usecases.conversation.cannot_talk import follow_up_another_way
from wakeup.usecases.conversation.nothing_left import asked_in_vain
from wakeup.usecases.conversation.recording_consent import ask_first, begin_recording, hear_consent
from wakeup.usecases.conversation.talk import begin_talk, learn, take_turn, was_spoken_to
from wakeup.usecases.conversation.wishes import grant_wishes
from wakeup.usecases.deciding.settle import settle_file
from wakeup.usecases.inputs import Line
from wakeup.usecases.records import Talk
from wakeup.usecases.unit import Unit

_WITHOUT_SCRIPT: dict[Errand, Callable[[CaseFile, Attempt, int, Input], Turn | None]] = {
    Errand.AGENT: agent_turn,
    Errand.LISTENER: listener_turn,
    Errand.GUEST: guest_turn,
}
"""What speaks in calls that follow no script."""


class Served(StrEnum):
    """How a request for a turn was answered, for the metric and the canonical log line."""

    TURN = "turn"
    REPLAY = "replay"
    """With a turn that was served before."""
    STRANGER = "stranger"
    """With silence, to a foreign call."""
    OVER = "over"
    """With silence, because the conversation or the call is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the call hears next. A turn of None ends it silently, because the call is not, or is no longer, ours to
    speak to."""

    turn: Turn | None
    why: Served = Served.TURN
    record: bool = False
    """The call is to be recorded from now on."""
    agent: bool = False
    """The call is to an agent or supervisor, or to a guardian who joins an agent's conversation."""


def converse(unit: Unit, attempt_id: AttemptId, n: int, line: Line, given: Input, now: datetime) -> Reply:
    """Answer the provider's request for turn n."""
    case = unit.cases.lock_of(attempt_id)
    if case is None:
        return Reply(turn=None, why=Served.STRANGER)
    with CaseFile(unit, case, now) as file:
        attempt = bind(file, unit.attempts.get(attempt_id), line.call_sid, line)
        if attempt is None:
            return Reply(turn=None, why=Served.STRANGER)
        turns = _WITHOUT_SCRIPT.get(attempt.errand)
        if turns is not None:
            return Reply(turn=turns(file, attempt, n, given), agent=True)
        return _answer(file, attempt, n, given)


def _answer(file: CaseFile, attempt: Attempt, n: int, given: Input) -> Reply:
    talk = file.unit.talks.get(attempt.id, file.case.customer_id)
    if talk is not None and n < talk.turns:
        hear_last_words(file, attempt, talk, n, given)
        return _replayed(file, talk, n)
    if attempt.state not in LIVE or (talk is None and was_spoken_to(file, attempt)):
        # Also where the conversation was begun and its row is damaged: nobody knows what was said. `end_talk` says so.
        return Reply(turn=None, why=Served.OVER)
    attempt = advance_call(file, attempt, AttemptEvent.ANSWER)
    if talk is None:
        talk = begin_talk(file, attempt)
        asked = ask_first(file, attempt, talk)
        if asked is not None:
            return Reply(turn=asked)
        given = _as_answered(given, attempt)
    elif n > talk.turns:
        # The request is for a turn we never offered: repeat the last one rather than guess.
        return _replayed(file, talk, talk.turns - 1)
    elif talk.finished:
        return Reply(turn=None, why=Served.OVER)
    return _spoken(file, attempt, talk, given)


def _spoken(file: CaseFile, attempt: Attempt, talk: Talk, given: Input) -> Reply:
    """Compute a turn that was not served before."""
    talk, given = hear_consent(file, attempt, talk, given)
    talk, record = begin_recording(file, attempt, talk, given)
    waits = on_to_the_next(file, attempt, talk, given)
    if waits is not None:
        return Reply(turn=waits, record=record)
    taken = take_turn(file, attempt, talk, given)
    if taken.settles:
        settle_file(file)
    return Reply(turn=taken.turn, record=record)


def _as_answered(given: Input, attempt: Attempt) -> Input:
    """Return the input of the first turn: the pick-up, whatever came with it, including a detector verdict that
    came earlier."""
    if isinstance(given, Answered) and given.by is AnsweredBy.UNKNOWN and attempt.answered_by:
        return Answered(AnsweredBy(attempt.answered_by))
    return given if isinstance(given, Answered) else Answered()


def _replayed(file: CaseFile, talk: Talk, n: int) -> Reply:
    spoken = file.unit.talks.turn(talk.attempt_id, talk.customer_id, n)
    return Reply(turn=None if spoken is None else Turn.from_json(spoken.turn), why=Served.REPLAY)


def record_detection(unit: Unit, attempt_id: AttemptId, call_sid: str, by: AnsweredBy, now: datetime) -> Reply:
    """Record the answering-machine detector's verdict on a call that may be talking already. A turn in the reply
    replaces what it hears.

    The verdict names no number, so it binds nothing: it counts only for the call that its attempt has already
    accepted.
    """
    case = unit.cases.lock_of(attempt_id)
    if case is None:
        return Reply(turn=None, why=Served.STRANGER)
    with CaseFile(unit, case, now) as file:
        attempt = unit.attempts.get(attempt_id)
        if attempt.call_sid != call_sid or attempt.state not in LIVE:
            return Reply(turn=None, why=Served.STRANGER)
        return _detected(file, known_alive(file, attempt), by)


def _detected(file: CaseFile, attempt: Attempt, by: AnsweredBy) -> Reply:
    file.note("detected", attempt=attempt.id, by_machine=by)
    if attempt.answered_by is None:
        attempt = _remember_verdict(file, attempt, by)
    talk = file.unit.talks.get(attempt.id, file.case.customer_id)
    if talk is None or talk.finished or by not in {AnsweredBy.MACHINE, AnsweredBy.FAX}:
        return Reply(turn=None, why=Served.OVER if talk is None or talk.finished else Served.TURN)
    if current_human_talk(file.unit, file.case.id, call=attempt.id) is not None:
        # An agent is talking to them, so it is no machine, and the two must not be torn apart.
        return Reply(turn=None)
    taken = take_turn(file, attempt, talk, Detected(by))
    if not taken.settles:
        # A live person has already proved the detector wrong: the conversation goes on, and nothing is replaced.
        return Reply(turn=None)
    settle_file(file)
    return Reply(turn=taken.turn)


def _remember_verdict(file: CaseFile, attempt: Attempt, by: AnsweredBy) -> Attempt:
    known = replace(attempt, answered_by=by)
    file.unit.attempts.save(known)
    return known


def hear_last_words(file: CaseFile, attempt: Attempt, talk: Talk, n: int, given: Input) -> None:
    """Process input for turn `n`, which the end of the call has taken: what the callee pressed or said as they hung up.
    The provider promises no order. A repeat of the input teaches nothing new.

    The end has already cut the conversation short. A warning counts all the same, and so does a callee who cannot talk
    freely; anything that would favour a release came too late.
    """
    if not (talk.finished and n == talk.turns - 1 and isinstance(given, Keys | Speech)):
        return
    before = state_before_hang_up(talk.conversation)
    if before is None:
        return
    try:
        heard, turn = advance_script(file, attempt, talk, before, given)
    except NotFoundError:
        return
    warns = heard.outcome in PROTECTIVE and heard.outcome is not before.outcome
    if not follow_up_another_way(file, attempt, before, heard) and not warns:
        return
    gone = hung_up_before(heard)
    file.unit.talks.save(talk.with_conversation(gone))
    file.note(
        "heard_late", "callee", attempt=attempt.id, n=n, node=turn.node, act=given.kind
    )  # fmt: skip
    asked_in_vain(file, attempt, talk, before, gone, given)
    if warns:
        grant_wishes(file, attempt, gone.wishes - before.wishes)
        learn(file, attempt, talk, gone)
    settle_file(file)
