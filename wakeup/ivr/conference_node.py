"""The `conference` node: wait for the other party, then join. Whether the other party comes is told from outside."""

from __future__ import annotations

from wakeup.domain.fast_dataclass import replace
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.input_nodes import LOOK_S, Conference
from wakeup.ivr.render import RenderContext
from wakeup.ivr.trail import Again
from wakeup.ivr.turn import ConferenceStatus, Turn
from wakeup.ivr.walk import enter, speak, try_again


def meet(stage: RenderContext, conversation: Conversation, node: Conference, how: str) -> tuple[Conversation, Turn]:
    """Return the next waiting announcement, the conference, or the node that follows it."""
    way = _way(conversation, node, how)
    stage.follower.took(conversation.node, way)
    if way == ConferenceStatus.COMING:
        stage.follower.stayed(Again.WAITS)
        return speak(stage, try_again(stage, conversation), (node.waiting,))
    if way == ConferenceStatus.HERE:
        stage.follower.stayed(Again.JOINS)
        return speak(stage, replace(try_again(stage, conversation), inside=True), (node.joining,))
    return enter(stage, conversation, node.ways()[way])


def _way(conversation: Conversation, node: Conference, how: str) -> str:
    """Return the exit to take, given the conference status.

    Waiting ends after `wait_s`. A callee who was sent into the conference and is back without any reason was not let
    in.
    """
    if conversation.inside and how in (ConferenceStatus.COMING, ConferenceStatus.HERE):
        return ConferenceStatus.FAILED
    if how == ConferenceStatus.COMING and (conversation.tries + 1) * LOOK_S >= node.wait_s:
        return ConferenceStatus.NOBODY_CAME
    return how
