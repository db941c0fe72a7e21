"""Human talks, of a customer or a guardian with an agent: the one that is going on, the one an agent had last, and the
conference in which they take place."""

from __future__ import annotations

from operator import itemgetter

from wakeup.domain.hand_over import HandOver, HandOverState, HumanTalkRef
from wakeup.domain.ids import AttemptId, CaseId
from wakeup.domain.staff import StaffId
from wakeup.ivr.turn import Room
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.unit import Unit


def current_human_talk(
    unit: Unit, case_id: CaseId, *, call: AttemptId | None = None, agent: StaffId | None = None
) -> HandOver | None:
    """Return the conversation that is going on in this case: the one of this call, the customer's or the agent's, or
    of this agent, if they are named."""
    for one in unit.hand_overs.of_case(case_id):
        of_call = call is None or call in {one.attempt_id, one.offer}
        of_agent = agent is None or agent == one.agent
        if one.state is HandOverState.JOINED and of_call and of_agent:
            return one
    return None


def last_human_talk(unit: Unit, case_id: CaseId, agent: StaffId) -> HandOver | None:
    """Return the agent's newest conversation in this case, over or not, with the customer or a guardian."""
    human_talks = [(one.joined_at, one) for one in unit.hand_overs.of_case(case_id) if one.agent == agent]
    return max(((at, one) for at, one in human_talks if at is not None), key=itemgetter(0), default=(None, None))[1]


def own_human_talk(unit: Unit, case_id: CaseId, agent: StaffId, named: HumanTalkRef | None) -> HandOver | None:
    """Return the conversation of this agent in this case that is named, or else their newest one. None if they had no
    such conversation."""
    if named is None:
        return last_human_talk(unit, case_id, agent)
    found = unit.hand_overs.get(*named)
    own = found is not None and (found.case_id, found.agent) == (case_id, agent) and found.joined_at is not None
    return found if own else None


def room_of(file: CaseFile, human_talk: HandOver) -> Room:
    """Return the conference of this conversation, as the agent joins it. No call stays in it longer than a line may
    be in use."""
    return Room(name=human_talk.room, talk_s=int(file.unit.policy.calling.line_limit.total_seconds()))
