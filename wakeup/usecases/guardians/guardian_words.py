"""What guardians decide about themselves by SMS: yes or no to an invitation, pause, resume, leave. Their decisions
are kept for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.guardian import GUARDIAN_TRANSITIONS, Guardian, GuardianEvent, GuardianState
from wakeup.domain.ids import CustomerId
from wakeup.domain.reply import ParsedReply, ReplyKind
from wakeup.domain.states import after
from wakeup.usecases.repositories.guardians import Consent
from wakeup.usecases.unit import Unit

_EVENTS = {
    ReplyKind.PAUSE: GuardianEvent.PAUSE,
    ReplyKind.RESUME: GuardianEvent.RESUME,
    ReplyKind.LEAVE: GuardianEvent.LEAVE,
}
_KINDS = {
    GuardianEvent.CONFIRM: "guardian_agreed",
    GuardianEvent.DECLINE: "declined",
    GuardianEvent.PAUSE: "paused",
    GuardianEvent.RESUME: "resumed",
    GuardianEvent.LEAVE: "left",
}
_NOES = {"declined": GuardianState.DECLINED, "paused": GuardianState.PAUSED, "left": GuardianState.LEFT}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnNo:
    """A guardian's last word to us, if it was that they do not want to be asked."""

    state: GuardianState
    at: datetime
    yes_before: frozenset[datetime]
    """The times of what they had told the bank when they said no to us. The bank's clock may have been ahead: a yes
    that we knew already is none since."""


def answer_invitation(unit: Unit, invited: Guardian, heard: ParsedReply, now: datetime) -> str:
    """Take the reply to an invitation: 1 or yes confirms, 2 or no declines. Anything else gets no reply, because
    each guardian gets only one invitation."""
    agrees = {1: True, 2: False}.get(heard.digit or 0, heard.consent)
    if agrees is None:
        return "not_understood"
    stands = _as_they_stand(unit, [invited])
    if not stands or stands[0].code != invited.code:
        return "nothing_open"
    moved = move_guardian(unit, stands[0], GuardianEvent.CONFIRM if agrees else GuardianEvent.DECLINE, now)
    if moved is None:
        return "nothing_open"
    unit.guardians.save(replace(moved, code=None))
    return "agreed" if agrees else "declined"


def change_mind(unit: Unit, guardians: Sequence[Guardian], act: ReplyKind, now: datetime) -> str:
    """Pause, resume or leave, for every customer of this guardian. An act that makes no sense in the present state
    changes nothing."""
    for guardian in _as_they_stand(unit, guardians):
        move_guardian(unit, guardian, _EVENTS[act], now)
    return act.value


def _as_they_stand(unit: Unit, guardians: Sequence[Guardian]) -> Sequence[Guardian]:
    """Re-read the guardians under the lock of their customers, which a list of the bank takes too, so that neither
    change undoes the other. An entry that has another number by now belongs to another guardian and is left out."""
    for customer_id in sorted({guardian.customer_id for guardian in guardians}):
        unit.customers.lock(customer_id)
    found = (unit.guardians.get(guardian.customer_id, guardian.id) for guardian in guardians)
    numbers = {guardian.number_index for guardian in guardians}
    return [one for one in found if one is not None and one.number_index in numbers]


def own_no(unit: Unit, customer_id: CustomerId, number_index: str) -> OwnNo | None:
    """Return the last word of the guardian with this number, under whatever ids the bank named them, if it was a
    no; otherwise None."""
    theirs = [one for one in unit.guardians.of_number(number_index) if one.customer_id == customer_id]
    histories = [unit.guardians.consents(customer_id, one.id) for one in theirs]
    said = [c for history in histories for c in history if c.by == "guardian"]
    last = sorted(said, key=lambda consent: consent.at)[-1:]
    if not last or last[0].kind not in _NOES:
        return None
    known = frozenset(at for history in histories for at in _yes_before_a_no(history))
    return OwnNo(state=_NOES[last[0].kind], at=last[0].at, yes_before=known)


def _yes_before_a_no(history: Sequence[Consent]) -> list[datetime]:
    noes = [n for n, c in enumerate(history) if c.by == "guardian" and c.kind in _NOES]
    before = history[: noes[-1]] if noes else []
    return [c.at for c in before if (c.kind, c.by) == (_KINDS[GuardianEvent.CONFIRM], "bank")]


def move_guardian(unit: Unit, guardian: Guardian, event: GuardianEvent, now: datetime) -> Guardian | None:
    """Apply a guardian's own request by SMS if the transition table allows it. Returns None if it does not."""
    state = after(GUARDIAN_TRANSITIONS, guardian.state, event)
    if state is None:
        return None
    agreed = event in {GuardianEvent.CONFIRM, GuardianEvent.RESUME}
    confirmed_at = now if agreed and guardian.confirmed_at is None else guardian.confirmed_at
    moved = replace(guardian, state=state, confirmed_at=confirmed_at)
    unit.guardians.save(moved)
    unit.guardians.consent(
        Consent(
            customer_id=guardian.customer_id,
            guardian_id=guardian.id,
            at=now,
            kind=_KINDS[event],
            by="guardian",
            channel="sms",
            wording=unit.sms_templates.wording("invitation", guardian.locale),
        )
    )
    return moved
