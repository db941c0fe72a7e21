"""Walk a script from node to node until one listens to the callee or the call ends. No input is processed here."""

from __future__ import annotations

import hashlib

from wakeup.domain.fast_dataclass import replace
from wakeup.ivr.conversation import Conversation, Wish
from wakeup.ivr.fields import SHARES
from wakeup.ivr.input_nodes import NOBODY_READY, Conference, InputNode
from wakeup.ivr.nodes import (
    Branch,
    Callback,
    Changing,
    Condition,
    Decide,
    Hangup,
    Language,
    Menu,
    Notify,
    Question,
    Say,
    Score,
    Set,
    Silent,
    Split,
)
from wakeup.ivr.render import RenderContext, render, stays
from wakeup.ivr.scoring import HUNG_UP, band
from wakeup.ivr.turn import Turn
from wakeup.ivr.wording import speaking_ms

NO_GUARDIAN = "no_guardian"
"""Flag: the customer does not want a guardian to be told."""


class LimitReachedError(Exception):
    """More steps or visits than any sensible conversation has."""


def enter(stage: RenderContext, conversation: Conversation, name: str) -> tuple[Conversation, Turn]:
    """Go to a node and on from there, until one listens or the call ends."""
    said: tuple[str, ...] = ()
    while True:
        conversation = step(stage, conversation, name)
        node = stage.script.nodes[name]
        match node:
            case InputNode() if node.needs() and not stage.variables.get(node.needs()):
                stage.follower.took(name, NOBODY_READY)
                name = node.ways()[NOBODY_READY]
            case Menu():
                return speak(stage, conversation, (*said, *node.first(unhurried=conversation.unhurried)))
            case InputNode():
                return speak(stage, _inviting(conversation, node), (*said, *node.prompts))
            case Question():
                stage.follower.took(name, "variants", conversation.variant)
                return speak(stage, conversation, (*said, *node.before, *asking(conversation, node)))
            case Hangup():
                return speak(stage, replace(conversation, finished=True), (*said, *node.prompts))
            case Say():
                stage.follower.took(name, "to")
                said, name = said + node.prompts, node.to
            case _:
                conversation, name = _pass(stage, conversation, node)


def hung_up(stage: RenderContext, conversation: Conversation) -> Conversation:
    """Record that the callee hung up, and pass the silent nodes of the script's hang-up exit."""
    gone = replace(conversation, flags=conversation.flags | {HUNG_UP}, turns=conversation.turns + 1)
    name = stage.script.on.hung_up
    if name:
        stage.follower.took("", "on.hung_up")
    while name and isinstance(node := stage.script.nodes[name], Silent):
        gone, name = _pass(stage, step(stage, gone, name), node)
    if name:
        # The end without words that the exits lead to; nobody is there to enter it.
        stage.follower.entered(name)
    return replace(gone, node=conversation.node, tries=conversation.tries, finished=True)


def state_before_hang_up(conversation: Conversation) -> Conversation | None:
    """Return the conversation before `hung_up` was recorded, or None if it did not end by a hang-up.

    What the silent nodes of the hang-up exit did is not undone: of two outcomes the more protective stays.
    """
    if HUNG_UP not in conversation.flags:
        return None
    return replace(conversation, flags=conversation.flags - {HUNG_UP}, turns=conversation.turns - 1, finished=False)


def hung_up_before(conversation: Conversation) -> Conversation:
    """Record that the callee had already hung up when this input was received."""
    return replace(conversation, flags=conversation.flags | {HUNG_UP}, finished=True)


def _inviting(conversation: Conversation, node: InputNode) -> Conversation:
    """Waiting for a guardian asks for them to be rung; waiting for the customer rings no one."""
    invites = isinstance(node, Conference) and node.who == "guardian"
    return conversation.wishing(Wish.COMPANY) if invites else conversation


def asking(conversation: Conversation, node: Question) -> tuple[str, ...]:
    """Return the question in this callee's wording. A callee who needs time hears the third key later."""
    asked = node.variants[conversation.variant].prompt
    return (asked,) if conversation.unhurried else (asked, *node.after)


