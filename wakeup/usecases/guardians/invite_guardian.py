"""Send the one invitation that a guardian ever gets, and tell an old contact that they are to be replaced."""

from __future__ import annotations

from datetime import datetime, timedelta

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.guardian import GUARDIAN_TRANSITIONS, Guardian, GuardianEvent, GuardianState
from wakeup.domain.sms import Sms, SmsKind
from wakeup.domain.states import move
from wakeup.domain.window import next_ringing_hour
from wakeup.usecases.case.queue_sms import queue_to_guardian
from wakeup.usecases.guardians.ask_guardian import free_code
from wakeup.usecases.repositories.guardians import Consent
from wakeup.usecases.unit import Unit

SENT_WITHIN = timedelta(days=2)
"""An SMS about being a guardian that cannot be sent within this time is given up."""


def invite(unit: Unit, guardian: Guardian, zone: str, ward: str, now: datetime) -> None:
    """Ask the guardian whether they agree. A guardian who was invited once at this number is not invited again,
    under whatever id; and no guardian is invited where the family may be the danger."""
    if guardian.minor or guardian.linked or _invited_before(unit, guardian) or _family_is_danger(unit, guardian):
        return
    code = free_code(unit, guardian.number_index)
    if code is None:
        return
    state = move(GUARDIAN_TRANSITIONS, guardian.state, GuardianEvent.INVITE)
    unit.guardians.save(replace(guardian, state=state, code=code, invited_at=now))
    due_at, words = next_ringing_hour(now, zone, unit.policy.calling), {"name": ward, "code": code}
    sms = queue_to_guardian(unit, guardian, SmsKind.INVITATION, words, due_at, due_at + SENT_WITHIN)
    unit.guardians.consent(
        Consent(
            customer_id=guardian.customer_id, guardian_id=guardian.id, at=now, kind="invited", by="system",
            channel="sms", wording=sms.template,
        )
    )  # fmt: skip


def _family_is_danger(unit: Unit, guardian: Guardian) -> bool:
    customer = unit.customers.lock(guardian.customer_id)
    return customer is not None and customer.family_risk


def _invited_before(unit: Unit, guardian: Guardian) -> bool:
    others = unit.guardians.of_customer(guardian.customer_id)
    same = [each for each in (guardian, *others) if each.number_index == guardian.number_index]
    known = any(each.invited_at is not None for each in same)
    return known or unit.texts.invited(guardian.customer_id, guardian.number_index)


def allow_another_invitation(unit: Unit, sms: Sms) -> None:
    """Allow another invitation, because this one was provably not sent and so was not the only one the guardian
    ever gets."""
    if sms.guardian_id is None or unit.texts.invited(sms.customer_id, sms.number_index):
        return
    guardian = unit.guardians.get(sms.customer_id, sms.guardian_id)
    if guardian is None or guardian.number_index != sms.number_index:
        return
    if guardian.state is GuardianState.INVITED:
        state = move(GUARDIAN_TRANSITIONS, guardian.state, GuardianEvent.NOT_SENT)
        guardian = replace(guardian, state=state, code=None)
    unit.guardians.save(replace(guardian, invited_at=None))


def notify_old_contact(unit: Unit, guardian: Guardian, now: datetime) -> None:
    """Tell the present contact of the change. A change during an incident may be the scammer's."""
    queue_to_guardian(unit, guardian, SmsKind.NUMBER_CHANGED, {}, now, now + SENT_WITHIN)
