"""The interpreter: (script, conversation, input) -> (conversation, turn). Pure, total (never raises) and bounded."""

from __future__ import annotations

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.outcome import Contact
from wakeup.ivr.answering import SPEECH, ask_again, not_yet, record_answer, reprompt, silences_of
from wakeup.ivr.apology import give_up, nothing_more
from wakeup.ivr.conference_node import meet
from wakeup.ivr.conversation import SILENT, Conversation
from wakeup.ivr.hearing import (
    Heard,
    global_exit,
    heard,
    not_heard,
    open_everywhere,
    resolve_meaning,
    screened,
    too_soon,
    with_elapsed,
)
from wakeup.ivr.input_nodes import GIVEN, UNCLEAR, Conference, InputNode, Patient
from wakeup.ivr.language_request import requested_language
from wakeup.ivr.nlu.meaning import PROVES_NOBODY, Meaning
from wakeup.ivr.nodes import REPEAT, VARIANTS, Menu, Question
from wakeup.ivr.render import Prompts, RenderContext, Variables, missing, render, stays
from wakeup.ivr.scoring import too_early
from wakeup.ivr.script import Script
from wakeup.ivr.trail import Again, Tracker, Trail
from wakeup.ivr.turn import (
    Answered,
    AnsweredBy,
    Cancelled,
    Detected,
    HungUp,
    Input,
    Keys,
    NothingLeft,
    Recorded,
    Speech,
    Turn,
)
from wakeup.ivr.walk import LimitReachedError, asking, enter, hung_up, speak, split_bucket, step, try_again

_ANSWER_KEYS = {"1": Meaning.YES, "2": Meaning.NO, "3": Meaning.UNSURE}
_ANSWER_WORDS = frozenset(_ANSWER_KEYS.values())
_CONTACTS = {
    AnsweredBy.MACHINE: Contact.VOICEMAIL,
    AnsweredBy.FAX: Contact.FAX,
    AnsweredBy.SCREENER: Contact.CALL_SCREENER,
}
_MACHINES = frozenset({AnsweredBy.MACHINE, AnsweredBy.FAX})


def begin(
    script: Script,
    prompts: Prompts,
    *,
    conversation_id: str,
    language: str,
    variant: int,
    variables: Variables,
    split_by: str = "",
    unhurried: bool = False,
) -> Conversation:
    """Return a conversation before the call is answered. `language` may be any locale; `variant` is taken modulo
    three.

    A missing variable, or an opening that cannot be rendered, is set as `fault` before anyone is rung.
    """
    conversation = Conversation(
        id=conversation_id,
        script_id=script.id,
        version=script.version,
        content_hash=script.content_hash,
        language=script.language_for(language),
        variant=variant % VARIANTS,
        split_by=split_by,
        persona=script.persona_for(split_bucket(split_by, "persona")),
        unhurried=unhurried,
        visits={},
        filled={},
    )
    absent = missing(script, variables)
    if absent:
        return replace(conversation, fault=f"missing: {', '.join(absent)}")
    opened, _ = advance(script, prompts, conversation, Answered(AnsweredBy.HUMAN), variables)
    return replace(conversation, fault=opened.fault)


def advance(
    script: Script, prompts: Prompts, conversation: Conversation, act: Input, variables: Variables
) -> tuple[Conversation, Turn]:
    """Process one input. Never raises: an error on our side ends in a neutral goodbye and is set as `fault`.

    An input that changes nothing (a late verdict about a human, anything after the end) returns the conversation
    unchanged, with its last turn.
    """
    return _safely(RenderContext(script=script, prompts=prompts, variables=variables), conversation, act)


def follow(
    script: Script, prompts: Prompts, conversation: Conversation, act: Input, variables: Variables
) -> tuple[Conversation, Turn, Trail]:
    """Process one input as `advance` does, and return its trail, too."""
    tracker = Tracker()
    stage = RenderContext(script=script, prompts=prompts, variables=variables, follower=tracker)
    after, turn = _safely(stage, conversation, act)
    return after, turn, tracker.trail


def _safely(stage: RenderContext, conversation: Conversation, act: Input) -> tuple[Conversation, Turn]:
    on = stage.script.on
    try:
        return _advance(stage, conversation, act)
    except LimitReachedError:
        stage.follower.gave_up("on.limit", on.limit)
        return give_up(stage, conversation, on.limit, f"limit at {conversation.node or 'entry'}")
    except Exception as error:  # noqa: BLE001  the callee hears a goodbye whatever broke; the fault raises the alarm
        stage.follower.gave_up("on.error", on.error)
        return give_up(stage, conversation, on.error, f"{type(error).__name__} at {conversation.node or 'entry'}")


