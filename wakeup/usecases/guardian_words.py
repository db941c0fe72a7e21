"""What guardians decide about themselves by text: yes or no to an invitation, pause, resume, leave. Kept for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wakeup.domain.guardian import GUARDIAN_TRANSITIONS, Guardian, GuardianEvent
from wakeup.domain.quick import replace
from wakeup.domain.reply import Act, Heard
from wakeup.usecases.correspondence import Consent
from wakeup.usecases.unit import Unit

_EVENTS = {Act.PAUSE: GuardianEvent.PAUSE, Act.RESUME: GuardianEvent.RESUME, Act.LEAVE: GuardianEvent.LEAVE}
_KINDS = {
    GuardianEvent.CONFIRM: "guardian_agreed",
    GuardianEvent.DECLINE: "declined",
    GuardianEvent.PAUSE: "paused",
    GuardianEvent.RESUME: "resumed",
    GuardianEvent.LEAVE: "left",
}


def answer_invitation(unit: Unit, invited: Guardian, heard: Heard, now: datetime) -> str:
    """1 or yes confirms, 2 or no declines; anything else is left unanswered: there is one invitation, ever."""
    agrees = {1: True, 2: False}.get(heard.digit or 0, heard.consent)
    if agrees is None:
        return "not_understood"
    moved = move_guardian(unit, invited, GuardianEvent.CONFIRM if agrees else GuardianEvent.DECLINE, now)
    if moved is None:
        return "nothing_open"
    unit.guardians.save(replace(moved, code=None))
    return "agreed" if agrees else "declined"


def change_mind(unit: Unit, guardians: Sequence[Guardian], act: Act, now: datetime) -> str:
    """Pause, resume or leave, for everybody they guard. What makes no sense now changes nothing."""
    for guardian in guardians:
        move_guardian(unit, guardian, _EVENTS[act], now)
    return act.value


def move_guardian(unit: Unit, guardian: Guardian, event: GuardianEvent, now: datetime) -> Guardian | None:
    """Their own wish by text, as far as the table allows it; None when it does not."""
    after = GUARDIAN_TRANSITIONS[guardian.state].get(event)
    if after is None:
        return None
    agreed = event in {GuardianEvent.CONFIRM, GuardianEvent.RESUME}
    confirmed_at = now if agreed and guardian.confirmed_at is None else guardian.confirmed_at
    moved = replace(guardian, state=after, confirmed_at=confirmed_at)
    unit.guardians.save(moved)
    unit.guardians.consent(
        Consent(
            customer_id=guardian.customer_id,
            guardian_id=guardian.id,
            at=now,
            kind=_KINDS[event],
            by="guardian",
            channel="sms",
            wording=unit.letters.wording("invitation", guardian.locale),
        )
    )
    return moved
