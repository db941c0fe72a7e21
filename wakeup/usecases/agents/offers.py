"""Offers: agents are rung for a waiting customer, one after the other, each by a call that obeys all rules for
calls.

No agent is rung twice for the same wait, and an agent who misses several offers is moved to `away`.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from wakeup.domain.agent import AGENT_TRANSITIONS, Agent, AgentEvent, AgentState, Need, Skill, choose, free
from wakeup.domain.attempt import DOUBTED, LIVE, NOT_BEGUN, OVER, Attempt, AttemptState, Errand
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HAND_OVER_TRANSITIONS, HandOver, HandOverEvent, HandOverState
from wakeup.domain.ids import AttemptId, CaseId, PartyId
from wakeup.domain.language import zh_or_en
from wakeup.domain.outcome import Disposition, Outcome
from wakeup.domain.party import Party, Role
from wakeup.domain.staff import StaffId
from wakeup.domain.states import move
from wakeup.domain.transfer import Tier
from wakeup.usecases.agents.agents import is_closed, move_agent
from wakeup.usecases.case.planning import add_call, cancel_call, draft_call
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.unit import Unit
from wakeup.usecases.wakes import of_case

ALONE = timedelta(seconds=10)
"""How long after the end of the conversation the customer's call may take to return by itself; then it is fetched."""
ENTERS = timedelta(seconds=10)
"""How soon after the key an agent should be in the conference and we should be told; if not, the phone company is
asked where their call is."""
NOT_RUNG = frozenset({Disposition.SUPPRESSED, Disposition.CANCELED})


def person_ready(file: CaseFile, language: str) -> bool | None:
    """True if an agent could be rung now. None without agents: then the settings' colleagues are rung."""
    agents = file.unit.agents.all()
    if not agents:
        return None
    if file.unit.lines.no_calls_until(file.now) is not None:
        return False
    need = Need(language=zh_or_en(language), skills=skills_of(file, None))
    not_these = not_for(file.unit, file.case.id, agents)
    return choose(agents, need, file.unit.policy.people.roster, not_these, file.now) is not None


def no_use_ringing(file: CaseFile, call: Attempt) -> str | None:
    """Last check before an agent's phone rings: return why it must not, or None."""
    hand_over = file.unit.hand_overs.of_offer(call.id)
    if hand_over is None or hand_over.state is not HandOverState.WAITING:
        return "nobody_waits"
    if file.now >= call.latest_start:
        return "window_too_short"
    agent = file.unit.agents.lock_of_offer(call.id)
    ready = agent is not None and agent.state is AgentState.READY and not is_closed(file.unit, agent.staff_id)
    return None if ready else "agent_not_ready"


def offer_next(file: CaseFile, hand_over: HandOver) -> None:
    """Ring the next free agent; if none is free, wait until one is or the wait is given up."""
    unit, people = file.unit, file.unit.policy.people
    agent = lock_next_agent(file, hand_over)
    if agent is None:
        stopped_until = unit.lines.no_calls_until(file.now) or hand_over.give_up_at
        due_at = min(stopped_until, hand_over.give_up_at)
        if hand_over.offer is None and hand_over.due_at == due_at:
            # This is already recorded. Recorded again it would wake the loop that calls us, endlessly.
            return
        unit.hand_overs.save(replace(hand_over, offer=None, agent=None, offer_until=None, due_at=due_at))
        file.note("agents_busy", attempt=hand_over.attempt_id)
        wake_staff(file)
        return
    until = min(file.now + people.offer, hand_over.give_up_at)
    party = party_of(file, agent)
    asked_in = unit.attempts.get(hand_over.attempt_id)
    draft = draft_call(file, party, Errand.AGENT, due_at=file.now, latest_start=until, like=asked_in)
    call = add_call(file, draft)
    unit.agents.save(replace(agent, offer=call.id, case_id=file.case.id))
    tried = (*hand_over.tried, agent.staff_id)
    unit.hand_overs.save(
        replace(hand_over, offer=call.id, agent=agent.staff_id, offer_until=until, tried=tried, due_at=until)
    )
    file.note("agent_offered", attempt=hand_over.attempt_id, call=call.id, staff=agent.staff_id)
    wake_staff(file)


def pass_over(file: CaseFile, hand_over: HandOver, *, missed: bool = True) -> None:
    """Ring the next agent when the current one's time is up, or, with `missed` false, when they have left; the `tend`
    step cuts the current ringing."""
    offer_next(file, _without_unsent(file, hand_over))
    miss_current(file, hand_over, missed=missed)


