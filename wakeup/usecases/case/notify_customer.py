"""SMS to the customer: a call was missed, the outcome of the check, and later how such scams work.

They contain no details, because another person may read them. Nothing is sent to a number that is not rung
automatically. A lesson is planned when the SMS before it is sent, so that a decision, of which there may be
thousands at once, writes one SMS instead of three.
"""

from __future__ import annotations

from datetime import timedelta

from wakeup.domain.attempt import Attempt
from wakeup.domain.outcome import Contact, Disposition
from wakeup.domain.party import Party
from wakeup.domain.sms import Sms, SmsKind, SmsState
from wakeup.domain.transfer import Transfer
from wakeup.domain.transfer import TransferState as State
from wakeup.usecases.case.follow_up import in_doubt
from wakeup.usecases.case.parties import customer_of
from wakeup.usecases.case.queue_sms import queue_sms
from wakeup.usecases.case.record_evidence import heard_here
from wakeup.usecases.casefile import CaseFile

_MISSED = frozenset({Disposition.NO_ANSWER, Disposition.REJECTED, Disposition.BUSY})
_OUTCOMES = {State.HELD: "outcome.hold", State.REFUSED: "outcome.refuse", State.ALLOWED: "outcome.allow"}
_TAUGHT = frozenset({State.HELD, State.REFUSED, State.CANCELLED})
"""States after which lessons are sent; a customer whose payment went through gets none."""
CONTESTED = "outcome.contested"
MISSED_FOR = timedelta(hours=2)
OUTCOME_FOR = timedelta(days=2)
TOLD_AGAIN_AFTER = timedelta(hours=1)
FOR_THE_MOMENT = frozenset({"unreachable", "carrier_failure", "carrier_queue_full"})
"""Failure reasons after which an SMS may still arrive later: the phone was off, or trouble in delivery."""
TAUGHT_AFTER = timedelta(days=1)
TAUGHT_FOR = timedelta(days=3)
LESSONS = 2
UNTAUGHT = frozenset({"extortion"})
"""Typologies without lessons, because another reader of the phone would learn of the case."""


def text_missed_call(file: CaseFile, attempt: Attempt) -> None:
    """Send the missed-call SMS, once per case: nobody answered our call, or a machine did."""
    if attempt.disposition not in _MISSED and attempt.contact is not Contact.VOICEMAIL:
        return
    party = _reader(file)
    if party is None or party.id != attempt.party_id or file.case.no_calls:
        return
    if not _written(file, SmsKind.MISSED_CALL):
        queue_sms(file, party, SmsKind.MISSED_CALL, {}, due_at=file.now, latest_at=file.now + MISSED_FOR)


def text_outcome(file: CaseFile) -> None:
    """Send the outcome of a case in which everything is decided: on hold after an automated check, on its way, or
    refused.

    An outcome is not sent if it is the last one sent; it may be sent again after another one, because an allow may
    be recalled and given again. For transfers that the customer cancelled there is no notice, only lessons.
    """
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
    """Return the last notice of the case's outcome. Suppressed SMS and receipts of a contest do not count."""
    texts = [sms for sms in _texts(file, SmsKind.OUTCOME) if sms.state is not SmsState.SUPPRESSED]
    told = [sms for sms in texts if not _is_receipt(file, sms, party)]
    return max(told, key=lambda sms: sms.id, default=None)


def text_contest_received(file: CaseFile) -> None:
    """Confirm that the customer's contest has arrived and that a human reviews it."""
    party = _reader(file)
    if party is not None:
        latest = file.now + OUTCOME_FOR
        queue_sms(file, party, SmsKind.OUTCOME, {}, template=CONTESTED, due_at=file.now, latest_at=latest)


def resend_notice(file: CaseFile, lost: Sms) -> None:
    """Send a lost notice once more after an hour, if it is still true.

    Nothing else tells the customer that their payment is on hold and how to contest it. If the first one arrived
    after all, two do no harm.
    """
    party = _reader(file)
    if lost.kind is not SmsKind.OUTCOME or lost.reason not in FOR_THE_MOMENT or party is None:
        return
    told, due_at = CONTESTED if _is_receipt(file, lost, party) else outcome_now(file), file.now + TOLD_AGAIN_AFTER
    lost_before = sum(s.template == lost.template and s.state is SmsState.FAILED for s in _texts(file, lost.kind))
    if told is not None and lost_before == 1 and due_at < lost.latest_at and _still_so(file, lost, party):
        queue_sms(file, party, lost.kind, {}, template=told, due_at=due_at, latest_at=lost.latest_at)


