"""From three answers to a band, and from a conversation to its findings. One table, written down here.

The answers. A risky answer adds its weight (1, 2, 1), not sure and silence add half of it,
and words that came before their question was heard at least that. Words that were not
understood when asked twice, or only once beside a silence or a wrong key, add at least 1: they may have been fear.

    coached       two signals: one and the same yes or no to all three though the wordings pull in opposite
                  directions, and every key pressed before its question could have been heard
    contradicted  2 or more, with at least one plainly risky answer: doubt or silence alone never accuses
    undecided     1 or more
    consistent    less

The end, by band and by what the person chose after the prediction line:

    chosen                 consistent   undecided    contradicted              coached
    no longer wants it     dissuaded    dissuaded    dissuaded                 coached (ends before the menu)
    keep it on hold        keep_hold    keep_hold    keep_hold                 coached
    all is well, go ahead  consistent   undecided    asked once more: waits    coached
                                                     keep_hold, insists persists,
                                                     nothing clear contradicted
    silent, then gone      no_input     no_input     no_input                  coached
    hangs up               partial      partial      partial; after claiming   coached
                                                     all is well contradicted

Interrupted earlier: `hung_up` while no question was answered, else `partial`; nothing ever heard: `no_input`.
Of two outcomes found in one conversation the more protective stays (`wakeup.domain.outcome.PRIORITY`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from wakeup.domain.outcome import Contact, Outcome
from wakeup.ivr.checks import ACCUSES
from wakeup.ivr.conversation import Answer, Conversation
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nodes import Band

QUESTIONS = 3
DOUBT, ZERO = Decimal(1), Decimal(0)
TOO_FAST_MS = 1500
HEARD_SHARE = 0.4
"""An answer given before this share of the words was spoken came too early to have heard the question."""

CLAIMS_GENUINE = "claims_genuine"
"""Flag: the callee said that all is well and the payment should go on."""
TRANSFER_NAMED = "transfer_named"
"""Flag: the callee heard which payment this is about, and said it is theirs."""
CANNOT_TALK = "cannot_talk"
HUNG_UP = "hung_up"

_ACCEPTS_WARNING = (Outcome.DISSUADED, Outcome.KEEP_HOLD)
_NO_PERSON = frozenset({Contact.VOICEMAIL, Contact.FAX, Contact.CALL_SCREENER, Contact.NOBODY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a conversation taught us, finished or not."""

    contact: Contact
    outcome: Outcome
    score: Decimal
    live_person: bool
    transfer_named: bool
    """The payment was named to the callee and they called it their own, so the answers are about it."""
    cannot_talk: bool
    """Key 5: the callee may be overheard. A human follows up another way."""
    finished: bool
    fault: str | None
    """What failed on our side; raises an operator alert."""


def risk_weight(meaning: Meaning | None, risk: Meaning, weight: Decimal) -> Decimal:
    """Return what an answer adds to the score. Not sure and silence weigh half."""
    if meaning in (Meaning.YES, Meaning.NO):
        return weight if meaning is risk else ZERO
    return weight / 2


def too_early(elapsed_ms: int | None, spoken_ms: int) -> bool:
    """True if a key came before its question could have been heard."""
    return elapsed_ms is not None and elapsed_ms < max(TOO_FAST_MS, int(spoken_ms * HEARD_SHARE))


def score(answers: Sequence[Answer]) -> Decimal:
    return sum((answer.weight for answer in answers), ZERO)


def band(answers: Sequence[Answer]) -> Band:
    """Return the band of the answers. Fewer than three answers are never consistent."""
    if _constant_against_the_grain(answers) and all(answer.early for answer in answers):
        return Band.COACHED
    total = score(answers)
    if total >= ACCUSES and any(answer.meaning is answer.risk for answer in answers):
        return Band.CONTRADICTED
    return Band.UNDECIDED if total >= DOUBT or len(answers) < QUESTIONS else Band.CONSISTENT


def findings(conversation: Conversation) -> Findings:
    return Findings(
        contact=conversation.contact,
        outcome=_outcome(conversation),
        score=score(conversation.answers),
        live_person=conversation.live,
        transfer_named=TRANSFER_NAMED in conversation.flags,
        cannot_talk=CANNOT_TALK in conversation.flags,
        finished=conversation.finished,
        fault=conversation.fault,
    )


def had_no_time(conversation: Conversation) -> bool:
    """True if a callee who told us nothing else said that they have no time: the script, and not the callee, ended the
    call, and found nothing out."""
    ended = conversation.finished and HUNG_UP not in conversation.flags
    return ended and conversation.outcome is None


def _constant_against_the_grain(answers: Sequence[Answer]) -> bool:
    given = {answer.meaning for answer in answers}
    wanted = {answer.risk for answer in answers}
    return len(answers) == QUESTIONS and len(wanted) > 1 and given in ({Meaning.YES}, {Meaning.NO})


def _outcome(conversation: Conversation) -> Outcome:
    decided = conversation.outcome
    if decided is Outcome.CONSISTENT:
        return decided if _may_be_consistent(conversation) else Outcome.PARTIAL
    if decided not in _ACCEPTS_WARNING and _contradicts_themselves(conversation):
        conversation = conversation.found(None, Outcome.CONTRADICTED)
    return conversation.outcome or _interrupted(conversation)


def _contradicts_themselves(conversation: Conversation) -> bool:
    return CLAIMS_GENUINE in conversation.flags and band(conversation.answers) is Band.CONTRADICTED


def _may_be_consistent(conversation: Conversation) -> bool:
    """Check again the conditions of CONSISTENT, whatever the script says: no other outcome can help a release."""
    return (
        conversation.contact is Contact.RIGHT_PARTY
        and conversation.live
        and conversation.finished
        and conversation.fault is None
        and {TRANSFER_NAMED, CLAIMS_GENUINE} <= conversation.flags
        and band(conversation.answers) is Band.CONSISTENT
    )


def _interrupted(conversation: Conversation) -> Outcome:
    if conversation.contact in _NO_PERSON:
        return Outcome.NO_INPUT
    if any(answer.meaning is not None for answer in conversation.answers):
        return Outcome.PARTIAL
    if HUNG_UP in conversation.flags:
        return Outcome.HUNG_UP
    return Outcome.PARTIAL if conversation.live or conversation.finished else Outcome.NO_INPUT