def _advance(stage: RenderContext, conversation: Conversation, act: Input) -> tuple[Conversation, Turn]:
    if conversation.finished:
        return conversation, nothing_more(conversation, conversation.turns - 1)
    pinned = (conversation.script_id, conversation.version, conversation.content_hash)
    if pinned != (stage.script.id, stage.script.version, stage.script.content_hash):
        raise ValueError("the conversation belongs to another script")
    if isinstance(act, HungUp):
        gone = hung_up(stage, conversation)
        return gone, nothing_more(gone, conversation.turns)
    if not conversation.node:
        return _pick_up(stage, conversation, act.by if isinstance(act, Answered | Detected) else AnsweredBy.UNKNOWN)
    conversation = with_elapsed(stage.script, conversation, act)
    language = requested_language(stage.script, conversation.language, act.text) if isinstance(act, Speech) else None
    if language is not None:
        return _again(stage, replace(conversation, language=language, silences=0))
    return _hear(stage, conversation, act)


def _hear(stage: RenderContext, conversation: Conversation, act: Input) -> tuple[Conversation, Turn]:
    node = stage.script.nodes[conversation.node]
    match act:
        case Answered() | Detected():
            return _answered(stage, conversation, act.by)
        case Cancelled() | NothingLeft():
            lead = stage.script.on.elsewhere(act)
            stage.follower.took("", lead)
            return enter(stage, conversation, stage.script.target(lead))
        case _ if isinstance(node, InputNode):
            return _open(stage, conversation, node, act)
        case Keys() if act.digits:
            return _key(stage, replace(conversation, silences=0), act)
        case Speech():
            # What a slow callee has heard is known from the silence before.
            return _words(stage, replace(conversation, silences=0), act, heard(stage, conversation, act))
        case _:
            return _silent(stage, conversation)


def _answered(stage: RenderContext, conversation: Conversation, by: AnsweredBy) -> tuple[Conversation, Turn]:
    """Handle a detector's verdict during the call. Only a machine changes anything, unless an input proved it wrong."""
    if by in _MACHINES and not conversation.live:
        return _pick_up(stage, conversation, by)
    return conversation, render(stage, conversation, conversation.turns - 1)


def _pick_up(stage: RenderContext, conversation: Conversation, by: AnsweredBy) -> tuple[Conversation, Turn]:
    by = stage.script.entry.known(by)
    contact = _CONTACTS.get(by, Contact.UNVERIFIED_HUMAN)
    stage.follower.took("", f"entry.{by}")
    return enter(stage, conversation.found(contact, None), stage.script.entry.of(by))


def _key(stage: RenderContext, conversation: Conversation, act: Keys) -> tuple[Conversation, Turn]:
    node, digit = stage.script.nodes[conversation.node], act.digits[0]
    if digit in stage.script.keys and open_everywhere(stage.script, conversation):
        return _leave(stage, conversation, f"keys.{digit}")
    match node:
        case Menu() if digit in node.keys:
            stage.follower.took(conversation.node, f"keys.{digit}")
            return enter(stage, replace(conversation, live=True), node.keys[digit])
        case Question() if digit in _ANSWER_KEYS:
            first_asked = conversation.tries == 0 and conversation.visits[conversation.node] == 1
            early = first_asked and too_early(act.elapsed_ms, conversation.spoken_ms)
            return record_answer(stage, conversation, node, _ANSWER_KEYS[digit], "keys", act.elapsed_ms, early=early)
        case _:
            return _unclear(stage, conversation)


def _words(stage: RenderContext, conversation: Conversation, act: Speech, so_far: Heard) -> tuple[Conversation, Turn]:
    meaning = resolve_meaning(stage, conversation, act)
    if meaning is None:
        return _unclear(stage, conversation, anew=not_heard(conversation, act), spoken=True)
    if meaning is Meaning.PURPOSE and screened(stage.script, conversation):
        return _pick_up(stage, conversation, AnsweredBy.SCREENER)
    if too_soon(stage, conversation, act, meaning, so_far):
        return not_yet(stage, conversation, act, so_far)
    return _understood(stage, conversation, act, meaning, so_far)


