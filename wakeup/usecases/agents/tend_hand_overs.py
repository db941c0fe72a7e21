"""Time passes over customers who wait for a person: the next agent is rung, the wait is given up, whoever is left alone
is fetched. What must be asked of the phone company is the answer, and is asked again until it has happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.agent import AgentEvent, AgentState, choose
from wakeup.domain.attempt import LIVE, AttemptState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOver, HandOverState
from wakeup.domain.ids import AttemptId
from wakeup.ivr.turn import Turn
from wakeup.usecases.agents.agents import closed, moved
from wakeup.usecases.agents.hand_over import give_up
from wakeup.usecases.agents.offers import ENTERS, ask_about, not_for, offer_next, pass_over
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.due import Due, if_due
from wakeup.usecases.unit import Unit

AGAIN = timedelta(seconds=5)
"""What was asked of the phone company is asked again so much later, if it did not happen."""

MAX_ASKED = 3
"""So often: news of the room can be lost for good, and whoever is in it has ended nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """A call that must go on with this turn, wherever it is now."""

    attempt_id: AttemptId
    call_sid: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tended:
    """To be done at the phone company."""

    cut: tuple[str, ...] = ()
    """Calls to agents that ring for nobody any more."""
    take_back: tuple[TakeBack, ...] = ()
    """A customer who waits in vain; an agent who has picked up, and is told so."""


def due_hand_overs(unit: Unit, now: datetime, limit: int) -> Due[HandOver]:
    """Those to look after now: due, or waiting for an agent who has just become free."""
    fallen_due = if_due(unit.hand_overs.next_due(), now, lambda: unit.hand_overs.due(now, limit))
    due = list(fallen_due.found)
    waiting = unit.hand_overs.unoffered()
    if waiting:
        agents, roster = unit.agents.all(), unit.policy.people.roster
        keys = {(one.attempt_id, one.n) for one in due}
        for one in waiting:
            if (one.attempt_id, one.n) in keys or choose(agents, one.need, roster, one.tried, now) is None:
                continue
            # As whoever rings asks: an agent who is never rung for them brings nobody any nearer.
            not_these = {*one.tried, *not_for(unit, one.case_id, agents)}
            if choose(agents, one.need, roster, not_these, now) is not None:
                due.append(one)
    return Due(found=due[:limit], next_due=fallen_due.next_due)


def tend(unit: Unit, found: HandOver, now: datetime) -> Tended:
    """Do what is due for one of them."""
    with CaseFile(unit, unit.cases.lock(found.case_id), now) as file:
        hand_over = unit.hand_overs.get(found.attempt_id, found.n)
        if hand_over is None:
            return Tended()
        if hand_over.state is HandOverState.WAITING:
            return _while_waiting(file, hand_over)
        if hand_over.due_at is None or hand_over.due_at > now:
            return Tended()
        if hand_over.state is HandOverState.JOINED:
            return _missing(file, hand_over)
        return _afterwards(file, hand_over)


def end_wrap_ups(unit: Unit, now: datetime) -> datetime | None:
    """Whoever has had their time to write is ready again, or away if their account was closed meanwhile; answers when
    the next one is."""
    until = unit.policy.people.wrap_up
    writing = [agent for agent in unit.agents.all() if agent.state is AgentState.WRAP_UP and agent.offer is None]
    # All their rows before the first of them is written to the log of administration: so does whoever sets their state.
    for agent in [unit.agents.get(one.staff_id) for one in writing]:
        if agent is not None and agent.state is AgentState.WRAP_UP and agent.since + until <= now:
            event = AgentEvent.LEAVE if closed(unit, agent.staff_id) else AgentEvent.BE_READY
            moved(unit, replace(agent, case_id=None), event, now, "system")
    return min((agent.since + until for agent in writing if agent.since + until > now), default=None)


def _while_waiting(file: CaseFile, hand_over: HandOver) -> Tended:
    rung = _end_of_ringing(file, hand_over)
    if file.now >= hand_over.give_up_at:
        give_up(file, hand_over)
        after = file.unit.hand_overs.get(hand_over.attempt_id, hand_over.n) or hand_over
        return _afterwards(file, after)
    if hand_over.offer is None:
        offer_next(file, hand_over)
        return Tended()
    if hand_over.offer_until is None or file.now < hand_over.offer_until:
        return Tended()
    pass_over(file, hand_over)
    return rung


def _missing(file: CaseFile, hand_over: HandOver) -> Tended:
    """They took the call, and nobody told us that they came into the room: if their call is over, the talk is."""
    if hand_over.offer is not None:
        ask_about(file, hand_over.offer, file.now)
    asked_enough = hand_over.joined_at is None or file.now >= hand_over.joined_at + MAX_ASKED * ENTERS
    file.unit.hand_overs.save(replace(hand_over, due_at=None if asked_enough else file.now + ENTERS))
    return Tended()


def _afterwards(file: CaseFile, hand_over: HandOver) -> Tended:
    rings_on = hand_over.state in {HandOverState.GIVEN_UP, HandOverState.ABANDONED}
    ending = _end_of_ringing(file, hand_over) if rings_on else Tended()
    customer = file.unit.attempts.get(hand_over.attempt_id)
    owed = not hand_over.came_back and customer.state in LIVE and customer.call_sid is not None
    alone = _agent_alone(file, hand_over)
    ending = replace(ending, take_back=(*ending.take_back, *alone))
    file.unit.hand_overs.save(replace(hand_over, due_at=file.now + AGAIN if owed or alone else None))
    if not owed or customer.call_sid is None:
        return ending
    back = TakeBack(attempt_id=customer.id, call_sid=customer.call_sid, n=hand_over.n + 1)
    return replace(ending, take_back=(*ending.take_back, back))


def _agent_alone(file: CaseFile, hand_over: HandOver) -> tuple[TakeBack, ...]:
    """An agent whose talk is over, and who has not heard so: they came into the room when the customer had left it."""
    call = None if hand_over.offer is None or hand_over.joined_at is None else file.unit.attempts.get(hand_over.offer)
    if call is None or call.state is not AttemptState.ANSWERED or call.call_sid is None:
        return ()
    said = file.unit.talks.turns(call.id, file.case.customer_id)
    if said and Turn.from_json(said[-1].turn).ends:
        return ()
    return (TakeBack(attempt_id=call.id, call_sid=call.call_sid, n=len(said)),)


def _end_of_ringing(file: CaseFile, hand_over: HandOver) -> Tended:
    """A phone that rings an agent stops; whoever has picked up hears that nobody waits any more."""
    call = None if hand_over.offer is None else file.unit.attempts.get(hand_over.offer)
    if call is None or call.state not in LIVE or call.call_sid is None:
        return Tended()
    if call.state is not AttemptState.ANSWERED:
        return Tended(cut=(call.call_sid,))
    said = len(file.unit.talks.turns(call.id, file.case.customer_id))
    return Tended(take_back=(TakeBack(attempt_id=call.id, call_sid=call.call_sid, n=said),))
