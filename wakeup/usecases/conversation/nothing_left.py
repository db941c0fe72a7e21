"""Which transfers a call is about, whether any is left, and who asked for a human when none was."""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.domain.outcome import Outcome
from wakeup.domain.transfer import Transfer
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.scoring import CANNOT_TALK
from wakeup.ivr.turn import Input, PersonLeft, TransferResult
from wakeup.usecases.case.follow_up import escalate, in_doubt, may_be_gone, queue_for_follow_up
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.colleague_call import accepted_flag
from wakeup.usecases.guardian_answers.guardian_talk import is_guardian
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


def is_over(file: CaseFile, attempt: Attempt, talk: Talk) -> bool:
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
    if over and asks and not _had_one(file, attempt, before, given) and is_over(file, attempt, talk):
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
