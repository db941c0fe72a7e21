"""Give the script an input of the callee, or tell it that nothing is left to talk about."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.outcome import CALLS_FOR_HELP, Contact
from wakeup.domain.transfer import TransferState
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.turn import (
    Answered,
    Cancelled,
    Detected,
    Elsewhere,
    HungUp,
    Input,
    NothingLeft,
    PersonLeft,
    TransferResult,
    Turn,
)
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.advance_script import advance_script
from wakeup.usecases.conversation.nothing_left import is_over
from wakeup.usecases.guardian_answers.guardian_talk import WORRIED
from wakeup.usecases.records import Talk


def hear_input(
    file: CaseFile, attempt: Attempt, talk: Talk, before: Conversation, given: Input
) -> tuple[Conversation, Turn, Input]:
    """Like `advance_script`, but tell the script where nothing is left. Also returns the input the script got; what the
    callee meant is stored in either case."""
    after, turn = advance_script(file, attempt, talk, before, given)
    instead = None if _goes_on(given, after, turn) else _instead(file, attempt, talk)
    if instead is None:
        return after, turn, given
    # A callee who claims only now to be the right party has proved nothing yet. That it is another person counts.
    who = None if after.contact is Contact.RIGHT_PARTY else after.contact
    meant = replace(before.found(who, after.outcome, after.reason), flags=after.flags, language=after.language)
    return (*advance_script(file, attempt, talk, meant, instead), instead)


def _goes_on(given: Input, after: Conversation, turn: Turn) -> bool:
    """True if the conversation goes on although no payment is left.

    A callee in distress or a worried guardian is not hung up on, a human who was asked for is connected, and a
    conversation with one has its own goodbye.
    """
    return (
        isinstance(given, Answered | Detected | HungUp)
        or given == PersonLeft(TransferResult.TALKED)
        or turn.connect is not None
        or after.outcome in CALLS_FOR_HELP
        or WORRIED in after.flags
    )


def _instead(file: CaseFile, attempt: Attempt, talk: Talk) -> Elsewhere | None:
    if not is_over(file, attempt, talk):
        return None
    about = [t for t in file.transfers() if t.id in talk.named] or file.transfers()
    return Cancelled() if all(t.state is TransferState.CANCELLED for t in about) else NothingLeft()
