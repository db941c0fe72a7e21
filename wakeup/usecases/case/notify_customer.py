"""What the customer hears by text: a call was missed, what became of the check, and later how such scams go.

No detail ever: somebody else may read it. Nothing is sent to a number the machine would not ring. A lesson is planned
when the text before it goes out, so that deciding, which may come in thousands, writes one text and not three.
"""

from __future__ import annotations

from datetime import timedelta

from wakeup.domain.attempt import Attempt
from wakeup.domain.outcome import Contact, Disposition
from wakeup.domain.party import Party, Role
from wakeup.domain.sms import Sms, SmsKind, SmsState
from wakeup.domain.transfer import Transfer
from wakeup.domain.transfer import TransferState as State
from wakeup.usecases.case.in_doubt import in_doubt
from wakeup.usecases.case.people import customer_of
from wakeup.usecases.case.queue_sms import queue_sms
from wakeup.usecases.casefile import CaseFile

_MISSED = frozenset({Disposition.NO_ANSWER, Disposition.REJECTED, Disposition.BUSY})
_OUTCOMES = {State.HELD: "outcome.hold", State.REFUSED: "outcome.refuse", State.ALLOWED: "outcome.allow"}
_TAUGHT = frozenset({State.HELD, State.REFUSED, State.CANCELLED})
"""Whoever's payment went its way is not told how scams go."""
CONTESTED = "outcome.contested"
MISSED_FOR = timedelta(hours=2)
OUTCOME_FOR = timedelta(days=2)
TOLD_AGAIN_AFTER = timedelta(hours=1)
FOR_THE_MOMENT = frozenset({"unreachable", "carrier_failure", "carrier_queue_full"})
"""Why a text did not arrive that may arrive later: a phone that was off, or trouble on the way."""
TAUGHT_AFTER = timedelta(days=1)
TAUGHT_FOR = timedelta(days=3)
LESSONS = 2
UNTAUGHT = frozenset({"extortion"})
"""Whoever else reads the phone would learn of it."""


def tell_missed(file: CaseFile, attempt: Attempt) -> None:
    """Once a case: we rang, and nobody came to the phone, or a machine did."""
    if attempt.disposition not in _MISSED and attempt.contact is not Contact.VOICEMAIL:
        return
    party = file.unit.parties.get(attempt.party_id, file.case.customer_id)
    if party.role is not Role.CUSTOMER or file.case.no_calls or not party.ringable:
        return
    if not _written(file, SmsKind.MISSED_CALL):
        queue_sms(file, party, SmsKind.MISSED_CALL, {}, due_at=file.now, latest_at=file.now + MISSED_FOR)


def tell_outcome(file: CaseFile) -> None:
    """Everything in the case is decided: on hold after an automated check, on its way, or refused. It is told unless it
    is the last they were told: an allow may be called back, and given anew. What the customer cancelled themselves is
    not told, only taught about."""
    party, told = _reader(file), outcome_now(file)
    if party is None:
        return
    if told is None:
        if not any(in_doubt(file, transfer) for transfer in file.transfers()):
            _teach(file, party)
        return
    last = _last_told(file, party)
    if last is None or not _is_text(file, last, told, party):
        latest = file.now + OUTCOME_FOR
        queue_sms(file, party, SmsKind.OUTCOME, {}, template=told, due_at=file.now, latest_at=latest)


def _last_told(file: CaseFile, party: Party) -> Sms | None:
    """Of how the case stands. What was not sent was not told, and a receipt says nothing of it."""
    texts = [sms for sms in _texts(file, SmsKind.OUTCOME) if sms.state is not SmsState.SUPPRESSED]
    told = [sms for sms in texts if not _is_receipt(file, sms, party)]
    return max(told, key=lambda sms: sms.id, default=None)


def tell_contested(file: CaseFile) -> None:
    """What they contest has come, and a person looks at it."""
    party = _reader(file)
    if party is not None:
        latest = file.now + OUTCOME_FOR
        queue_sms(file, party, SmsKind.OUTCOME, {}, template=CONTESTED, due_at=file.now, latest_at=latest)


