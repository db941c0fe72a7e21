"""An agent hands their customer on to another: the customer waits again, with our announcements, and the next agent
is rung.

The script stays where it is. The agent who takes the call hears that another had it before; when none does, the
customer is told when we call, as after every wait.
"""

from __future__ import annotations

from datetime import datetime

from wakeup.domain.agent import Skill
from wakeup.domain.attempt import Attempt
from wakeup.domain.errors import ConflictError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOver, HandOverEvent, HandOverState, HumanTalkRef
from wakeup.domain.review import Act, Review
from wakeup.domain.staff import Right, demand
from wakeup.ivr.turn import HungUp, Input, Turn
from wakeup.usecases.agents.hand_over import wait_in_room
from wakeup.usecases.agents.human_talks import current_human_talk
from wakeup.usecases.agents.offers import ALONE, end_of_human_talk, lock_next_agent, moved_hand_over
from wakeup.usecases.case.served_turn import record_turn
from wakeup.usecases.casefile import CaseFile
from wakeup.usecases.records import Talk
from wakeup.usecases.review.review import Order, ReviewFile
from wakeup.usecases.unit import Unit


def hand_on(
    unit: Unit, order: Order, skill: Skill | None, now: datetime, *, named: HumanTalkRef | None = None
) -> Review:
    """Hand the customer on. `order.text` is a note for the next agent. While no other agent can be called the
    customer stays with this one; so does somebody who is on the line instead of `named`, the talk that the page showed.
    Raises ConflictError on `hand_on`."""
    with ReviewFile(unit, order, now) as work:
        demand(work.staff, Right.TAKE_CALLS)
        talk = human_talk_of(work, "hand_on", named)
        wanted = talk if skill is None else replace(talk, skills=tuple(sorted({*talk.skills, skill})))
        if unit.lines.no_calls_until(now) is not None:
            raise ConflictError("hand_on", "no calls go out now; the customer stays with you")
        if lock_next_agent(work.file, wanted) is None:
            raise ConflictError("hand_on", "no other colleague is free now; the customer stays with you")
        over = moved_hand_over(wanted, HandOverEvent.HAND_ON)
        # The customer's call is fetched from the conference at once, and the request is repeated until it has
        # arrived.
        end_of_human_talk(work.file, over, now)
        work.record(Act.HANDED_ON, None, attempt=talk.attempt_id, n=talk.n)
    return work.review


def human_talk_of(work: ReviewFile, field: str, named: HumanTalkRef | None) -> HandOver:
    """Return the hand-over in which this agent is talking to the customer. Raises ConflictError on `field`, also if it
    is not the one that is named."""
    found = current_human_talk(work.unit, work.file.case.id, agent=work.staff.id)
    if found is None or named not in {None, (found.attempt_id, found.n)}:
        raise ConflictError(field, "no customer is on the line with you")
    return found


def on_to_the_next(file: CaseFile, attempt: Attempt, talk: Talk, given: Input) -> Turn | None:
    """Return the turn in which a customer who was handed on waits for the next agent; None for any other call."""
    before = file.unit.hand_overs.get(attempt.id, talk.turns - 1)
    if before is None or before.state is not HandOverState.HANDED_ON or before.came_back or isinstance(given, HungUp):
        return None
    unit, patience = file.unit, file.unit.policy.people.patience
    # The agent's call is checked a little later, in case it is left alone in the conference.
    unit.hand_overs.save(replace(before, came_back=True, due_at=file.now + ALONE))
    begun = HandOver(
        attempt_id=attempt.id, n=talk.turns, case_id=before.case_id, customer_id=before.customer_id,
        language=before.language, skills=before.skills, tried=before.tried, asked_at=file.now,
        give_up_at=file.now + patience, due_at=file.now,
    )  # fmt: skip
    conversation = talk.conversation
    turn = Turn(
        n=talk.turns, node=conversation.node, utterances=unit.speaker.to_customer("handed_on", conversation.language),
        room=wait_in_room(file, begun), language=conversation.language,
    )  # fmt: skip
    after = replace(conversation, turns=turn.n + 1)
    unit.talks.save(replace(talk, state=after.to_json(), turns=after.turns, turned_at=file.now))
    record_turn(file, attempt.id, turn, "handed on")
    return turn
