"""Interpret an input at the current node, before moving on: its meaning, its duration, and global exits."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.outcome import Contact
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.input_nodes import Ask, InputNode
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.plain_words import is_confident, normal
from wakeup.ivr.nlu.speech import calls_out, cannot_wait, fetches, gives_up, hums, understand
from wakeup.ivr.nlu.worry import fears
from wakeup.ivr.nlu.yes_no import (
    agrees_to_something_else,
    compares_nothing,
    is_about_oneself,
    is_afraid,
    is_astray,
    is_bare,
    is_consent,
    is_refusal,
    names_nobody_else,
    offer_to_go_on,
    warning,
)
from wakeup.ivr.nlu.yes_no_en import says_else_again_en
from wakeup.ivr.nodes import Menu, Node, Question
from wakeup.ivr.render import RenderContext, last_words, waits_s, words_that_ask
from wakeup.ivr.scoring import HEARD_SHARE
from wakeup.ivr.script import Script
from wakeup.ivr.turn import SPEECH_PAUSE_S, Input, Keys, Recorded, Silence, Speech
from wakeup.ivr.wording import speaking_ms

_COMMAND = {True: 12, False: 6}
"""Maximum length in Chinese characters (True) or words (False) of a global command. In a longer answer the words are
part of a story, not a command."""


def with_elapsed(script: Script, conversation: Conversation, act: Input) -> Conversation:
    """Add the duration of this input to the conversation: as measured, or estimated as our words plus a silence."""
    match act:
        case Keys() | Speech() if act.elapsed_ms is not None:
            took = act.elapsed_ms
        case Recorded():
            took = conversation.spoken_ms + act.seconds * 1000
        case Silence() | Keys() | Speech():
            waited = isinstance(act, Silence) or (isinstance(act, Keys) and not act.digits)
            took = conversation.spoken_ms + (waits_s(script, conversation) * 1000 if waited else 0)
        case _:
            return conversation
    return replace(conversation, lasted_ms=conversation.lasted_ms + took)


def resolve_meaning(stage: RenderContext, conversation: Conversation, act: Speech) -> Meaning | None:
    """Return what these words mean at this node. In Chinese the verb of a question may come back as its answer.

    A refusal that the prompt does not offer is no answer, unless it warns: to "did they forbid you to talk?", 不能 is
    what a frightened callee says. At a menu, 不需要 is said to a sales call. 算了 calls a transfer off only where
    that is offered. A guardian's fear is worry, whatever else it might mean. Until we know who listens, "he's here"
    fetches the customer. 付过了 has the form of a verb as an answer: where it is not asked for, the money has gone.
    """
    node = stage.script.nodes[conversation.node]
    asked = isinstance(node, Question)
    meaning = understand(act.text, act.confidence, asked=asked) or _only_here(stage, conversation, act)
    chosen = isinstance(node, Menu) and meaning in node.words
    if meaning in (None, Meaning.AGENT, Meaning.KEEP) and _takes_worry(node) and fears(act.text, act.confidence):
        return Meaning.WORRIED
    if meaning is Meaning.CANNOT_TALK and conversation.contact is Contact.UNVERIFIED_HUMAN and fetches(act.text):
        return None
    if meaning is Meaning.BUSY and not chosen:
        return None if cannot_wait(act.text) else Meaning.KEEP
    if meaning is Meaning.CANCEL and not chosen and gives_up(act.text):
        return None
    if meaning not in (Meaning.YES, Meaning.NO):
        return meaning
    answer = _as_asked(stage, conversation, normal(act.text), meaning)
    gone = answer is None and understand(act.text, act.confidence) is Meaning.ALREADY_PAID
    return Meaning.ALREADY_PAID if gone else answer


def _only_here(stage: RenderContext, conversation: Conversation, act: Speech) -> Meaning | None:
    """Return what words that mean nothing by themselves say at this node: a menu's offer said back, or a warning."""
    if not is_confident(act.confidence):
        return None
    node, said = stage.script.nodes[conversation.node], normal(act.text)
    if not isinstance(node, Question):
        return offer_to_go_on(said, offered_by=words_that_ask(stage, conversation))
    meaning = warning(said)
    return meaning if meaning is not None and _warns(node, conversation, meaning) else None