def tell_again(file: CaseFile, lost: Sms) -> None:
    """A notice that did not arrive is sent once more, an hour later, if it is still true: nobody else tells them that
    their payment is on hold, and how to contest it. Should the first have arrived all the same, two are no harm."""
    party = _reader(file)
    if lost.kind is not SmsKind.OUTCOME or lost.reason not in FOR_THE_MOMENT or party is None:
        return
    told, due_at = CONTESTED if _is_receipt(file, lost, party) else outcome_now(file), file.now + TOLD_AGAIN_AFTER
    lost_before = sum(s.template == lost.template and s.state is SmsState.FAILED for s in _texts(file, lost.kind))
    if told is not None and lost_before == 1 and due_at < lost.latest_at and _still_so(file, lost, party):
        queue_sms(file, party, lost.kind, {}, template=told, due_at=due_at, latest_at=lost.latest_at)


def outcome_now(file: CaseFile) -> str | None:
    """Which text tells how the case stands; the general one when its payments went different ways. None tells of a
    payment that may have left or not."""
    states = {transfer.state for transfer in file.transfers() if not in_doubt(file, transfer)}
    if State.HELD in states:
        return _OUTCOMES[State.HELD]
    told = sorted(_OUTCOMES[state] for state in states if state in _OUTCOMES)
    return told[0] if len(told) == 1 else "outcome" if told else None


def teach_next(file: CaseFile, sent: Sms) -> None:
    """A notice or a lesson goes out now: the next lesson has its day."""
    party = _reader(file)
    if sent.kind in {SmsKind.OUTCOME, SmsKind.EDUCATION} and party is not None and not _is_receipt(file, sent, party):
        _teach(file, party)


def no_use_telling(file: CaseFile, sms: Sms) -> str | None:
    """Asked just before it is sent: why this text to the customer would be wrong by now, or None."""
    party = _reader(file)
    if party is None:
        return "number_suspicious"
    match sms.kind:
        case SmsKind.MISSED_CALL if _reached(file):
            return "reached"
        case SmsKind.MISSED_CALL if not any(t.state in {State.PENDING, State.HELD} for t in file.transfers()):
            return "nothing_pending"
        case SmsKind.OUTCOME:
            return None if _still_so(file, sms, party) else "superseded"
        case SmsKind.EDUCATION if _lesson(file) is None:
            return "released"
    return None


def _teach(file: CaseFile, party: Party) -> None:
    """How such scams go, the day after, and once more when the memory of it fades."""
    about, lessons = _lesson(file), len(_texts(file, SmsKind.EDUCATION))
    if about is None or lessons >= LESSONS:
        return
    due_at = file.now + (file.unit.policy.messages.educate_again if lessons else TAUGHT_AFTER)
    template = f"education.{about.typology}"
    queue_sms(file, party, SmsKind.EDUCATION, {}, template=template, due_at=due_at, latest_at=due_at + TAUGHT_FOR)


def _lesson(file: CaseFile) -> Transfer | None:
    """The transfer to learn from: the largest that did not go its way."""
    stopped = [t for t in file.transfers() if t.state in _TAUGHT]
    if any(t.typology in UNTAUGHT for t in file.transfers()):
        return None
    return max(stopped, key=lambda t: file.unit.policy.in_base(t.amount, t.currency) or t.amount, default=None)


def _reader(file: CaseFile) -> Party | None:
    """The customer, unless somebody else may hold their number."""
    party = customer_of(file)
    return party if party is not None and party.ringable else None


def _still_so(file: CaseFile, sms: Sms, party: Party) -> bool:
    if _is_receipt(file, sms, party):
        return _contested(file)
    told = outcome_now(file)
    return told is not None and _is_text(file, sms, told, party)


def _is_receipt(file: CaseFile, sms: Sms, party: Party) -> bool:
    return _is_text(file, sms, CONTESTED, party)


def _is_text(file: CaseFile, sms: Sms, told: str, party: Party) -> bool:
    """Whether it tells this, in whichever words: texts are worded anew, and not on every node at once."""
    name, _, _ = file.unit.sms_templates.wording(told, party.locale).partition("/")
    return sms.template.partition("/")[0] == name


def _contested(file: CaseFile) -> bool:
    review = file.unit.reviews.get(file.case.id)
    return review is not None and review.contested_at is not None


def _reached(file: CaseFile) -> bool:
    since = min(t.flagged_at for t in file.transfers())
    heard = file.unit.talks.evidence(file.case, since)
    return any(case_id == file.case.id and e.contact is Contact.RIGHT_PARTY for case_id, e in heard)


def _written(file: CaseFile, kind: SmsKind) -> bool:
    return bool(_texts(file, kind))


def _texts(file: CaseFile, kind: SmsKind) -> list[Sms]:
    return [sms for sms in file.unit.texts.of_case(file.case.id) if sms.kind is kind]
