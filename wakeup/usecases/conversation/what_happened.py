"""What really happened on a call. The provider reports only the keys, words or end of a connection; what they mean for
a callee who waited for another party is known from the state of the conference, hand-over or colleague's call."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.turn import Input, Keys, Speech
from wakeup.usecases.agents.hand_over import hand_over_input
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.colleague_call import colleague_input
from wakeup.usecases.conversation.conference_call import conference_input
from wakeup.usecases.records import Talk


def what_happened(file: CaseFile, attempt: Attempt, talk: Talk, given: Input, before: Conversation) -> Input:
    """Return the input that the script gets for what the provider reported. Ends the hand-over from which the callee
    returns."""
    # An answer without a time of its own took as long as the turn has lasted.
    timed = _timed(file, talk, given)
    # Customer and guardian in a conference: whether the other one is there, is coming, or has left.
    met = conference_input(file, attempt, talk, timed, before)
    # A wait for an agent, or a talk with one: how it ended.
    returned = hand_over_input(file, attempt, met, before)
    if returned is not met:
        return returned
    # A colleague's call, unless an agent was rung: the colleague talked only if they accepted by key.
    return colleague_input(returned, before)


def _timed(file: CaseFile, talk: Talk, given: Input) -> Input:
    elapsed = int((file.now - talk.turned_at).total_seconds() * 1000)
    match given:
        case Keys() | Speech() if given.elapsed_ms is None:
            return replace(given, elapsed_ms=elapsed)
        case _:
            return given