def _without_unsent(file: CaseFile, hand_over: HandOver) -> HandOver:
    """Return the wait as if the agent had not been tried whose call a stop has kept: they are rung when calls go out
    again."""
    stopped = file.unit.lines.no_calls_until(file.now) is not None
    if not stopped or hand_over.offer is None or file.unit.attempts.get(hand_over.offer).state not in NOT_BEGUN:
        return hand_over
    return replace(hand_over, tried=tuple(one for one in hand_over.tried if one != hand_over.agent))


def accept(file: CaseFile, hand_over: HandOver, agent: Agent) -> HandOver:
    """Join customer and agent after the agent pressed the key."""
    joined = replace(moved_hand_over(hand_over, HandOverEvent.JOIN), joined_at=file.now, due_at=file.now + ENTERS)
    file.unit.hand_overs.save(joined)
    move_agent(file.unit, replace(agent, missed=0), AgentEvent.TAKE, file.now, agent.name)
    file.note("person_joined", agent.name, attempt=hand_over.attempt_id, n=hand_over.n, call=hand_over.offer)
    wake_staff(file)
    return joined


def offer_over(file: CaseFile, call: Attempt) -> None:
    """Handle the end of a call to an agent, or a call that was never made.

    An agent who did not take the offer is passed over; a conversation in progress ends with the call.
    """
    hand_over, agent = file.unit.hand_overs.of_offer(call.id), file.unit.agents.lock_of_offer(call.id)
    waits = hand_over is not None and hand_over.state is HandOverState.WAITING
    if hand_over is not None and waits:
        # Before anything is written to the administration log: this locks the next agent's row.
        offer_next(file, hand_over)
    if agent is not None:
        _free(file, agent, missed=waits and _went_out(call))
    if hand_over is not None and hand_over.state is HandOverState.JOINED:
        part(file, hand_over)


def _went_out(call: Attempt) -> bool:
    """True if the agent's phone may have rung, or does not exist. A fault of our account or connection is not
    counted as a miss."""
    unsent = call.disposition is Disposition.FAILED and call.call_sid is None and not call.number_at_fault
    return call.disposition not in NOT_RUNG and not unsent


def part(file: CaseFile, hand_over: HandOver) -> None:
    """End the conversation of customer and agent. Whichever of the two is still in the conference is looked after."""
    end_of_human_talk(file, moved_hand_over(hand_over, HandOverEvent.PART), file.now + ALONE)
    ask_about(file, hand_over.attempt_id, file.now + ALONE)
    file.note("talk_with_person_over", attempt=hand_over.attempt_id, n=hand_over.n)


def end_of_human_talk(file: CaseFile, over: HandOver, due_at: datetime) -> None:
    """Move the agent to wrap-up. At `due_at` the customer's call is fetched, unless it returns before. The agent's call
    is asked about a little later: until its end is known, no other call reaches them.

    Whatever was done to the clock, the talk ends no earlier than it began: a release waits from then on.
    """
    file.unit.hand_overs.save(replace(over, ended_at=max(file.now, over.joined_at or file.now), due_at=due_at))
    if over.offer is not None:
        ask_about(file, over.offer, file.now + ALONE)
    agent = None if over.offer is None else file.unit.agents.lock_of_offer(over.offer)
    if agent is not None and agent.state is AgentState.ON_CALL:
        move_agent(file.unit, replace(agent, idle_since=file.now), AgentEvent.PART, file.now, agent.name)
    _look_after_others(file, over)
    wake_staff(file)


def _look_after_others(file: CaseFile, over: HandOver) -> None:
    """Have calls of supervisors and guardians checked: they must not ring on, or stay alone in the conference."""
    there = [one.attempt_id for one in file.unit.listeners.open() if (one.wait, one.n) == (over.attempt_id, over.n)]
    guests = file.unit.guests.of_human_talk(over.attempt_id, over.n)
    for call_id in (*there, *(one.attempt_id for one in guests if one.ended_at is None)):
        rings = file.unit.attempts.get(call_id).state is not AttemptState.ANSWERED
        ask_about(file, call_id, file.now if rings else file.now + ALONE)


def ask_about(file: CaseFile, call_id: AttemptId, at: datetime) -> None:
    """Have the phone company asked at that time what became of this call, unless we are told before."""
    call = file.unit.attempts.get(call_id)
    if call.state not in LIVE:
        return
    if call.state is AttemptState.ANSWERED and call.checks == 0:
        # The date that it has is that of its next check by age, which may come too early to show anything.
        doubted = replace(call, check_at=at, checks=DOUBTED)
    else:
        doubted = replace(call, check_at=min(call.check_at or at, at))
    file.unit.attempts.save(doubted)
    file.unit.wakes.add("reconcile")


def cancel_offer(file: CaseFile, hand_over: HandOver) -> None:
    """Cancel an offer that was not started; a call that may ring already is cut by the `tend` step."""
    if hand_over.offer is None:
        return
    call = file.unit.attempts.get(hand_over.offer)
    if call.state in NOT_BEGUN:
        cancel_call(file, call, "nobody_waits")
        agent = file.unit.agents.lock_of_offer(call.id)
        if agent is not None:
            _free(file, agent, missed=False)
    else:
        ask_about(file, call.id, file.now + ALONE)


