"""What a call is about, and what becomes of it when there is nothing left to talk about."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.outcome import CALLS_FOR_HELP, Contact, Outcome
from wakeup.domain.transfer import STILL_OPEN, Transfer, TransferState
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.scoring import CANNOT_TALK
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
from wakeup.usecases.case.escalate import escalate
from wakeup.usecases.case.in_doubt import in_doubt, may_be_gone
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.advance_script import advance_script
from wakeup.usecases.conversation.colleague_call import taken
from wakeup.usecases.deciding.warning_after_allow import queue_for_follow_up
from wakeup.usecases.guardian_answers.guardian_talk import WORRIED, is_guardian
from wakeup.usecases.ladder.spoken_to import spoken_of
from wakeup.usecases.records import Talk


def concerned(file: CaseFile) -> list[Transfer]:
    """The transfers a call is about: those nobody has spoken about yet, then the largest first. None of which nobody
    knows whether it has left: it would be told that it is on hold."""
    transfers = [t for t in file.transfers() if t.state in STILL_OPEN and not in_doubt(file, t)]
    policy, spoken = file.unit.policy, spoken_of(file) if len(transfers) > 1 else frozenset()
    return sorted(
        transfers,
        key=lambda t: (t.id not in spoken, policy.in_base(t.amount, t.currency) or t.amount),
        reverse=True,
    )


def nothing_left(file: CaseFile) -> bool:
    """Every payment was cancelled, let go, paid out or refused meanwhile: the call says so and ends."""
    return not any(t.state in STILL_OPEN for t in file.transfers())


def heard(
    file: CaseFile, attempt: Attempt, talk: Talk, before: Conversation, given: Input
) -> tuple[Conversation, Turn, Input]:
    """`advance_script`, and what the script was told: this act, or that nothing is left. What they meant is kept anyway."""
    after, turn = advance_script(file, attempt, talk, before, given)
    instead = None if _goes_on(given, after, turn) else _instead(file, attempt, talk)
    if instead is None:
        return after, turn, given
    # Whoever says only now that it is them has proved nothing yet. That it is somebody else counts.
    who = None if after.contact is Contact.RIGHT_PARTY else after.contact
    meant = replace(before.found(who, after.outcome, after.reason), flags=after.flags, language=after.language)
    return (*advance_script(file, attempt, talk, meant, instead), instead)


def _goes_on(given: Input, after: Conversation, turn: Turn) -> bool:
    """Nobody in despair is hung up on, nor a worried guardian, a colleague they asked for is brought, and a talk with
    one has its own goodbye."""
    return (
        isinstance(given, Answered | Detected | HungUp)
        or given == PersonLeft(TransferResult.TALKED)
        or turn.connect is not None
        or after.outcome in CALLS_FOR_HELP
        or WORRIED in after.flags
    )


def _instead(file: CaseFile, attempt: Attempt, talk: Talk) -> Elsewhere | None:
    if not _is_over(file, attempt, talk):
        return None
    about = [t for t in file.transfers() if t.id in talk.named] or file.transfers()
    return Cancelled() if all(t.state is TransferState.CANCELLED for t in about) else NothingLeft()


def _is_over(file: CaseFile, attempt: Attempt, talk: Talk) -> bool:
    """Nothing is left, or what they are told of has gone, or may have: no word about another payment of theirs may let
    them think that it is stopped, and the others have a call of their own. A guardian is asked about them all."""
    if nothing_left(file) or is_guardian(file, attempt):
        return nothing_left(file)
    gone = any(t.id in talk.named and may_be_gone(file, t) for t in file.transfers())
    return gone or all(in_doubt(file, t) for t in file.transfers() if t.state in STILL_OPEN)


def asked_in_vain(
    file: CaseFile, attempt: Attempt, talk: Talk, before: Conversation, after: Conversation, given: Input
) -> None:
    """The talk is over, its money is gone, and whoever wanted a person, or could not talk freely, had none. That is no
    warning, so nothing else would show the case in the queue."""
    over = after.finished and not before.finished
    asks = after.outcome is Outcome.AGENT_REQUESTED or CANNOT_TALK in after.flags
    if over and asks and not _had_one(file, attempt, before, given) and _is_over(file, attempt, talk):
        escalate(file)
        queue_for_follow_up(file)


def _had_one(file: CaseFile, attempt: Attempt, before: Conversation, given: Input) -> bool:
    """They talked with a colleague to the end of the call, whoever hung up first."""
    n = before.turns - 1
    hand_over = file.unit.hand_overs.get(attempt.id, n) if before.turns else None
    joined = hand_over is not None and hand_over.joined_at is not None
    return given == PersonLeft(TransferResult.TALKED) or joined or taken(n) in before.flags