def _as_asked(stage: RenderContext, conversation: Conversation, said: str, meaning: Meaning) -> Meaning | None:
    """Return what a yes or no means after the words that asked. 是我 is a yes only where they ask who it is, 好
    is no answer to "have you met them?", and a verb none where it was not asked.

    Where it warns it counts, but for a yes to something else, and for a no that names no one where no one is asked for:
    见过面 to "only online?" is honest, and so is 没人找我 to "did you contact them first?".
    """
    words, node = words_that_ask(stage, conversation), stage.script.nodes[conversation.node]
    asked = isinstance(node, Question)
    if asked and compares_nothing(said, offered_by=words):
        return None
    if _warns(node, conversation, meaning):
        says_else = agrees_to_something_else if meaning is Meaning.YES else names_nobody_else
        return None if says_else(said, offered_by=words) else meaning
    if meaning is Meaning.NO and is_refusal(said, offered_by=words):
        return Meaning.CANNOT_TALK if asked and is_afraid(said) else None
    if meaning is Meaning.YES and is_about_oneself(said, offered_by=words):
        return None
    if meaning is Meaning.YES and asked and says_else_again_en(said, offered_by=words):
        return None
    empty = asked and (is_consent(said, offered_by=words, asked=True) or is_astray(said, offered_by=words))
    return None if empty else meaning


def _takes_worry(node: Node) -> bool:
    return isinstance(node, Menu) and Meaning.WORRIED in node.words


def _warns(node: Node, conversation: Conversation, meaning: Meaning) -> bool:
    return isinstance(node, Question) and node.variants[conversation.variant].risk is meaning


class Heard(StrEnum):
    """How much of what is asked the callee had heard when they spoke."""

    NOTHING = "nothing"
    BEGINNING = "beginning"
    ENOUGH = "enough"


def heard(stage: RenderContext, conversation: Conversation, act: Speech) -> Heard:
    """Return what the callee had heard of the question or offer. After a silence they had heard all of it; a sound or a
    request to repeat may have come over it.

    The first words of a menu ask nothing yet: a sound between the greeting and the question has heard none of it.
    """
    node, said = stage.script.nodes[conversation.node], conversation.said
    if act.elapsed_ms is None or not said or not isinstance(node, Menu | Question) or _was_silent(conversation):
        return Heard.ENOUGH
    asks = _prompt_that_asks(node, conversation)
    texts = last_words(stage, conversation)
    began = _ends_at(texts[: said.index(asks)])
    words = texts[said.index(asks)]
    enough = speaking_ms(words) * HEARD_SHARE
    least = 0.0
    if isinstance(node, Menu):
        enough = min(enough, speaking_ms(_first_offer(words)))
        least = enough / 2
    spoke = _spoke_until(act.elapsed_ms) - began
    if spoke < least:
        return Heard.NOTHING
    return Heard.BEGINNING if spoke < enough else Heard.ENOUGH


def _was_silent(conversation: Conversation) -> bool:
    """True if the turn before asked the same, and a silence followed it."""
    return conversation.silences > 0 and conversation.tries > 0


def _prompt_that_asks(node: Menu | Question, conversation: Conversation) -> str:
    """Return the prompt of the last turn that asks. Asked again in short, it is the last one."""
    if isinstance(node, Question):
        asks = node.variants[conversation.variant].prompt
    else:
        asks = node.first(unhurried=conversation.unhurried)[-1]
    return asks if asks in conversation.said else conversation.said[-1]


def _ends_at(texts: Sequence[str]) -> int:
    return sum(speaking_ms(words) for words in texts)


def _first_offer(words: str) -> str:
    """Return the words up to the first key: who has heard what key 1 means may say it."""
    return words.partition("1")[0]