def _pass(stage: RenderContext, conversation: Conversation, node: Silent) -> tuple[Conversation, str]:
    """Pass a silent node: return what it changes, and the next node."""
    match node:
        case Score():
            score = band(conversation.answers)
            stage.follower.took(conversation.node, score)
            return conversation, node.way(score)
        case Branch():
            return conversation, _branch(stage, conversation, node)
        case Split():
            arm = node.arm(split_bucket(conversation.split_by, conversation.node))
            stage.follower.took(conversation.node, "ways", arm)
            return conversation, node.ways[arm].to
        case _:
            stage.follower.took(conversation.node, "to")
            return changed(conversation, node), node.to


def changed(conversation: Conversation, node: Changing) -> Conversation:
    """Apply a node that records something and has one exit."""
    match node:
        case Language():
            return replace(conversation, language=node.language)
        case Set():
            return replace(conversation, flags=conversation.flags | {node.flag})
        case Decide():
            return conversation.found(node.contact, node.outcome, node.reason)
        case Notify():
            return conversation if NO_GUARDIAN in conversation.flags else conversation.wishing(Wish.GUARDIAN)
        case Callback():
            return conversation.wishing(Wish.CALLBACK)


def split_bucket(split_by: str, node: str) -> int:
    """Return a number from 0 to 99: always the same for one customer at one node, and unrelated between nodes."""
    return int.from_bytes(hashlib.sha256(f"{split_by}\0{node}".encode()).digest()[:8], "big") % SHARES


def step(stage: RenderContext, conversation: Conversation, name: str) -> Conversation:
    """Count one entry into a node. Raises LimitReachedError."""
    visits = conversation.visits.get(name, 0) + 1
    limits = stage.script.limits
    if visits > limits.visits or conversation.steps >= limits.steps:
        raise LimitReachedError(name)
    stage.follower.entered(name)
    return replace(
        conversation,
        node=name,
        steps=conversation.steps + 1,
        visits={**conversation.visits, name: visits},
        tries=0,
        inside=False,
    )


def try_again(stage: RenderContext, conversation: Conversation) -> Conversation:
    """Count one more asking of a question. Raises LimitReachedError, unless the callee must not be hung up on."""
    held = stays(stage.script.nodes[conversation.node])
    if conversation.steps >= stage.script.limits.steps and not held:
        raise LimitReachedError(conversation.node)
    return replace(conversation, steps=conversation.steps + 1, tries=conversation.tries + 1)


def speak(stage: RenderContext, conversation: Conversation, said: tuple[str, ...]) -> tuple[Conversation, Turn]:
    """Make the next turn: these prompts, then listen. Raises LimitReachedError when the call's time is up."""
    if not conversation.finished and _over_time(stage, conversation):
        raise LimitReachedError(conversation.node)
    turn = render(stage, replace(conversation, said=said), conversation.turns)
    spoken_ms = sum(speaking_ms(utterance.text) for utterance in turn.utterances)
    return replace(conversation, said=said, spoken_ms=spoken_ms, turns=conversation.turns + 1), turn


def _over_time(stage: RenderContext, conversation: Conversation) -> bool:
    """True if the call has lasted too long to ask more; never at a node whose callee must not be hung up on."""
    held = stays(stage.script.nodes[conversation.node])
    return not held and conversation.lasted_ms > stage.script.limits.call_ms(unhurried=conversation.unhurried)


def _branch(stage: RenderContext, conversation: Conversation, node: Branch) -> str:
    for at, case in enumerate(node.cases):
        if _holds(stage, conversation, case.when):
            stage.follower.took(conversation.node, "cases", at)
            return case.to
    stage.follower.took(conversation.node, "otherwise")
    return node.otherwise


def _holds(stage: RenderContext, conversation: Conversation, when: Condition) -> bool:
    if when.variable is not None:
        return bool(stage.variables.get(when.variable))
    if when.contact is not None:
        return conversation.contact is when.contact
    if when.outcome is not None:
        return conversation.outcome is when.outcome
    if when.unhurried is not None:
        return conversation.unhurried == when.unhurried
    return _given(conversation, when)


def _given(conversation: Conversation, when: Condition) -> bool:
    """Conditions on answers, and on flags set on the way."""
    if when.filled is not None:
        return when.filled in conversation.filled
    if when.safe is not None:
        return any(answer.question == when.safe and answer.safe for answer in conversation.answers)
    return when.flag in conversation.flags