def _understood(
    stage: RenderContext, conversation: Conversation, act: Speech, meaning: Meaning, so_far: Heard
) -> tuple[Conversation, Turn]:
    node = stage.script.nodes[conversation.node]
    match node:
        case Menu() if meaning in node.words:
            live = conversation.live or meaning not in PROVES_NOBODY
            stage.follower.took(conversation.node, f"words.{meaning}")
            return enter(stage, replace(conversation, live=live), node.words[meaning])
        case Question() if meaning in _ANSWER_WORDS:
            early = so_far is not Heard.ENOUGH
            return record_answer(stage, conversation, node, meaning, SPEECH, act.elapsed_ms, early=early)
    if meaning in stage.script.words and open_everywhere(stage.script, conversation):
        return _leave(stage, conversation, f"words.{meaning}")
    return _unclear(stage, conversation, spoken=True)


def _silent(stage: RenderContext, conversation: Conversation) -> tuple[Conversation, Turn]:
    conversation = replace(conversation, silences=conversation.silences + 1)
    node = stage.script.nodes[conversation.node]
    if isinstance(node, Menu):
        return reprompt(stage, conversation, node, SILENT)
    if conversation.silences >= silences_of(conversation) or not isinstance(node, Question):
        stage.follower.took("", "on.silent")
        return enter(stage, conversation, stage.script.on.silent)
    return ask_again(stage, conversation, node, node.on_silence, SILENT)


def _unclear(
    stage: RenderContext, conversation: Conversation, *, anew: bool = False, spoken: bool = False
) -> tuple[Conversation, Turn]:
    node = stage.script.nodes[conversation.node]
    if isinstance(node, Menu):
        first = node.first(unhurried=conversation.unhurried) if anew else ()
        return reprompt(stage, conversation, node, UNCLEAR, instead=first)
    if isinstance(node, Question):
        return ask_again(stage, conversation, node, node.on_unclear, UNCLEAR, spoken=spoken)
    stage.follower.took("", "on.unclear")
    return enter(stage, conversation, stage.script.on.unclear)


def _open(stage: RenderContext, conversation: Conversation, node: InputNode, act: Input) -> tuple[Conversation, Turn]:
    """Handle an input at a node that takes more than a key or a plain word."""
    way = node.way(act)
    conversation = replace(conversation, silences=conversation.silences + 1 if way == SILENT else 0)
    away = global_exit(stage.script, node, act)
    if away:
        return _leave(stage, conversation, away)
    if isinstance(node, Conference):
        return meet(stage, replace(conversation, silences=0), node, way)
    if isinstance(node, Patient) and way in (SILENT, UNCLEAR):
        return reprompt(stage, conversation, node, way)
    if way in GIVEN:
        given = act.digits if isinstance(act, Keys) else (act.sid or "") if isinstance(act, Recorded) else ""
        filled = {**conversation.filled, conversation.node: given}
        # Keys that were asked for prove a human; a recording may come from a machine.
        conversation = replace(conversation, filled=filled, live=conversation.live or isinstance(act, Keys))
    stage.follower.took(conversation.node, way)
    return enter(stage, conversation, node.ways()[way])


def _leave(stage: RenderContext, conversation: Conversation, lead: str) -> tuple[Conversation, Turn]:
    """Follow a global key or word, given by its path. It proves a human, except for words that recordings say too."""
    conversation = replace(conversation, live=conversation.live or lead.removeprefix("words.") not in PROVES_NOBODY)
    stage.follower.took("", lead)
    to = stage.script.target(lead)
    return _again(stage, conversation) if to == REPEAT else enter(stage, conversation, to)


def _again(stage: RenderContext, conversation: Conversation) -> tuple[Conversation, Turn]:
    """Repeat the current node from its first word."""
    node = stage.script.nodes[conversation.node]
    # At a node that keeps the callee (distress), too many repeats must not end it either.
    held = stays(node)
    stage.follower.stayed(Again.REPEATED)
    conversation = try_again(stage, conversation) if held else step(stage, conversation, conversation.node)
    match node:
        case Question():
            return speak(stage, conversation, asking(conversation, node))
        case Menu():
            return speak(stage, conversation, node.first(unhurried=conversation.unhurried))
        case _:
            return speak(stage, conversation, node.prompts if isinstance(node, InputNode) else conversation.said)
