"""Render the next turn of a conversation: its words for this callee, and what is listened for afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.outcome import Contact
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.input_nodes import LOOK_S, ROOM, Ask, Collect, Conference, Patient, PutThrough, Record
from wakeup.ivr.language_request import other_language_hints
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.speech import hints
from wakeup.ivr.nodes import Menu, Node, Question
from wakeup.ivr.script import Hearer, Script, VariableType
from wakeup.ivr.trail import NOBODY, Follower
from wakeup.ivr.turn import Connect, Listen, Room, Tape, Turn, Utterance

FINISH_KEY = "#"
LONGEST_WAIT_S = 60
"""Maximum wait for a key or a word, however much time the callee needs."""

Value = str | bool | None
Variables = Mapping[str, Value]


class OnDemand(Mapping[str, Value]):
    """Variables, some of which cost a database query: those are computed when first read, once per turn."""

    def __init__(self, known: Variables, late: Mapping[str, Callable[[], Value]]) -> None:
        self._known = dict(known)
        self._late = late

    def __getitem__(self, name: str) -> Value:
        if name not in self._known:
            self._known[name] = self._late[name]()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._known, **self._late})

    def __len__(self) -> int:
        return len({**self._known, **self._late})


class Prompts(Protocol):
    """The prompts of one version of one script."""

    def render(self, script_id: str, language: str, prompt_id: str, variables: Variables) -> str:
        """Return the final words. Raises on an unknown prompt or a missing variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderContext:
    """What stays the same while one input is processed."""

    script: Script
    prompts: Prompts
    variables: Variables
    follower: Follower = NOBODY
    """Who is told which exits are taken."""


def render(stage: RenderContext, conversation: Conversation, n: int) -> Turn:
    """Render the prompts of `conversation.said` as turn `n`."""
    script = stage.script
    heard = Audible(script, conversation, stage.variables)
    said = [script.spoken(prompt, conversation.persona) for prompt in conversation.said]
    goes_on = not conversation.finished
    return Turn(
        n=n,
        node=conversation.node,
        utterances=tuple(_utter(stage, conversation, prompt, heard) for prompt in said),
        listen=_ear(script, conversation) if goes_on else None,
        tape=_tape(script, conversation) if goes_on else None,
        connect=_connect(stage, conversation) if goes_on else None,
        room=_room(stage, conversation) if goes_on else None,
        language=conversation.language,
    )


def _utter(stage: RenderContext, conversation: Conversation, prompt: str, heard: Variables) -> Utterance:
    script, language = stage.script, conversation.language
    voice = script.voice(language, conversation.persona)
    return Utterance(
        text=stage.prompts.render(script.id, language, prompt, heard),
        language=language,
        voice=voice.voice,
        rate=voice.rate_for(unhurried=conversation.unhurried),
        recording=script.recordings.get(language, {}).get(prompt),
    )


def last_words(stage: RenderContext, conversation: Conversation) -> tuple[str, ...]:
    """Return the words of the last turn, one text for each prompt."""
    return tuple(utterance.text for utterance in render(stage, conversation, conversation.turns - 1).utterances)


def words_that_ask(stage: RenderContext, conversation: Conversation) -> str:
    """Return the words that ask: of a question in this callee's wording, of a menu the last ones said."""
    node = stage.script.nodes[conversation.node]
    asks = (node.variants[conversation.variant].prompt,) if isinstance(node, Question) else conversation.said[-1:]
    return "".join(last_words(stage, replace(conversation, said=asks)))


def _connect(stage: RenderContext, conversation: Conversation) -> Connect | None:
    """Return the call to a colleague. The colleague hears only what anyone may hear, whoever is on the line."""
    node = stage.script.nodes[conversation.node]
    if not isinstance(node, PutThrough):
        return None
    anybody = Audible(stage.script, replace(conversation, contact=Contact.NOBODY), stage.variables)
    whisper = _utter(stage, conversation, node.whisper, anybody)
    transfers = [name for name, one in stage.script.nodes.items() if isinstance(one, PutThrough)]
    tried = sum(conversation.visits.get(name, 0) for name in transfers) - 1
    return Connect(whisper=whisper, key=node.key, ring_s=node.ring_s, n=tried)


def _room(stage: RenderContext, conversation: Conversation) -> Room | None:
    node = stage.script.nodes[conversation.node]
    name = stage.variables.get(ROOM) if isinstance(node, Conference) and conversation.inside else None
    return Room(name=name, talk_s=node.talk_s) if isinstance(node, Conference) and isinstance(name, str) else None


class Audible(Mapping[str, Value]):
    """The variables this callee may hear. A prompt with a withheld or missing variable fails instead of leaking it."""

    def __init__(self, script: Script, conversation: Conversation, variables: Variables) -> None:
        self._declared = script.variables
        self._verified = conversation.contact is Contact.RIGHT_PARTY
        self._variables = variables

    def __getitem__(self, name: str) -> Value:
        variable = self._declared[name]
        if variable.heard_by is Hearer.RIGHT_PARTY and not self._verified:
            raise KeyError(name)
        value = self._variables.get(name)
        if value is None and not variable.required:
            value = False if variable.type is VariableType.FLAG else ""
        if not _fits(value, variable.type):
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._declared if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def missing(script: Script, variables: Variables) -> tuple[str, ...]:
    """Return the required variables that are missing or have the wrong form."""
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


def _ear(script: Script, conversation: Conversation) -> Listen | None:
    node = script.nodes[conversation.node]
    match node:
        case Menu():
            meanings = (*node.words, *(script.words if node.global_exits else ()))
        case Question():
            meanings = (Meaning.YES, Meaning.NO, Meaning.UNSURE, *script.words)
        case Collect() | Ask():
            meanings = (*script.words,)
        case Conference() if not conversation.inside:
            meanings = (*script.words,)
        case _:
            return None
    words = (*hints(meanings, conversation.language), *other_language_hints(script, conversation.language))
    heard = Listen(
        timeout_s=waits_s(script, conversation),
        hints=words,
        interrupted_by_speech=not _identifies_again(node, conversation),
    )
    if isinstance(node, Collect):
        return replace(heard, max_digits=node.most, finish_key=FINISH_KEY)
    return replace(heard, max_speech_s=node.max_s, hints=()) if isinstance(node, Ask) else heard


def _identifies_again(node: Node, conversation: Conversation) -> bool:
    """True where the callee is asked again who they are. 喂, 是我 and other sounds cut every asking short, so that
    customers never heard the one thing they were to say or press."""
    asks_who = isinstance(node, Menu) and Meaning.YES in node.words and conversation.contact is Contact.UNVERIFIED_HUMAN
    return asks_who and (conversation.tries > 0 or conversation.visits.get(conversation.node, 0) > 1)


def _tape(script: Script, conversation: Conversation) -> Tape | None:
    node = script.nodes[conversation.node]
    return Tape(max_s=node.max_s) if isinstance(node, Record) else None


def waits_s(script: Script, conversation: Conversation) -> int:
    """Return how long an answer is waited for at the current node, in seconds; 0 where the node does not listen."""
    node = script.nodes[conversation.node]
    if isinstance(node, Conference):
        return LOOK_S
    if not isinstance(node, Patient | Question):
        return 0
    # Such a menu (distress) keeps listening anyway: waiting twice as long would only use up the call.
    slow = conversation.unhurried and not stays(node)
    return min(LONGEST_WAIT_S, node.timeout_s * 2) if slow else node.timeout_s


def stays(node: Node) -> bool:
    """True if no global exit leads away from this node: it is for a callee in distress."""
    return isinstance(node, Menu) and not node.global_exits
