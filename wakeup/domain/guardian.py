"""Guardians: trusted people that customer and guardian both agreed to. Which of them may be asked, and which never."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from wakeup.domain.ids import CustomerId, GuardianId
from wakeup.domain.party import Party
from wakeup.domain.policy import Messages
from wakeup.domain.sms import destination_refusal

ADULT_FROM = 18
"""Age in years. Only the conclusion is stored, not the year of birth."""


class GuardianState(StrEnum):
    NAMED = "named"
    """Named by the bank; the invitation has not been sent yet."""
    INVITED = "invited"
    CONFIRMED = "confirmed"
    PAUSED = "paused"
    LEFT = "left"
    DECLINED = "declined"
    REMOVED = "removed"


class GuardianEvent(StrEnum):
    INVITE = "invite"
    NOT_SENT = "not_sent"
    """The invitation was never sent."""
    CONFIRM = "confirm"
    DECLINE = "decline"
    PAUSE = "pause"
    RESUME = "resume"
    LEAVE = "leave"
    REMOVE = "remove"


_S, _E = GuardianState, GuardianEvent
_OUT = {_E.LEAVE: _S.LEFT, _E.REMOVE: _S.REMOVED}

# A guardian who is named again after a removal, or with another number, is another contact and begins anew.
GUARDIAN_TRANSITIONS: dict[GuardianState, dict[GuardianEvent, GuardianState]] = {
    _S.NAMED: {_E.INVITE: _S.INVITED, _E.CONFIRM: _S.CONFIRMED, **_OUT},
    _S.INVITED: {_E.NOT_SENT: _S.NAMED, _E.CONFIRM: _S.CONFIRMED, _E.DECLINE: _S.DECLINED, **_OUT},
    _S.CONFIRMED: {_E.PAUSE: _S.PAUSED, **_OUT},
    _S.PAUSED: {_E.RESUME: _S.CONFIRMED, **_OUT},
    # A guardian who left or declined is not invited again: only they themselves can come back.
    _S.LEFT: {_E.RESUME: _S.CONFIRMED, _E.REMOVE: _S.REMOVED},
    _S.DECLINED: {_E.CONFIRM: _S.CONFIRMED, _E.REMOVE: _S.REMOVED},
    _S.REMOVED: {},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardian:
    """A customer's guardian as the bank enrolled them. Number and name are never shown in `repr`."""

    customer_id: CustomerId
    id: GuardianId
    rank: int
    """The guardian with the lowest rank is asked first."""
    state: GuardianState = GuardianState.NAMED
    phone: str = field(repr=False)
    number_index: str
    region: str
    line_type: str
    name: str = field(default="", repr=False)
    relation: str | None = field(default=None, repr=False)
    locale: str
    minor: bool = False
    linked: bool = False
    """The bank says that the guardian is connected with a suspect."""
    accounts: tuple[str, ...] = ()
    """Keyed hashes of accounts known to belong to the guardian."""
    code: str | None = field(default=None, repr=False)
    """The code with which a reply to the invitation begins."""
    enrolled_at: datetime
    number_since: datetime
    """Since when this number is known for the guardian."""
    invited_at: datetime | None = None
    confirmed_at: datetime | None = None


def agrees_by(guardian: Guardian) -> GuardianEvent | None:
    """Return what a yes of the guardian does. None for one who has agreed, and neither paused nor left since."""
    if guardian.state in {GuardianState.PAUSED, GuardianState.LEFT}:
        return GuardianEvent.RESUME
    return GuardianEvent.CONFIRM if guardian.confirmed_at is None else None


NO_CONTACT_TYPOLOGIES = frozenset({"extortion"})
"""A threat of exposure: hearing of it from us could be exactly the harm that is threatened."""


def no_contact(typologies: frozenset[str], *, family_risk: bool, declined: bool) -> str | None:
    """Return why no guardian may be told anything in this case, or None."""
    if family_risk:
        return "family_risk"
    if NO_CONTACT_TYPOLOGIES & typologies:
        return "extortion"
    return "declined" if declined else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What else must be known about one guardian at the moment of asking."""

    now: datetime
    customer_numbers: frozenset[str] = field(repr=False)
    """All numbers of the customer."""
    payee: bool
    """Money of one of the case's transfers goes to the guardian, by number, account or name."""
    opted_out: bool
    asked_before: bool
    """Asked in this case by this channel."""
    texts_today: int
    """SMS sent to this number today. 0 when the guardian is to be rung, because calls have limits of their own."""
    agreed_at: datetime | None
    """Since when the customer agrees that the guardian is contacted: as the bank's list says, or the event if it alone
    names the guardian. None if they do not."""
    number_since: datetime | None = None
    """Since when risk events name the guardian with this number, if they ever named them with another one."""
    changing: bool
    """A change by the bank is still waiting to take effect: the old entry does not count either."""


def refusal(party: Party, enrolled: Guardian | None, around: Circumstances, messages: Messages) -> str | None:
    """Return why this guardian may not be asked by SMS, or None."""
    reason = unfit(party, enrolled, around, messages)
    return reason or destination_refusal(party.region, party.line_type, messages)


def unfit(party: Party, enrolled: Guardian | None, around: Circumstances, messages: Messages) -> str | None:
    """Return why this guardian may not be asked by any channel, or None. `enrolled` is the bank's entry, if any."""
    checks = (
        (around.asked_before, "asked_before"),
        (party.barred is not None, party.barred or ""),
        (around.payee, "payee"),
        (party.phone in around.customer_numbers, "customers_number"),
        (enrolled is not None and enrolled.minor, "minor"),
        (enrolled is not None and enrolled.linked, "linked"),
        (enrolled is not None and enrolled.state is not GuardianState.CONFIRMED, _state_of(enrolled)),
        (around.agreed_at is None, "no_consent"),
        (_since(enrolled, around) > around.now - messages.new_for, "too_new"),
        (around.changing, "changing"),
        (around.opted_out, "opted_out"),
        (around.texts_today >= messages.max_per_number_day, "cap"),
    )
    return next((reason for refused, reason in checks if refused), None)


def _state_of(enrolled: Guardian | None) -> str:
    return "" if enrolled is None else f"guardian_{enrolled.state}"


def _since(enrolled: Guardian | None, around: Circumstances) -> datetime:
    """Return since when number and consents have been unchanged."""
    agreed = around.agreed_at or around.now
    if enrolled is None:
        return max(agreed, around.number_since or agreed)
    return max(agreed, enrolled.number_since, enrolled.confirmed_at or around.now)
