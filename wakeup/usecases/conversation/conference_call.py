"""Two calls of one case that meet in a room, the customer's and a guardian's: who may be rung for it, who has come.

Nobody enters before both have said yes by key, each on their own call. What is said there is no evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from wakeup.domain.attempt import LIVE, OVER, Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId
from wakeup.domain.party import CUSTOMER_ROLES, Party, Role
from wakeup.domain.transfer import Tier
from wakeup.domain.window import may_ring
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.input_nodes import Conference
from wakeup.ivr.turn import ConferenceStatus, Input, MeetingNews, PersonLeft, Silence, TransferResult
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.conversation.recording_consent import may_meet
from wakeup.usecases.conversation.store_scripts import script_of
from wakeup.usecases.guardian_answers.guardian_talk import is_guardian
from wakeup.usecases.guardians.choose_guardian import judged, kept
from wakeup.usecases.records import Talk
from wakeup.usecases.repositories.correspondence import Channel
from wakeup.usecases.ringing.last_checks import refusal, zones_of

PATIENCE = timedelta(seconds=60)
"""A call to a guardian for whom somebody waits begins within this time, or not at all."""
ALONE = timedelta(seconds=10)
"""Who is in a room with nobody for so long is taken out of it."""
_NOT_YET = AttemptId("")


def room_of(file: CaseFile, attempt: Attempt, talk: Talk | None) -> str | None:
    """Where whoever is on this line can meet the other one. None when nobody can come, or nobody waits for them."""
    if talk is not None and _conference(file, talk) is not None:
        return _name(file)
    if is_guardian(file, attempt):
        return _name(file) if any(_may_join(file, talk, other) for other in _others(file, attempt)) else None
    return None if next(_to_ring(file, attempt), None) is None else _name(file)


def ring_for_company(file: CaseFile, asked_in: Attempt) -> None:
    """The guardian's call: now, though the payment may be on hold already, for somebody waits for them."""
    if not _ring_next(file, asked_in):
        file.note("company_wished", "callee", attempt=asked_in.id, party=None)


def _ring_next(file: CaseFile, asked_in: Attempt) -> bool:
    """Whether there is a guardian to be rung for the customer, who waits."""
    found = None if is_guardian(file, asked_in) else next(_to_ring(file, asked_in), None)
    if found is None:
        return False
    party = kept(file, found)
    call = _call(file, asked_in, party, AttemptId(file.unit.ids.new("att")))
    file.unit.attempts.add(call, file.now)
    file.note("company_wished", "callee", attempt=asked_in.id, party=party.id)
    file.note("attempt_planned", attempt=call.id, n=call.n, party=party.id, due_at=call.due_at.isoformat())
    file.unit.wakes.add("dispatch")
    return True


def as_it_stands(file: CaseFile, attempt: Attempt, talk: Talk, given: Input, before: Conversation) -> Input:
    """What really happened to somebody who waits for the other one, or comes back from the room."""
    node = script_of(file.unit, before).script.nodes.get(before.node)
    if not isinstance(node, Conference):
        return given
    if before.inside:
        return MeetingNews(_why_over(file, attempt, talk, given, node)) if isinstance(given, PersonLeft) else given
    return MeetingNews(_who_comes(file, attempt)) if isinstance(given, Silence) else given


def left_alone(file: CaseFile, attempt: Attempt) -> bool:
    """They are in a room into which the other one never came, or will not come any more."""
    return _is_inside(file, attempt) and not any(_waits(file, other) for other in _others(file, attempt))


def check_the_other(file: CaseFile, attempt: Attempt, before: Conversation) -> None:
    """Leaving the room ends it for both. But who goes away before they were in it may leave somebody alone there: their
    call is looked after, unless they come back by themselves meanwhile."""
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
    # Who is asked about first has left first, as a rule: the other one is told to be in the room still.
    still_there = any(_is_inside(file, other) for other in _others(file, attempt))
    return ConferenceStatus.LEFT if still_there else ConferenceStatus.ENDED


def _who_comes(file: CaseFile, attempt: Attempt) -> ConferenceStatus:
    others = list(_others(file, attempt))
    if any(_waits(file, other) for other in others):
        return ConferenceStatus.HERE
    on_the_way = not is_guardian(file, attempt) and any(other.state not in OVER for other in others)
    # Whoever does not come gives way to the next, while the customer waits: a key of theirs ends it.
    return ConferenceStatus.COMING if on_the_way or _ring_next(file, attempt) else ConferenceStatus.NOBODY_CAME


def _is_inside(file: CaseFile, attempt: Attempt) -> bool:
    talk = _running(file, attempt)
    return talk is not None and Conversation.from_json(talk.state).inside


def _waits(file: CaseFile, attempt: Attempt) -> bool:
    """They are on the line, and wait for the other one or are in the room already."""
    talk = _running(file, attempt)
    return talk is not None and _conference(file, talk) is not None


def _may_join(file: CaseFile, talk: Talk | None, attempt: Attempt) -> bool:
    """The other one waits, and neither said no to a recording that runs on the other's line."""
    other = _running(file, attempt)
    return other is not None and _waits(file, attempt) and (talk is None or may_meet(talk, other))


def _running(file: CaseFile, attempt: Attempt) -> Talk | None:
    if attempt.state not in LIVE:
        return None
    talk = file.unit.talks.get(attempt.id, file.case.customer_id)
    return None if talk is None or talk.finished else talk


def _conference(file: CaseFile, talk: Talk) -> Conference | None:
    conversation = Conversation.from_json(talk.state)
    node = script_of(file.unit, conversation).script.nodes.get(conversation.node)
    return node if isinstance(node, Conference) else None


def _others(file: CaseFile, attempt: Attempt) -> Iterator[Attempt]:
    """The calls of the other side: a guardian's for the customer, the customer's for a guardian."""
    roles = {party.id: party.role for party in file.unit.parties.of_case(file.case)}
    others = CUSTOMER_ROLES if roles.get(attempt.party_id) is Role.GUARDIAN else {Role.GUARDIAN}
    attempts = file.unit.attempts.of_case(file.case.id)
    return (other for other in attempts if roles.get(other.party_id) in others)


def _to_ring(file: CaseFile, asked_in: Attempt) -> Iterator[Party]:
    """Guardians of the case who may be rung this very minute, the first named first. Where nobody of the family may
    hear of it, the last checks refuse every one of them."""
    calling = file.unit.policy.calling
    for party, unfit in judged(file, Channel.VOICE):
        if unfit is not None:
            continue
        awake = all(may_ring(file.now, zone, calling) for zone in zones_of(file, party))
        refused = refusal(file, _call(file, asked_in, party, _NOT_YET), party, ())
        if refused is None and (awake or file.case.tier is Tier.CRITICAL):
            yield party


def _call(file: CaseFile, asked_in: Attempt, party: Party, attempt_id: AttemptId) -> Attempt:
    return Attempt(
        id=attempt_id,
        case_id=file.case.id,
        party_id=party.id,
        number_index=party.number_index,
        n=len(file.unit.attempts.of_case(file.case.id)) + 1,
        due_at=file.now,
        latest_start=file.now + PATIENCE,
        value=asked_in.value,
        turn=asked_in.turn,
        promised=True,
    )


def _name(file: CaseFile) -> str:
    """One room a case. Its id names nobody."""
    return f"room-{file.case.id}"
