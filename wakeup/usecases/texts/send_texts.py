"""The last checks before an SMS is sent, the committed intent, and what became of the one POST."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wakeup.domain.confirmation import OPEN, Confirmation, GuardianAnswer
from wakeup.domain.errors import LockedError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.guardian import GuardianState
from wakeup.domain.ids import GuardianId, SmsId
from wakeup.domain.pacing import STOPPED_FOR, TEXTS, grant, repeat_after, since_set_back, stopped
from wakeup.domain.party import Party
from wakeup.domain.sms import TO_CUSTOMER, URGENT, Sms, SmsEvent, SmsKind, SmsState, destination_refusal
from wakeup.domain.transfer import Tier
from wakeup.domain.window import may_ring, next_ringing_hour
from wakeup.usecases.case.notify_customer import no_use_telling, teach_next
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.due import Due, if_due
from wakeup.usecases.guardians.ask_guardian import guardian_barred
from wakeup.usecases.guardians.choose_guardian import consent_gone, no_more
from wakeup.usecases.guardians.consents import ward_agrees_since
from wakeup.usecases.ports import Placement, PostResult, RefusalCause, SmsOrder
from wakeup.usecases.repositories.texts import Channel
from wakeup.usecases.ringing.last_checks import count_one_by_one, reached_often
from wakeup.usecases.ringing.pacing import MAY_BE_ITS_OWN, gone_through, stopped_for_node
from wakeup.usecases.texts.texts import (
    TextFile,
    ask_somebody_else,
    bind_text,
    merge_text,
    move_text,
    open_text,
    refuse_text,
    suppress_text,
)
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import alarm

MAX_DOUBLINGS = 4
"""An SMS refused for its pair of numbers is tried again after 1, 2, 4, 8 minutes, and then every 16 minutes."""
THE_ONE_SENDER = MAY_BE_ITS_OWN | {RefusalCause.SENDER}
"""Faults that concern every SMS, because there is only one sender."""
_ASKS = frozenset({SmsKind.PROMPT, SmsKind.REMINDER, SmsKind.ASK_BACK})
_ANY_HOUR = frozenset({SmsKind.HINT, SmsKind.NUMBER_CHANGED})
"""Kinds sent at any hour: the guardian has just written to us and is awake, or is about to be replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Our side: the account, and the number or messaging service from which SMS are sent."""

    account: str
    from_: str
    refused_at: datetime | None = None
    """When this node's newest SMS was refused by a fault of `THE_ONE_SENDER`; None after one that was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStarted:
    """What to post now, or when to look again (None: when the loop is woken)."""

    order: SmsOrder | None = field(default=None, repr=False)
    valid_for: timedelta = timedelta()
    """The POST must begin within this time after the commit."""
    more_due: bool = False
    """True if the next SMS may follow."""
    again_at: datetime | None = None


def texts_due(unit: Unit, now: datetime, limit: int) -> Due[SmsId]:
    """Return the SMS to be sent, in order."""
    return if_due(unit.texts.next_due(), now, lambda: unit.texts.due(now, limit))


def start_text(unit: Unit, sender: Sender, sms_id: SmsId, now: datetime) -> TextStarted:
    """Check a due SMS again and commit `sending`, in one transaction without a claim. Raises LockedError while
    another transaction holds the case, perhaps a node with this same SMS, or the customer; the next SMS then goes
    first."""
    with open_text(unit, sms_id, now, if_free=True) as file:
        if file is None or file.sms.state is not SmsState.QUEUED or file.sms.due_at > now:
            # Another node was quicker.
            return TextStarted(more_due=True)
        _one_by_one(file)
        # Before anything is counted: of two SMS to one number, the later transaction sees the earlier one.
        lines = since_set_back(unit.lines.lock(_row(sender.account)), now)
        count_one_by_one(unit, file.sms.number_index, file.sms.region)
        reason = _refusal(file)
        if reason is not None:
            suppress_text(file, reason)
            return TextStarted(more_due=True)
        if _postponed(file):
            return TextStarted(more_due=True)
        until = stopped_for_node(lines, sender.refused_at, now)
        if until is not None and now < until:
            return TextStarted(again_at=until)
        paced = grant(lines, unit.policy.messages.per_second, 1, now)
        if not paced.starts:
            return TextStarted(again_at=paced.again_at)
        unit.lines.save(paced.lines)
        return _intend(file, sender)


