"""What a call is about, and what becomes of it when there is nothing left to talk about."""

from __future__ import annotations

from collections.abc import Sequence

from wakeup.domain.attempt import Attempt
from wakeup.domain.ids import TransferId
from wakeup.domain.outcome import Outcome
from wakeup.domain.quick import replace
from wakeup.domain.transfer import Transfer, TransferState
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.turn import (
    Answered,
    Cancelled,
    Detected,
    Elsewhere,
    HungUp,
    Input,
    NothingLeft,
    Parting,
    PersonLeft,
    Turn,
)
from wakeup.usecases.answers.guardian_talk import WORRIED
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.answered import answered
from wakeup.usecases.records import Talk

_HEARD_OUT = frozenset({Outcome.DISTRESS, Outcome.NOT_ME, Outcome.ALREADY_PAID})
"""Whoever says so is answered in the script's own words, whatever became of the payment. So is a worried guardian."""


def concerned(file: CaseFile) -> list[Transfer]:
    """The transfers a call is about: those nobody has spoken about yet, then the largest first."""
    current = {TransferState.PENDING, TransferState.HELD}
    transfers = [t for t in file.transfers() if t.state in current]
    policy, spoken_of = file.unit.policy, _spoken_of(file, transfers)
    return sorted(
        transfers,
        key=lambda t: (t.id not in spoken_of, policy.in_base(t.amount, t.currency) or t.amount),
        reverse=True,
    )


def nothing_left(file: CaseFile) -> bool:
    """Every payment was cancelled, let go, paid out or refused meanwhile: the call says so and ends."""
    return not concerned(file)


def heard(
    file: CaseFile, attempt: Attempt, talk: Talk, before: Conversation, given: Input
) -> tuple[Conversation, Turn, Input]:
    """`answered`, and what the script was told: this act, or that nothing is left. What they meant is kept anyway."""
    after, turn = answered(file, attempt, talk, before, given)
    instead = _instead(file, talk, given, after, turn)
    if instead is None:
        return after, turn, given
    meant = replace(before.found(None, after.outcome, after.reason), flags=after.flags)
    return (*answered(file, attempt, talk, meant, instead), instead)


def _instead(file: CaseFile, talk: Talk, given: Input, after: Conversation, turn: Turn) -> Elsewhere | None:
    """Nobody in despair is hung up on, a colleague they asked for is brought, and a talk with one has its own goodbye:
    None then, and where something is left."""
    goes_on = (
        isinstance(given, Answered | Detected | HungUp)
        or given == PersonLeft(Parting.TALKED)
        or turn.connect is not None
        or after.outcome in _HEARD_OUT
        or WORRIED in after.flags
    )
    if goes_on or not nothing_left(file):
        return None
    about = [t for t in file.transfers() if t.id in talk.named] or file.transfers()
    return Cancelled() if all(t.state is TransferState.CANCELLED for t in about) else NothingLeft()


def _spoken_of(file: CaseFile, transfers: Sequence[Transfer]) -> frozenset[TransferId]:
    """Those that an earlier talk of this case has named to the right party."""
    if len(transfers) < 2:
        return frozenset()
    heard = file.unit.talks.evidence(file.case, file.now)
    return frozenset().union(*(e.named for case_id, e in heard if case_id == file.case.id))