def _only_hums(stage: RenderContext, conversation: Conversation, act: Speech) -> bool:
    """True for a hum that may be only the sound of a listener: over the question, or, where yes reassures, over any of
    our words. The words after a question only say how to answer it."""
    node, said = stage.script.nodes[conversation.node], conversation.said
    if not isinstance(node, Question):
        return True
    if act.elapsed_ms is None:
        return False
    spoken_ms = conversation.spoken_ms
    variant = node.variants[conversation.variant]
    if variant.risk is Meaning.YES and variant.prompt in said:
        spoken_ms = _ends_at(last_words(stage, conversation)[: said.index(variant.prompt) + 1])
    return _spoke_until(act.elapsed_ms) < spoken_ms


def _spoke_until(elapsed_ms: int) -> int:
    return elapsed_ms - SPEECH_PAUSE_S * 1000


def too_soon(stage: RenderContext, conversation: Conversation, act: Speech, meaning: Meaning, so_far: Heard) -> bool:
    """True for a yes or no that may be only the sound of a listener: 嗯, or 对 before anything was asked.

    嗯 answers a question that was asked, and no menu: menus identify the customer and disclose. 好 answers no menu that
    asks for no consent, whenever it is said: to "is this your phone?" it is a sound. An answer that came
    with the beginning of what is asked counts when it is given again. At a menu, words that name what is asked (一样)
    count at once, and so does a no that means "it was not me".
    """
    node = stage.script.nodes[conversation.node]
    if not (isinstance(node, Question) or (isinstance(node, Menu) and meaning in node.words)):
        return False
    if meaning not in (Meaning.YES, Meaning.NO):
        return False
    if hums(act.text):
        return _only_hums(stage, conversation, act)
    said = normal(act.text)
    if isinstance(node, Menu) and is_consent(said, offered_by=words_that_ask(stage, conversation), asked=False):
        return True
    if isinstance(node, Menu) and (not is_bare(said) or node.words[meaning] == stage.script.words.get(Meaning.NOT_ME)):
        return False
    return so_far is Heard.NOTHING or (so_far is Heard.BEGINNING and not _given_again(node, conversation))


def _given_again(node: Menu | Question, conversation: Conversation) -> bool:
    """True if they were asked before. In short a second time, a menu needs to be heard again: whoever made sounds until
    then has heard nothing of it."""
    if isinstance(node, Menu) and conversation.tries > 1:
        return conversation.said == node.first(unhurried=conversation.unhurried)
    return conversation.tries > 0


def not_heard(conversation: Conversation, act: Speech) -> bool:
    """True if the callee did not hear our words.

    They say "hello?" or "what?", or spoke over our words, which interrupts the prompt.
    """
    over = act.elapsed_ms is not None and act.elapsed_ms < conversation.spoken_ms
    return over or calls_out(act.text)


def screened(script: Script, conversation: Conversation) -> bool:
    """True if the callee is taken for a call assistant, and the script has an entry for one.

    An assistant is recognised by asking who is calling before it says anything else.
    """
    first = conversation.contact is Contact.UNVERIFIED_HUMAN and not conversation.live
    return first and bool(script.entry.screener)


def open_everywhere(script: Script, conversation: Conversation) -> bool:
    """True if the keys and words of the whole script apply at this node."""
    node = script.nodes[conversation.node]
    return not isinstance(node, Menu) or node.global_exits


def global_exit(script: Script, node: InputNode, act: Input) -> str:
    """Return the path of the global key or word in this input, at a node that takes longer input; empty if none."""
    match act:
        case Keys(digits=digits) if len(digits) == 1 and digits in script.keys:
            return f"keys.{digits}"
        case Speech():
            meaning = understand(act.text, act.confidence)
            if meaning in script.words and not (isinstance(node, Ask) and _is_a_story(act.text, meaning)):
                return f"words.{meaning}"
        case _:
            pass
    return ""


def _is_a_story(text: str, meaning: Meaning | None) -> bool:
    """True if an open answer is too long to be a command. Despair counts however much else is said."""
    chinese = not text.isascii()
    length = len(text.strip()) if chinese else len(text.split())
    return meaning is not Meaning.DISTRESS and length > _COMMAND[chinese]