def _one_by_one(file: TextFile) -> None:
    """Lock the customer before the account's row and the number, because what becomes of an SMS that is not sent may
    lock the customer, and nothing may wait for a customer with a number locked."""
    if file.case is not None and file.unit.customers.lock_if_free(file.sms.customer_id) is None:
        raise LockedError


def _row(account: str) -> str:
    return TEXTS + account


def _refusal(file: TextFile) -> str | None:
    """Return why this SMS must not be sent, or None."""
    sms, unit, messages = file.sms, file.unit, file.unit.policy.messages
    checks = (
        (sms.latest_at < file.now, "too_late"),
        (unit.do_not_call.holds(sms.number_index, Channel.SMS), "opted_out"),
        (
            unit.texts.sent_since(sms.number_index, file.now - timedelta(days=1)) >= messages.max_per_number_day,
            "cap",
        ),
        (reached_often(unit, sms.number_index, sms.region, file.now), "cap_3_days"),
    )
    reason = next((reason for refused, reason in checks if refused), None)
    reason = reason or destination_refusal(sms.region, sms.line_type, messages)
    if sms.guardian_id is not None:
        reason = reason or _not_wanted(unit, sms, sms.guardian_id)
    return reason or (None if file.case is None else _useless(file.case, sms))


def _not_wanted(unit: Unit, sms: Sms, guardian_id: GuardianId) -> str | None:
    """Return why an SMS to an enrolled guardian about that role must not be sent any more, or None."""
    reason = _not_invited(unit, sms, guardian_id) if sms.kind is SmsKind.INVITATION else None
    return reason or (None if ward_agrees_since(unit, sms.customer_id, guardian_id) else "no_consent")


def _not_invited(unit: Unit, sms: Sms, guardian_id: GuardianId) -> str | None:
    """Return why an invitation that waited for the day must not be sent any more, or None."""
    if unit.texts.invited(sms.customer_id, sms.number_index):
        return "invited_before"
    guardian = unit.guardians.get(sms.customer_id, guardian_id)
    if guardian is None or guardian.state is not GuardianState.INVITED or guardian.number_index != sms.number_index:
        return "guardian_changed"
    return None


def _useless(case: CaseFile, sms: Sms) -> str | None:
    """Return why there is nothing to tell or to ask any more, or None."""
    if sms.kind in TO_CUSTOMER:
        return no_use_telling(case, sms)
    if sms.confirmation_id is None:
        return None
    confirmation = case.unit.confirmations.get(sms.confirmation_id)
    party = case.unit.parties.get(confirmation.party_id, case.case.customer_id)
    barred = guardian_barred(case) or consent_gone(case, party)
    return barred if barred or sms.kind not in _ASKS else _no_use_asking(case, sms, confirmation, party)


def _no_use_asking(case: CaseFile, sms: Sms, confirmation: Confirmation, party: Party) -> str | None:
    """Return why the prompt is obsolete, or None: what the bank or the guardian said since it was queued."""
    if not case.open_transfers():
        return "nothing_pending"
    if withdrawn := no_more(case, party):
        return withdrawn
    if sms.kind is SmsKind.ASK_BACK:
        return None if confirmation.answer is GuardianAnswer.WILL_CALL else "answered"
    return None if confirmation.state in OPEN else f"confirmation_{confirmation.state}"


def _postponed(file: TextFile) -> bool:
    """Postpone an SMS outside calling hours, or suppress it if it would be too late by then. Only urgent SMS of a
    critical case are exempt. Without a case the number tells the time zone; an invitation may have waited for the
    phone company until night."""
    if file.sms.kind in _ANY_HOUR:
        return False
    calling, case = file.unit.policy.calling, None if file.case is None else file.case.case
    zones = file.unit.zones(file.sms.phone).split() if case is None else [case.timezone]
    quiet = [zone for zone in zones if not may_ring(file.now, zone, calling)]
    if not quiet:
        return False
    if case is not None and case.tier is Tier.CRITICAL and file.sms.kind in URGENT:
        file.note("quiet_hours_overridden", tier=case.tier, channel="sms")
        return False
    opens = max(next_ringing_hour(file.now, zone, calling) for zone in quiet)
    if opens > file.sms.latest_at:
        suppress_text(file, "quiet_hours")
    else:
        file.save(replace(file.sms, due_at=opens))
        file.note("sms_postponed", due_at=opens.isoformat())
    return True


