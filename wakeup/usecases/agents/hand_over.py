"""A customer is handed over to one of our people: they wait in a room with words of ours until somebody takes the call.

However it ends, the customer comes back to us and is told.
"""

from __future__ import annotations

from wakeup.domain.attempt import Attempt
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.hand_over import HandOver, HandOverEvent, HandOverState
from wakeup.domain.language import zh_or_en
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.turn import Cancelled, Detected, HungUp, Input, PersonLeft, Room, TransferResult, Turn
from wakeup.usecases.agents.offers import cancel_offer, changed, miss_current, offer_next, part, skills_of, wake
from wakeup.usecases.casefile import CaseFile

_HOW = {
    HandOverState.JOINED: TransferResult.TALKED,
    HandOverState.OVER: TransferResult.TALKED,
    HandOverState.HANDED_ON: TransferResult.TALKED,
    HandOverState.GIVEN_UP: TransferResult.NO_ANSWER,
}


def begin_hand_over(file: CaseFile, attempt: Attempt, after: Conversation, turn: Turn) -> Turn:
    """A turn that asks for a person: with agents it leads into a room, and the first of them is rung."""
    if turn.connect is None or not file.unit.agents.all():
        return turn
    people = file.unit.policy.people
    begun = HandOver(
        attempt_id=attempt.id, n=turn.n, case_id=file.case.id, customer_id=file.case.customer_id,
        language=zh_or_en(after.language), skills=tuple(sorted(skills_of(file, after.outcome))), asked_at=file.now,
        give_up_at=file.now + people.patience, due_at=file.now,
    )  # fmt: skip
    # Said before they are in the room, where the words of the waiting end with whoever comes: it is heard to its end.
    said = (*turn.utterances, *file.unit.speaker.to_customer("listening", turn.language))
    return replace(turn, connect=None, utterances=said, room=wait_in_room(file, begun))


def wait_in_room(file: CaseFile, begun: HandOver) -> Room:
    """A wait begins, and the first of our people is rung for it."""
    file.unit.hand_overs.add(begun)
    file.note("hand_over_begun", "callee", attempt=begun.attempt_id, n=begun.n)
    offer_next(file, begun)
    talk_s = int(file.unit.policy.calling.line_limit.total_seconds())
    return Room(name=begun.room, talk_s=talk_s, hold=True)


def give_up(file: CaseFile, hand_over: HandOver) -> None:
    """Nobody took the call in time. The ringing ends, and the customer is fetched and told when we call."""
    miss_current(file, hand_over)
    over = replace(changed(hand_over, HandOverEvent.GIVE_UP), ended_at=file.now, due_at=file.now)
    file.unit.hand_overs.save(over)
    file.note("hand_over_given_up", attempt=hand_over.attempt_id, n=hand_over.n, tried=len(hand_over.tried))
    wake(file)


def leave(file: CaseFile, hand_over: HandOver) -> None:
    """The customer is not in the room any more: hung up, or somewhere else in the script."""
    if hand_over.state is HandOverState.JOINED:
        part(file, hand_over)
        back = file.unit.hand_overs.get(hand_over.attempt_id, hand_over.n) or hand_over
        file.unit.hand_overs.save(replace(back, came_back=True))
    elif hand_over.state is HandOverState.WAITING:
        gone = changed(hand_over, HandOverEvent.LEAVE)
        file.unit.hand_overs.save(replace(gone, ended_at=file.now, came_back=True, due_at=file.now))
        cancel_offer(file, hand_over)
    else:
        file.unit.hand_overs.save(replace(hand_over, came_back=True))
    wake(file)


def as_handed_over(file: CaseFile, attempt: Attempt, given: Input, before: Conversation) -> Input:
    """What really happened to a customer who was sent into the room and is here again, or gone."""
    hand_over = file.unit.hand_overs.get(attempt.id, before.turns - 1) if before.turns else None
    if hand_over is None or hand_over.came_back or isinstance(given, Detected):
        return given
    how = _HOW.get(hand_over.state, TransferResult.FAILED)
    leave(file, hand_over)
    return given if isinstance(given, HungUp | Cancelled) else PersonLeft(how)


def left_by_itself(file: CaseFile, attempt: Attempt, before: Conversation) -> None:
    """The script went elsewhere while they were in the room, such as for a machine."""
    hand_over = file.unit.hand_overs.get(attempt.id, before.turns - 1) if before.turns else None
    if hand_over is not None and not hand_over.came_back:
        leave(file, hand_over)