def outcome_now(file: CaseFile) -> str | None:
    """Return the template for the current outcome; the general one when the transfers ended differently, None when
    there is nothing to tell. Transfers in doubt are left out."""
    states = {transfer.state for transfer in file.transfers() if not in_doubt(file, transfer)}
    if State.HELD in states:
        return _OUTCOMES[State.HELD]
    told = sorted(_OUTCOMES[state] for state in states if state in _OUTCOMES)
    return told[0] if len(told) == 1 else "outcome" if told else None


def teach_next(file: CaseFile, sent: Sms) -> None:
    """Plan the next lesson when a notice or a lesson is sent."""
    party = _reader(file)
    if sent.kind in {SmsKind.OUTCOME, SmsKind.EDUCATION} and party is not None and not _is_receipt(file, sent, party):
        _teach(file, party)


def no_use_telling(file: CaseFile, sms: Sms) -> str | None:
    """Last check before an SMS to the customer is sent: return why it would be wrong by now, or None."""
    party = _reader(file)
    if party is None:
        return "number_suspicious"
    match sms.kind:
        case SmsKind.MISSED_CALL if _reached(file):
            return "reached"
        case SmsKind.MISSED_CALL if not file.open_transfers():
            return "nothing_pending"
        case SmsKind.OUTCOME:
            return None if _still_so(file, sms, party) else "superseded"
        case SmsKind.EDUCATION if _lesson(file) is None:
            return "released"
    return None


def _teach(file: CaseFile, party: Party) -> None:
    """Plan the next lesson about such scams: the first after a day, the second when the memory of it fades."""
    about, lessons = _lesson(file), len(_texts(file, SmsKind.EDUCATION))
    if about is None or lessons >= LESSONS:
        return
    due_at = file.now + (file.unit.policy.messages.educate_again if lessons else TAUGHT_AFTER)
    template = f"education.{about.typology}"
    queue_sms(file, party, SmsKind.EDUCATION, {}, template=template, due_at=due_at, latest_at=due_at + TAUGHT_FOR)


def _lesson(file: CaseFile) -> Transfer | None:
    """Return the transfer the lesson is about: the largest that did not go through; None if there is none or a
    typology forbids it."""
    stopped = [t for t in file.transfers() if t.state in _TAUGHT]
    if any(t.typology in UNTAUGHT for t in file.transfers()):
        return None
    return max(stopped, key=lambda t: file.unit.policy.in_base(t.amount, t.currency) or t.amount, default=None)


def _reader(file: CaseFile) -> Party | None:
    """Return the customer's party, unless another person may hold the number."""
    party = customer_of(file)
    return party if party is not None and party.ringable else None


def _still_so(file: CaseFile, sms: Sms, party: Party) -> bool:
    if _is_receipt(file, sms, party):
        return file.review.contested_at is not None
    told = outcome_now(file)
    return told is not None and _is_text(file, sms, told, party)


def _is_receipt(file: CaseFile, sms: Sms, party: Party) -> bool:
    return _is_text(file, sms, CONTESTED, party)


def _is_text(file: CaseFile, sms: Sms, told: str, party: Party) -> bool:
    """True if the SMS has this template, in whichever version: versions change, and not on every node at once."""
    name, _, _ = file.unit.sms_templates.wording(told, party.locale).partition("/")
    return sms.template.partition("/")[0] == name


def _reached(file: CaseFile) -> bool:
    return any(e.contact is Contact.RIGHT_PARTY for e in heard_here(file))


def _written(file: CaseFile, kind: SmsKind) -> bool:
    return bool(_texts(file, kind))


def _texts(file: CaseFile, kind: SmsKind) -> list[Sms]:
    return [sms for sms in file.unit.texts.of_case(file.case.id) if sms.kind is kind]
