"""Hand-over of a customer to an agent: the customer waits in a conference, with our announcements, until one takes
the call.

However the hand-over ends, the customer's call returns to the script and the customer is told.
"""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOver, HandOverEvent, HandOverState
from wakeup.domain.language import zh_or_en
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.turn import Cancelled, Detected, HungUp, Input, PersonLeft, Room, TransferResult, Turn
from wakeup.usecases.agents.human_talks import room_of
from wakeup.usecases.agents.offers import (
    cancel_offer,
    miss_current,
    moved_hand_over,
    offer_next,
    part,
    skills_of,
    wake_staff,
)
from wakeup.usecases.casefile import CaseFile

_HOW = {
    HandOverState.JOINED: TransferResult.TALKED,
    HandOverState.OVER: TransferResult.TALKED,
    HandOverState.HANDED_ON: TransferResult.TALKED,
    HandOverState.GIVEN_UP: TransferResult.NO_ANSWER,
}


def begin_hand_over(file: CaseFile, attempt: Attempt, after: Conversation, turn: Turn) -> Turn:
    """Turn a request for a person into a wait in a conference, and ring the first agent. Without agents the turn is
    unchanged."""
    if turn.connect is None or not file.unit.agents.all():
        return turn
    people = file.unit.policy.people
    begun = HandOver(
        attempt_id=attempt.id, n=turn.n, case_id=file.case.id, customer_id=file.case.customer_id,
        language=zh_or_en(after.language), skills=tuple(sorted(skills_of(file, after.outcome))), asked_at=file.now,
        give_up_at=file.now + people.patience, due_at=file.now,
    )  # fmt: skip
    # Said before they enter the conference: there the announcements stop as soon as an agent joins, here it is
    # heard to its end.
    said = (*turn.utterances, *file.unit.speaker.to_customer("listening", turn.language))
    return replace(turn, connect=None, utterances=said, room=wait_in_room(file, begun))


def wait_in_room(file: CaseFile, begun: HandOver) -> Room:
    """Begin a wait and ring the first agent for it."""
    file.unit.hand_overs.add(begun)
    file.note("hand_over_begun", "callee", attempt=begun.attempt_id, n=begun.n)
    offer_next(file, begun)
    return replace(room_of(file, begun), hold=True)


def give_up(file: CaseFile, hand_over: HandOver) -> None:
    """End a wait that no agent answered in time. The ringing stops, and the customer's call is fetched and told
    when we call."""
    miss_current(file, hand_over)
    over = replace(moved_hand_over(hand_over, HandOverEvent.GIVE_UP), ended_at=file.now, due_at=file.now)
    file.unit.hand_overs.save(over)
    file.note("hand_over_given_up", attempt=hand_over.attempt_id, n=hand_over.n, tried=len(hand_over.tried))
    wake_staff(file)


def customer_left(file: CaseFile, hand_over: HandOver) -> None:
    """Record that the customer is no longer in the conference: they hung up, or the script went elsewhere."""
    if hand_over.state is HandOverState.JOINED:
        part(file, hand_over)
        back = file.unit.hand_overs.get(hand_over.attempt_id, hand_over.n) or hand_over
        file.unit.hand_overs.save(replace(back, came_back=True))
    elif hand_over.state is HandOverState.WAITING:
        gone = moved_hand_over(hand_over, HandOverEvent.LEAVE)
        file.unit.hand_overs.save(replace(gone, ended_at=file.now, came_back=True, due_at=file.now))
        cancel_offer(file, hand_over)
    else:
        file.unit.hand_overs.save(replace(hand_over, came_back=True))
    wake_staff(file)


def hand_over_input(file: CaseFile, attempt: Attempt, given: Input, before: Conversation) -> Input:
    """Return what happened to a customer who was sent into the conference and is back in the script, or gone. Their
    hand-over ends."""
    hand_over = file.unit.hand_overs.get(attempt.id, before.turns - 1) if before.turns else None
    if hand_over is None or hand_over.came_back or isinstance(given, Detected):
        return given
    how = _HOW.get(hand_over.state, TransferResult.FAILED)
    customer_left(file, hand_over)
    return given if isinstance(given, HungUp | Cancelled) else PersonLeft(how)


def left_by_itself(file: CaseFile, attempt: Attempt, before: Conversation) -> None:
    """End the hand-over when the script left the conference by itself, for example because of a machine verdict."""
    hand_over = file.unit.hand_overs.get(attempt.id, before.turns - 1) if before.turns else None
    if hand_over is not None and not hand_over.came_back:
        customer_left(file, hand_over)
