"""Waiting for somebody who is to be met, and entering the room with them. Whether they come is told from outside."""

from __future__ import annotations

from wakeup.domain.fast_dataclass import replace
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.input_nodes import LOOK_S, Conference
from wakeup.ivr.render import RenderContext
from wakeup.ivr.turn import ConferenceStatus, Turn
from wakeup.ivr.walk import enter, speak, try_again


def meet(stage: RenderContext, conversation: Conversation, node: Conference, how: str) -> tuple[Conversation, Turn]:
    """The next of the waiting, the room, or the way on when it is over."""
    way = way_of(conversation, node, how)
    if way == ConferenceStatus.COMING:
        return speak(stage, try_again(stage, conversation), (node.waiting,))
    if way == ConferenceStatus.HERE:
        return speak(stage, replace(try_again(stage, conversation), inside=True), (node.joining,))
    return enter(stage, conversation, node.ways()[way])


def way_of(conversation: Conversation, node: Conference, how: str) -> str:
    """Nobody waits for ever; and whoever was sent into the room, and is here again without a word of why, was not let
    in."""
    if conversation.inside and how in (ConferenceStatus.COMING, ConferenceStatus.HERE):
        return ConferenceStatus.FAILED
    if how == ConferenceStatus.COMING and (conversation.tries + 1) * LOOK_S >= node.wait_s:
        return ConferenceStatus.NOBODY_CAME
    return how