def miss_current(file: CaseFile, hand_over: HandOver, *, missed: bool = True) -> None:
    """End the current offer, and count it as missed if it went out, unless `missed` is false. The agent stays bound
    until their call is over."""
    agent = None if hand_over.offer is None else file.unit.agents.lock_of_offer(hand_over.offer)
    if agent is None or hand_over.offer is None:
        return
    call = file.unit.attempts.get(hand_over.offer)
    if call.state in OVER:
        # The end of the call did not free the agent, and no other event will.
        _free(file, agent, missed=missed and _went_out(call))
        return
    if missed and call.state not in NOT_BEGUN:
        _miss(file, agent)
    cancel_offer(file, hand_over)


def lock_next_agent(file: CaseFile, hand_over: HandOver) -> Agent | None:
    """Return the agent to ring now, their row locked: another node may have taken them since they were read. None also
    while no calls go out."""
    unit, roster = file.unit, file.unit.policy.people.roster
    if unit.lines.no_calls_until(file.now) is not None:
        return None
    agents = unit.agents.all()
    not_these = {*hand_over.tried, *not_for(unit, file.case.id, agents)}
    while (found := choose(agents, hand_over.need, roster, not_these, file.now)) is not None:
        agent = unit.agents.lock(found.staff_id)
        # Checked under the same lock under which a supervisor asks to listen in.
        listens = unit.listeners.of_staff(found.staff_id) is not None
        if agent is not None and free(agent, roster, file.now) and not listens:
            return agent
        not_these.add(found.staff_id)
    return None


def not_for(unit: Unit, case_id: CaseId, agents: Collection[Agent]) -> set[StaffId]:
    """Return the agents excluded from this case: those whose number belongs to one of its parties, and those that
    `not_to_ring` excludes from every case."""
    theirs = unit.parties.numbers(case_id)
    return {agent.staff_id for agent in agents if agent.number_index in theirs} | unit.agents.not_to_ring()


def skills_of(file: CaseFile, outcome: Outcome | None) -> frozenset[Skill]:
    wanted = {Skill.CRITICAL} if file.case.tier is Tier.CRITICAL else set()
    return frozenset(wanted | ({Skill.DISTRESS} if outcome is Outcome.DISTRESS else set()))


def party_of(file: CaseFile, agent: Agent) -> Party:
    """Return the agent as a party of the case: the number is stored under the customer's key, and is erased with
    it."""
    unit = file.unit
    known = next(
        (p for p in file.parties(Role.AGENT) if p.bank_id == agent.staff_id and p.number_index == agent.number_index),
        None,
    )
    if known is not None:
        return known
    party = Party(
        id=PartyId(unit.ids.new("pty")), case_id=file.case.id, role=Role.AGENT,
        phone=unit.agents.address(agent.staff_id), number_index=agent.number_index, region="", line_type="agent",
        name=agent.name, bank_id=agent.staff_id,
    )  # fmt: skip
    unit.parties.add([party], file.case.customer_id)
    return party


def _free(file: CaseFile, agent: Agent, *, missed: bool) -> None:
    """Free an agent whom no call rings any more."""
    if agent.state is AgentState.ON_CALL:
        after = move_agent(file.unit, replace(agent, idle_since=file.now), AgentEvent.PART, file.now, agent.name)
        file.unit.agents.save(replace(after, offer=None))
    elif missed:
        _miss(file, replace(agent, offer=None))
    else:
        keeps = agent.state is AgentState.WRAP_UP
        file.unit.agents.save(replace(agent, offer=None, case_id=agent.case_id if keeps else None))
    file.unit.wakes.update({"agents", "people"})


def _miss(file: CaseFile, agent: Agent) -> None:
    """Count one more missed offer. After several in a row the agent is moved to `away`, so that no customer waits
    for them again."""
    missed = replace(agent, missed=agent.missed + 1, case_id=None)
    file.unit.agents.save(missed)
    file.note("agent_missed", staff=agent.staff_id, missed=missed.missed)
    away = missed.missed >= file.unit.policy.people.missed
    if away and AgentEvent.MISS in AGENT_TRANSITIONS[missed.state]:
        move_agent(file.unit, missed, AgentEvent.MISS, file.now, "system")


def moved_hand_over(hand_over: HandOver, event: HandOverEvent) -> HandOver:
    return replace(hand_over, state=move(HAND_OVER_TRANSITIONS, hand_over.state, event))


def wake_staff(file: CaseFile) -> None:
    file.unit.wakes.update({"people", "agents", of_case(file.case.id)})
