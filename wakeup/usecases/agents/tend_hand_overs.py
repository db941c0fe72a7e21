"""The timers of hand-overs: the next agent is rung, the wait is given up, a call left alone is fetched.

What must be done at the phone company is returned, and returned again until it has happened.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from wakeup.domain.agent import Agent, AgentEvent, AgentState, choose, wrap_up_until
from wakeup.domain.attempt import LIVE, AttemptState
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOver, HandOverState
from wakeup.domain.ids import AttemptId
from wakeup.ivr.turn import Turn
from wakeup.usecases.agents.agents import is_closed, move_agent
from wakeup.usecases.agents.hand_over import give_up
from wakeup.usecases.agents.offers import ENTERS, ask_about, lock_next_agent, not_for, offer_next, pass_over
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.due import Due, if_due
from wakeup.usecases.unit import Unit

AGAIN = timedelta(seconds=5)
"""Delay after which a request to the phone company is repeated if it had no effect."""

MAX_ASKED = 3
"""Maximum number of checks. Conference events can be lost permanently, and a participant who is in the conference
has ended nothing."""

_LEFT = frozenset({AgentState.BREAK, AgentState.AWAY})


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """A call that must continue with this turn, wherever it is now."""

    attempt_id: AttemptId
    call_sid: str
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tended:
    """What must be done at the phone company."""

    cut: tuple[str, ...] = ()
    """Calls to agents that still ring although no customer waits any more."""
    take_back: tuple[TakeBack, ...] = ()
    """A customer who waits in vain; or an agent who has picked up and must be told that no customer waits."""


def due_hand_overs(unit: Unit, now: datetime, limit: int) -> Due[HandOver]:
    """Return hand-overs to look after now: those due, those whose agent has left while being called, and those waiting
    for an agent who has just become free."""
    fallen_due = if_due(unit.hand_overs.next_due(), now, lambda: unit.hand_overs.due(now, limit))
    due, agents, roster = list(fallen_due.found), unit.agents.all(), unit.policy.people.roster
    keys = {(one.attempt_id, one.n) for one in due}
    for one in map(unit.hand_overs.of_offer, _offers_left(agents)):
        if one is not None and one.state is HandOverState.WAITING and (one.attempt_id, one.n) not in keys:
            due.append(one)
    waiting = unit.hand_overs.unoffered()
    if waiting and unit.lines.no_calls_until(now) is None:
        for one in waiting:
            if (one.attempt_id, one.n) in keys or choose(agents, one.need, roster, one.tried, now) is None:
                continue
            # The same exclusions as when ringing: an agent who is never rung for this case makes no difference.
            not_these = {*one.tried, *not_for(unit, one.case_id, agents)}
            if choose(agents, one.need, roster, not_these, now) is not None:
                due.append(one)
    return Due(found=due[:limit], next_due=fallen_due.next_due)


def _offers_left(agents: Collection[Agent]) -> list[AttemptId]:
    """Return the calls to agents who have said break or away since, or whose account was closed."""
    return [one.offer for one in agents if one.offer is not None and one.state in _LEFT]


def tend(unit: Unit, found: HandOver, now: datetime) -> Tended:
    """Do what is due for one hand-over."""
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
    """End wrap-ups whose time is over: the agent becomes ready, or away if the account was closed meanwhile.

    Returns when the next wrap-up ends, unless the agent writes on.
    """
    until = unit.policy.people.wrap_up
    writing = [agent for agent in unit.agents.all() if agent.state is AgentState.WRAP_UP and agent.offer is None]
    # All agent rows are locked before the first is written to the administration log, in the same order as when a
    # state is set by hand.
    for agent in [unit.agents.lock(one.staff_id) for one in writing]:
        if agent is not None and agent.state is AgentState.WRAP_UP and wrap_up_until(agent, until) <= now:
            event = AgentEvent.LEAVE if is_closed(unit, agent.staff_id) else AgentEvent.BE_READY
            move_agent(unit, replace(agent, case_id=None), event, now, "system")
    ends = [wrap_up_until(agent, until) for agent in writing]
    return min((end for end in ends if end > now), default=None)


def _while_waiting(file: CaseFile, hand_over: HandOver) -> Tended:
    rung = _end_of_ringing(file, hand_over)
    if file.now >= hand_over.give_up_at:
        give_up(file, hand_over)
        after = file.unit.hand_overs.get(hand_over.attempt_id, hand_over.n) or hand_over
        return _afterwards(file, after)
    if hand_over.offer is None:
        offer_next(file, hand_over)
        return Tended()
    if hand_over.offer in _offers_left(file.unit.agents.all()):
        pass_over(file, hand_over, missed=False)
        return rung
    if hand_over.offer_until is None or file.now < hand_over.offer_until:
        return Tended()
    if _may_come_yet(file, hand_over) and lock_next_agent(file, hand_over) is None:
        # Without this agent the customer would wait for nobody.
        file.unit.hand_overs.save(replace(hand_over, due_at=min(file.now + AGAIN, hand_over.give_up_at)))
        return Tended()
    pass_over(file, hand_over)
    return rung


def _may_come_yet(file: CaseFile, hand_over: HandOver) -> bool:
    """True if the agent has picked up and hears who waits, or if their phone does not ring for long yet, because the
    call had to wait for a line."""
    call = None if hand_over.offer is None else file.unit.attempts.get(hand_over.offer)
    if call is None or call.state not in LIVE:
        return False
    rings_late = call.intent_at is not None and file.now < call.intent_at + file.unit.policy.people.offer
    return rings_late or call.state is AttemptState.ANSWERED


def _missing(file: CaseFile, hand_over: HandOver) -> Tended:
    """Check an agent who accepted but was not reported in the conference, and the customer: if one of their calls is
    over, so is the conversation."""
    for call_id in (hand_over.offer, hand_over.attempt_id):
        if call_id is not None:
            ask_about(file, call_id, file.now)
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
    """Return the call of an agent whose conversation is over but who was not told: they joined after the customer
    had left."""
    call = None if hand_over.offer is None or hand_over.joined_at is None else file.unit.attempts.get(hand_over.offer)
    if call is None or call.state is not AttemptState.ANSWERED or call.call_sid is None:
        return ()
    said = file.unit.talks.turns(call.id, file.case.customer_id)
    if said and said[-1] is not None and Turn.from_json(said[-1].turn).ends:
        return ()
    return (TakeBack(attempt_id=call.id, call_sid=call.call_sid, n=len(said)),)


def _end_of_ringing(file: CaseFile, hand_over: HandOver) -> Tended:
    """Stop a phone that rings an agent; an agent who has picked up is told that no customer waits any more."""
    call = None if hand_over.offer is None else file.unit.attempts.get(hand_over.offer)
    if call is None or call.state not in LIVE or call.call_sid is None:
        return Tended()
    if call.state is not AttemptState.ANSWERED:
        return Tended(cut=(call.call_sid,))
    said = len(file.unit.talks.turns(call.id, file.case.customer_id))
    return Tended(take_back=(TakeBack(attempt_id=call.id, call_sid=call.call_sid, n=said),))
