"""Conferences of a customer and a guardian, each on a call of their own: who may be rung for one, and who has come.

Nobody enters before both have agreed by key, each on their own call. What is said there is no evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from wakeup.domain.attempt import LIVE, NOT_BEGUN, OVER, Attempt, Errand
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.party import CUSTOMER_ROLES, Party, Role
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.input_nodes import Conference
from wakeup.ivr.turn import ConferenceStatus, Input, MeetingNews, PersonLeft, Silence, TransferResult
from wakeup.usecases.case.planning import add_call, draft_call
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.recording_consent import may_meet
from wakeup.usecases.conversation.store_scripts import script_of
from wakeup.usecases.guardian_answers.guardian_talk import is_guardian
from wakeup.usecases.guardians.choose_guardian import store_party
from wakeup.usecases.records import Talk
from wakeup.usecases.ringing.guardians_now import guardians_now

PATIENCE = timedelta(seconds=60)
"""A call to a guardian whom the customer waits for begins within this time, or not at all."""
ALONE = timedelta(seconds=10)
"""How long a party may be alone in a conference before they are taken out of it."""


def room_of(file: CaseFile, attempt: Attempt, talk: Talk | None) -> str | None:
    """Return the conference in which this party can meet the other. None when the other cannot come, or does not
    wait."""
    if talk is not None and _conference(file, talk) is not None:
        return _name(file)
    if is_guardian(file, attempt):
        return _name(file) if any(_may_join(file, talk, other) for other in _others(file, attempt)) else None
    return None if next(_to_ring(file, attempt), None) is None else _name(file)


def ring_for_company(file: CaseFile, asked_in: Attempt) -> None:
    """Plan a call to a guardian for now, even if the payment is already on hold, because the customer waits."""
    if not _ring_next(file, asked_in):
        file.note("company_wished", "callee", attempt=asked_in.id, party=None)


def _ring_next(file: CaseFile, asked_in: Attempt) -> bool:
    """Ring the next guardian for the waiting customer. Returns False if there is none to ring."""
    found = None if is_guardian(file, asked_in) else next(_to_ring(file, asked_in), None)
    if found is None:
        return False
    party = store_party(file, found)
    call = add_call(file, _draft(file, asked_in, party))
    file.note("company_wished", "callee", attempt=asked_in.id, party=party.id)
    file.note("attempt_planned", attempt=call.id, n=call.n, party=party.id, due_at=call.due_at.isoformat())
    return True


def conference_input(file: CaseFile, attempt: Attempt, talk: Talk, given: Input, before: Conversation) -> Input:
    """Return what really happened to a party who waits for the other one, or comes back from the conference."""
    node = script_of(file.unit, before).script.nodes.get(before.node)
    if not isinstance(node, Conference):
        return given
    if before.inside:
        return MeetingNews(_why_over(file, attempt, talk, given, node)) if isinstance(given, PersonLeft) else given
    return MeetingNews(_who_comes(file, attempt)) if isinstance(given, Silence) else given


def left_alone(file: CaseFile, attempt: Attempt) -> bool:
    """True if this party is in a conference that the other one never entered, or will not enter any more."""
    return _is_inside(file, attempt) and not any(_waits(file, other) for other in _others(file, attempt))


def check_the_other(file: CaseFile, attempt: Attempt, before: Conversation) -> None:
    """Have the other party's call checked if this one leaves before entering the conference.

    Leaving the conference ends it for both. But a party who leaves before entering may leave the other alone
    there, so that call is checked after `ALONE`, unless it returns by itself.
    """
    if not isinstance(script_of(file.unit, before).script.nodes.get(before.node), Conference):
        return
    for other in _others(file, attempt):
        if left_alone(file, other):
            file.unit.attempts.save(replace(other, check_at=file.now + ALONE))
            file.unit.wakes.add("reconcile")


def _why_over(file: CaseFile, attempt: Attempt, talk: Talk, given: PersonLeft, node: Conference) -> ConferenceStatus:
    if given.how is not TransferResult.TALKED:
        return ConferenceStatus.FAILED
    if file.now - talk.turned_at >= timedelta(seconds=node.talk_s):
        return ConferenceStatus.LIMIT
    # As a rule the call that is asked about first left first; the other one is then still recorded as inside.
    still_there = any(_is_inside(file, other) for other in _others(file, attempt))
    return ConferenceStatus.LEFT if still_there else ConferenceStatus.ENDED


def _who_comes(file: CaseFile, attempt: Attempt) -> ConferenceStatus:
    others = list(_others(file, attempt))
    if any(_waits(file, other) for other in others):
        return ConferenceStatus.HERE
    on_the_way = not is_guardian(file, attempt) and any(_is_coming(file, other) for other in others)
    # A guardian who does not come gives way to the next one while the customer waits; the customer can end that
    # with a key.
    return ConferenceStatus.COMING if on_the_way or _ring_next(file, attempt) else ConferenceStatus.NOBODY_CAME


def _is_coming(file: CaseFile, other: Attempt) -> bool:
    """True if this call may bring its callee while the customer waits. An appointment for later does not, nor does
    a call that was put off to the morning."""
    later = other.state in NOT_BEGUN and other.due_at > file.now + PATIENCE
    return other.state not in OVER and not later


def _is_inside(file: CaseFile, attempt: Attempt) -> bool:
    talk = _running(file, attempt)
    return talk is not None and talk.conversation.inside


def _waits(file: CaseFile, attempt: Attempt) -> bool:
    """True if this party is on the line and waits for the other one, or is in the conference already."""
    talk = _running(file, attempt)
    return talk is not None and _conference(file, talk) is not None


def _may_join(file: CaseFile, talk: Talk | None, attempt: Attempt) -> bool:
    """True if the other party waits, and neither refused a recording that runs on the other's line."""
    other = _running(file, attempt)
    return other is not None and _waits(file, attempt) and (talk is None or may_meet(talk, other))


def _running(file: CaseFile, attempt: Attempt) -> Talk | None:
    if attempt.state not in LIVE:
        return None
    talk = file.unit.talks.get(attempt.id, file.case.customer_id)
    return None if talk is None or talk.finished else talk


def _conference(file: CaseFile, talk: Talk) -> Conference | None:
    conversation = talk.conversation
    node = script_of(file.unit, conversation).script.nodes.get(conversation.node)
    return node if isinstance(node, Conference) else None


def _others(file: CaseFile, attempt: Attempt) -> Iterator[Attempt]:
    """Return the calls of the other side: to guardians for the customer, to the customer for a guardian."""
    roles = {party.id: party.role for party in file.parties()}
    others = CUSTOMER_ROLES if roles.get(attempt.party_id) is Role.GUARDIAN else {Role.GUARDIAN}
    attempts = file.calls()
    return (other for other in attempts if roles.get(other.party_id) in others)


def _to_ring(file: CaseFile, asked_in: Attempt) -> Iterator[Party]:
    return (party for party, why in guardians_now(file, partial(_draft, file, asked_in)) if why is None)


def _draft(file: CaseFile, asked_in: Attempt, party: Party) -> Attempt:
    return draft_call(file, party, Errand.COMPANY, due_at=file.now, latest_start=file.now + PATIENCE, like=asked_in)


def _name(file: CaseFile) -> str:
    """Return the conference's name, one per case. It contains no personal data."""
    return f"room-{file.case.id}"
