"""Which transfers a call is about, and what happens to a call when none is left."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.outcome import CALLS_FOR_HELP, Contact, Outcome
from wakeup.domain.transfer import Transfer, TransferState
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
from wakeup.usecases.case.follow_up import escalate, in_doubt, may_be_gone, queue_for_follow_up
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.advance_script import advance_script
from wakeup.usecases.conversation.colleague_call import accepted_flag
from wakeup.usecases.guardian_answers.guardian_talk import WORRIED, is_guardian
from wakeup.usecases.ladder.spoken_to import spoken_of
from wakeup.usecases.records import Talk


def transfers_to_discuss(file: CaseFile) -> list[Transfer]:
    """Return the transfers a call is about: those not yet spoken about first, then by falling amount.

    A transfer in doubt is left out, because the call would say that it is on hold.
    """
    transfers = [t for t in file.open_transfers() if not in_doubt(file, t)]
    policy, spoken = file.unit.policy, spoken_of(file) if len(transfers) > 1 else frozenset()
    return sorted(
        transfers,
        key=lambda t: (t.id not in spoken, policy.in_base(t.amount, t.currency) or t.amount),
        reverse=True,
    )


def nothing_left(file: CaseFile) -> bool:
    """True if every payment was cancelled, allowed, paid out or refused meanwhile: the call says so and ends."""
    return not file.open_transfers()


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
    if not _is_over(file, attempt, talk):
        return None
    about = [t for t in file.transfers() if t.id in talk.named] or file.transfers()
    return Cancelled() if all(t.state is TransferState.CANCELLED for t in about) else NothingLeft()


def _is_over(file: CaseFile, attempt: Attempt, talk: Talk) -> bool:
    """True if nothing is left, or a transfer the callee was told of has left or may have left.

    Nothing said about another payment may make the callee think that the lost one is stopped, and the others get a
    call of their own. A guardian is asked about all of them.
    """
    if nothing_left(file):
        return True
    gone = any(t.id in talk.named and may_be_gone(file, t) for t in file.transfers())
    # Who is on the line is asked last, because it takes a query, and in most turns nothing is gone.
    return (gone or all(in_doubt(file, t) for t in file.open_transfers())) and not is_guardian(file, attempt)


def asked_in_vain(
    file: CaseFile, attempt: Attempt, talk: Talk, before: Conversation, after: Conversation, given: Input
) -> None:
    """Queue the case if its conversation ended with nothing left to hold, and a callee who wanted a human, or could
    not talk freely, had none.

    That is no warning, so nothing else would show the case in the queue.
    """
    over = after.finished and not before.finished
    asks = after.outcome is Outcome.AGENT_REQUESTED or CANNOT_TALK in after.flags
    if over and asks and not _had_one(file, attempt, before, given) and _is_over(file, attempt, talk):
        if CANNOT_TALK not in after.flags:
            # The callee waits whatever the bank does with the payment. `cannot_talk` says so, too.
            file.note("asked_in_vain", "guardian" if is_guardian(file, attempt) else "callee", attempt=attempt.id)
        # Not `want_person`: the payment that the callee was told of may have left while another one is open.
        escalate(file)
        queue_for_follow_up(file, file.began_at)


def _had_one(file: CaseFile, attempt: Attempt, before: Conversation, given: Input) -> bool:
    """True if the callee talked with an agent or colleague to the end of the call, whichever hung up first."""
    n = before.turns - 1
    hand_over = file.unit.hand_overs.get(attempt.id, n) if before.turns else None
    joined = hand_over is not None and hand_over.joined_at is not None
    return given == PersonLeft(TransferResult.TALKED) or joined or accepted_flag(n) in before.flags