def _intend(file: TextFile, sender: Sender) -> TextStarted:
    tempo, now = file.unit.policy.tempo, file.now
    check_at = now + tempo.sending_patience
    move_text(file, SmsEvent.SEND, replace(file.sms, from_number=sender.from_, intent_at=now, check_at=check_at))
    sms = file.sms
    if file.case is not None:
        teach_next(file.case, sms)
    order = SmsOrder(
        sms_id=sms.id,
        to=sms.phone,
        from_=sender.from_,
        body=sms.body,
        valid_for_s=max(1, int((sms.latest_at - now).total_seconds())),
    )
    return TextStarted(order=order, valid_for=tempo.post_within, more_due=True)


def record_sending(unit: Unit, sender: Sender, sms_id: SmsId, placement: Placement, now: datetime) -> None:
    """Record the result of the POST: accepted, to be posted again, refused for good, or unknown and to be asked
    about."""
    with open_text(unit, sms_id, now) as file:
        if file is None:
            return
        if placement.proof is PostResult.ACCEPTED and placement.call_sid is not None:
            if bind_text(file, placement.call_sid):
                merge_text(file, SmsEvent.ACCEPT)
                gone_through(unit, _row(sender.account), file.sms.intent_at)
        elif file.sms.state is SmsState.SENDING and file.sms.message_sid is None:
            _not_accepted(file, sender, placement)


def _not_accepted(file: TextFile, sender: Sender, placement: Placement) -> None:
    match placement.proof, placement.fault:
        case PostResult.NOT_SENT, _:
            _send_again(file, placement.retry_after_s)
        case PostResult.REFUSED, RefusalCause.PAIR:
            _wrong_pair(file)
        case PostResult.REFUSED, fault if fault in THE_ONE_SENDER:
            _stop_texting(file, sender, f"{placement.fault}:{placement.code}")
            _send_again(file, STOPPED_FOR.total_seconds())
        case PostResult.REFUSED, RefusalCause.CAPACITY:
            _send_again(file, placement.retry_after_s)
        case PostResult.REFUSED, _:
            refuse_text(file, placement.reason or "refused", placement.code)
        case _:
            lose_track(file)


def _wrong_pair(file: TextFile) -> None:
    """Handle a refused pair of numbers: either our number may not write to this one, or it may not write to any.
    Only other SMS can show which, and they must not wait for it. This SMS is tried again at growing intervals; the
    next guardian, if there is one, is asked now."""
    _send_again(file, STOPPED_FOR.total_seconds() * 2 ** min(file.sms.sends, MAX_DOUBLINGS))
    file.unit.wakes.add(alarm("sender_refused"))
    if file.sms.state is SmsState.QUEUED:
        ask_somebody_else(file, "sender_refused")


def lose_track(file: TextFile) -> None:
    """Mark the SMS as unknown: the POST may have reached the phone company, so never post again, ask."""
    first = file.unit.policy.tempo.unknown_checks[0]
    check_at = max((file.sms.intent_at or file.now) + first, file.now)
    move_text(file, SmsEvent.LOSE_TRACK, replace(file.sms, check_at=check_at, checks=0))
    file.unit.wakes.add("message")


def _send_again(file: TextFile, retry_after_s: float | None) -> None:
    """Post again, without a limit on tries until the SMS is out of date: this SMS is not at fault, and the next
    one would fare no better."""
    due = file.now + repeat_after(file.sms.sends, retry_after_s)
    if due > file.sms.latest_at:
        refuse_text(file, "not_sent")
        return
    queued = replace(file.sms, due_at=due, sends=file.sms.sends + 1, from_number=None, intent_at=None, check_at=None)
    move_text(file, SmsEvent.NOT_SENT, queued)
    file.unit.wakes.add("message")


def _stop_texting(file: TextFile, sender: Sender, reason: str) -> None:
    lines = stopped(file.unit.lines.lock(_row(sender.account)), reason, file.now + STOPPED_FOR, file.now)
    if lines is not None:
        file.unit.lines.save(lines)
        file.unit.wakes.add(alarm("texting_stopped"))
