"""Walks a script from node to node until somebody must be listened to or the call ends. No input is read here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from wakeup.domain.outcome import Contact
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.fields import SHARES
from wakeup.ivr.nodes import (
    Branch,
    Condition,
    Decide,
    Hangup,
    Language,
    Menu,
    Node,
    Question,
    Say,
    Score,
    Set,
    Silent,
    Split,
)
from wakeup.ivr.scoring import band
from wakeup.ivr.script import Hearer, Script, VariableType
from wakeup.ivr.speech import Meaning, hints
from wakeup.ivr.turn import Listen, Turn, Utterance
from wakeup.ivr.wording import speaking_ms

LONGEST_WAIT_S = 60
"""For a key or a word, however much time somebody needs."""

Value = str | bool | None
Variables = Mapping[str, Value]


class Prompts(Protocol):
    """The words of one version of one script."""

    def render(self, script_id: str, language: str, prompt_id: str, variables: Variables) -> str:
        """The final words. Raises on an unknown prompt or a variable that is not given."""


class LimitReachedError(Exception):
    """More steps or visits than any sensible conversation has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What does not change while one input is answered."""

    script: Script
    prompts: Prompts
    variables: Variables


def enter(stage: Stage, conversation: Conversation, name: str) -> tuple[Conversation, Turn]:
    """Go to a node and on, until a listening node or the end."""
    said: tuple[str, ...] = ()
    while True:
        conversation = step(stage, conversation, name)
        node = stage.script.nodes[name]
        match node:
            case Menu():
                return speak(stage, conversation, (*said, *node.prompts))
            case Question():
                asked = node.variants[conversation.variant].prompt
                return speak(stage, conversation, (*said, *node.before, asked, *node.after))
            case Hangup():
                return speak(stage, replace(conversation, finished=True), (*said, *node.prompts))
            case Say():
                said, name = said + node.prompts, node.to
            case Score() | Branch() | Split() | Set() | Language() | Decide():
                conversation, name = _pass(stage, conversation, node)


def _pass(stage: Stage, conversation: Conversation, node: Silent) -> tuple[Conversation, str]:
    """A node nobody hears: what it changes, and where it leads."""
    match node:
        case Score():
            return conversation, node.way(band(conversation.answers))
        case Branch():
            return conversation, _branch(stage, conversation, node)
        case Split():
            return conversation, node.way(lot(conversation.split_by, conversation.node))
        case Language():
            return replace(conversation, language=node.language), node.to
        case Set():
            return replace(conversation, flags=conversation.flags | {node.flag}), node.to
        case Decide():
            return conversation.found(node.contact, node.outcome), node.to


def lot(split_by: str, node: str) -> int:
    """0 to 99: always the same for one customer at one node, and unrelated between nodes."""
    return int.from_bytes(hashlib.sha256(f"{split_by}\0{node}".encode()).digest()[:8], "big") % SHARES


def step(stage: Stage, conversation: Conversation, name: str) -> Conversation:
    """Count one entry of a node."""
    visits = conversation.visits.get(name, 0) + 1
    limits = stage.script.limits
    if visits > limits.visits or conversation.steps >= limits.steps:
        raise LimitReachedError(name)
    return replace(
        conversation,
        node=name,
        steps=conversation.steps + 1,
        visits={**conversation.visits, name: visits},
        tries=0,
    )


def try_again(stage: Stage, conversation: Conversation) -> Conversation:
    """Count one more asking of the same question."""
    if conversation.steps >= stage.script.limits.steps:
        raise LimitReachedError(conversation.node)
    return replace(conversation, steps=conversation.steps + 1, tries=conversation.tries + 1)


def speak(stage: Stage, conversation: Conversation, said: tuple[str, ...]) -> tuple[Conversation, Turn]:
    """The next turn: these prompts, and the ear of the node we are in."""
    if not conversation.finished and _over_time(stage, conversation):
        raise LimitReachedError(conversation.node)
    turn = render(stage, replace(conversation, said=said), conversation.turns)
    spoken_ms = sum(speaking_ms(utterance.text) for utterance in turn.utterances)
    return replace(conversation, said=said, spoken_ms=spoken_ms, turns=conversation.turns + 1), turn


def _over_time(stage: Stage, conversation: Conversation) -> bool:
    """Nothing more is asked then; who must not be hung up on is listened to all the same."""
    stays = _stays(stage.script.nodes[conversation.node])
    return not stays and conversation.lasted_ms > stage.script.limits.call_ms(unhurried=conversation.unhurried)


def render(stage: Stage, conversation: Conversation, n: int) -> Turn:
    """The words of `conversation.said` as turn `n`."""
    script, language = stage.script, conversation.language
    variables = audible(script, conversation, stage.variables)
    voice = script.voice(language, conversation.persona)
    recorded = script.recordings.get(language, {})
    said = [script.spoken(prompt, conversation.persona) for prompt in conversation.said]
    return Turn(
        n=n,
        node=conversation.node,
        utterances=tuple(
            Utterance(
                text=stage.prompts.render(script.id, language, prompt, variables),
                language=language,
                voice=voice.voice,
                rate=voice.rate_for(unhurried=conversation.unhurried),
                recording=recorded.get(prompt),
            )
            for prompt in said
        ),
        listen=None if conversation.finished else _ear(script, conversation),
        language=language,
    )


def audible(script: Script, conversation: Conversation, variables: Variables) -> dict[str, Value]:
    """The variables this person may hear. One that is kept back or missing makes its prompt fail, never leak."""
    verified = conversation.contact is Contact.RIGHT_PARTY
    heard: dict[str, Value] = {}
    for name, variable in script.variables.items():
        if variable.heard_by is Hearer.RIGHT_PARTY and not verified:
            continue
        value = variables.get(name)
        if value is None and not variable.required:
            value = False if variable.type is VariableType.FLAG else ""
        if _fits(value, variable.type):
            heard[name] = value
    return heard


def missing(script: Script, variables: Variables) -> tuple[str, ...]:
    """Required variables that were not given, or not in the right form."""
    return tuple(
        name
        for name, variable in script.variables.items()
        if variable.required and (variables.get(name) in (None, "") or not _fits(variables[name], variable.type))
    )


def _fits(value: Value, kind: VariableType) -> bool:
    match kind:
        case VariableType.FLAG:
            return isinstance(value, bool)
        case VariableType.TEXT:
            return isinstance(value, str) and len(value) <= 200
        case VariableType.DIGITS:
            return (
                isinstance(value, str) and len(value) <= 12 and (value == "" or (value.isascii() and value.isdigit()))
            )


def _branch(stage: Stage, conversation: Conversation, node: Branch) -> str:
    return next((case.to for case in node.cases if _holds(stage, conversation, case.when)), node.otherwise)


def _holds(stage: Stage, conversation: Conversation, when: Condition) -> bool:
    if when.variable is not None:
        return bool(stage.variables.get(when.variable))
    if when.contact is not None:
        return conversation.contact is when.contact
    if when.outcome is not None:
        return conversation.outcome is when.outcome
    if when.safe is not None:
        return any(answer.question == when.safe and answer.safe for answer in conversation.answers)
    return when.flag in conversation.flags


def _ear(script: Script, conversation: Conversation) -> Listen | None:
    node = script.nodes[conversation.node]
    match node:
        case Menu():
            meanings = (*node.words, *(script.words if node.global_exits else ()))
        case Question():
            meanings = (Meaning.YES, Meaning.NO, Meaning.UNSURE, *script.words)
        case _:
            return None
    return Listen(timeout_s=waits_s(script, conversation), hints=hints(meanings, conversation.language))


def waits_s(script: Script, conversation: Conversation) -> int:
    """How long an answer is waited for where the conversation stands; 0 where nobody is listened to."""
    node = script.nodes[conversation.node]
    if not isinstance(node, Menu | Question):
        return 0
    # Where nobody is led away we listen on anyway, and waiting twice as long would only use up the call.
    slow = conversation.unhurried and not _stays(node)
    return min(LONGEST_WAIT_S, node.timeout_s * 2) if slow else node.timeout_s


def _stays(node: Node) -> bool:
    """Nobody is led away from here: somebody in despair."""
    return isinstance(node, Menu) and not node.global_exits
