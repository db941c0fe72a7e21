"""Ask the next guardian of a case by SMS. Whatever the reply, it can only add protection."""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.domain.confirmation import OPEN, Confirmation, Step, needs_no_more_answers
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.guardian import no_contact
from wakeup.domain.ids import ConfirmationId
from wakeup.domain.naming import called
from wakeup.domain.party import Party
from wakeup.domain.sms import SmsKind, SmsState
from wakeup.domain.transfer import Tier
from wakeup.domain.window import may_ring, next_ringing_hour
from wakeup.usecases.case.customer import is_unreadable
from wakeup.usecases.case.parties import customer_of
from wakeup.usecases.case.queue_sms import queue_sms
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.guardians.choose_guardian import choose_guardian, guardian_at_hand
from wakeup.usecases.unit import Unit

CODES = range(10, 100)
TRIES = 20


def ask_guardian(file: CaseFile, why: str) -> str | None:
    """Plan a prompt for the next eligible guardian. Returns None if one was planned, otherwise the reason why not.

    `why` names the rung, wish or effect that asks. If no prompt is planned, the timeline says why.
    """
    reason = why_nobody(file)
    if reason is None:
        chosen = choose_guardian(file)
        reason = chosen.reason if chosen.party is None else _ask(file, chosen.party, why)
    if reason is not None:
        file.note("guardian_not_asked", why=why, reason=reason)
    return reason


def why_nobody(file: CaseFile) -> str | None:
    """Return the reason why no guardian at all may be asked in this case now, or None."""
    messages = file.unit.policy.messages
    if barred := guardian_barred(file):
        return barred
    if not file.open_transfers():
        return "nothing_pending"
    asked = file.unit.confirmations.of_case(file.case.id)
    checks = (
        (any(c.state in OPEN and not c.passed_on for c in asked), "prompt_open"),
        (needs_no_more_answers(asked), "answered"),
        (len(asked) >= messages.max_guardians_per_case, "enough_asked"),
        (_texts_to_guardians(file) >= messages.max_per_case, "cap"),
    )
    return next((reason for found, reason in checks if found), None)


def _texts_to_guardians(file: CaseFile) -> int:
    return sum(sms.confirmation_id is not None for sms in file.unit.texts.of_case(file.case.id))


def can_be_asked(file: CaseFile) -> bool:
    """True if a prompt would be planned now for some guardian, so that the script may offer it."""
    return why_nobody(file) is None and guardian_at_hand(file)


def guardian_barred(file: CaseFile) -> str | None:
    """Return the reason why no guardian may learn of this case, or None: the customer is being blackmailed, the
    family may be the danger, the customer declined, or nothing tells any more whether the guardian is the payee."""
    if is_unreadable(file):
        return "unreadable"
    typologies = frozenset(t.typology for t in file.transfers())
    return no_contact(typologies, family_risk=file.case.family_risk, declined=file.case.guardian_declined)


def prompt_words(file: CaseFile, code: str | None) -> dict[str, str]:
    """Return the variables of an SMS to a guardian: the customer's name, and the code that a reply begins with."""
    customer = customer_of(file)
    return {"name": called("" if customer is None else customer.name), "code": code or ""}


def _ask(file: CaseFile, party: Party, why: str) -> str | None:
    now, unit, messages = file.now, file.unit, file.unit.policy.messages
    latest = min(now + messages.answer_within, max(t.hold_max for t in file.open_transfers()))
    due_at = _decent_time(file)
    if due_at >= latest:
        return "quiet_hours"
    code = free_code(unit, party.number_index)
    if code is None:
        return "no_code_free"
    n = len(unit.confirmations.of_case(file.case.id)) + 1
    confirmation = Confirmation(
        id=ConfirmationId(unit.ids.new("cnf")),
        case_id=file.case.id,
        customer_id=file.case.customer_id,
        party_id=party.id,
        number_index=party.number_index,
        n=n,
        code=code,
        why=why,
        asked_at=now,
        due_at=due_at + within_window(file, messages.remind_after, 4),
        expires_at=due_at + messages.answer_within,
        step=Step.REMIND,
    )
    unit.confirmations.add(confirmation)
    file.note(
        "guardian_asked", confirmation=confirmation.id, party=party.id, n=n, why=why, remind_at=_stamp(confirmation)
    )
    words = prompt_words(file, code)
    queue_sms(file, party, SmsKind.PROMPT, words, about=confirmation, due_at=due_at, latest_at=latest)
    return None


def within_window(file: CaseFile, wait: timedelta, share: int) -> timedelta:
    """Shorten a wait if the window is short: return at most the `share`-th part of the time that is left of the
    longest window."""
    left = max((t.settle_at for t in file.pending()), default=file.now) - file.now
    return min(wait, left / share) if left > timedelta() else wait


def _decent_time(file: CaseFile) -> datetime:
    """Return now, or the time at which the callee's day begins. A critical case does not wait for the day."""
    calling, zone = file.unit.policy.calling, file.case.timezone
    if may_ring(file.now, zone, calling):
        return file.now
    if file.case.tier is Tier.CRITICAL:
        file.note("quiet_hours_overridden", tier=file.case.tier, channel="sms")
        return file.now
    return next_ringing_hour(file.now, zone, calling)


def hurry_prompts(file: CaseFile) -> None:
    """If the case is critical, make the prompts that were to be sent in the morning due now: a critical case does
    not wait for the day."""
    if file.case.tier is not Tier.CRITICAL:
        return
    for sms in file.unit.texts.of_case(file.case.id):
        if sms.kind is not SmsKind.PROMPT or sms.state is not SmsState.QUEUED or sms.due_at <= file.now:
            continue
        assert sms.confirmation_id is not None
        confirmation = file.unit.confirmations.get(sms.confirmation_id)
        file.unit.texts.save(replace(sms, due_at=file.now))
        if confirmation.step is Step.REMIND:
            remind_at = file.now + within_window(file, file.unit.policy.messages.remind_after, 4)
            file.unit.confirmations.save(replace(confirmation, due_at=remind_at))
        file.unit.wakes.add("message")


def free_code(unit: Unit, number_index: str) -> str | None:
    """Return a code of two digits that is not in use at this number, so that two open prompts are never confused.
    None if all are in use."""
    taken = {c.code for c in unit.confirmations.coded(number_index)}
    taken |= {guardian.code for guardian in unit.guardians.of_number(number_index)}
    for _ in range(TRIES):
        code = unit.ids.digits(2)
        if int(code) in CODES and code not in taken:
            return code
    return next((str(code) for code in CODES if str(code) not in taken), None)


def _stamp(confirmation: Confirmation) -> str | None:
    return None if confirmation.due_at is None else confirmation.due_at.isoformat()
