"""Interpret an input at the current node, before moving on: its meaning, its duration, and global exits."""

from __future__ import annotations

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.outcome import Contact
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.input_nodes import Ask, InputNode
from wakeup.ivr.meaning import Meaning
from wakeup.ivr.nodes import Menu, Question
from wakeup.ivr.render import waits_s
from wakeup.ivr.script import Script
from wakeup.ivr.speech import calls_out, understand
from wakeup.ivr.turn import Input, Keys, Recorded, Silence, Speech

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


def resolve_meaning(script: Script, conversation: Conversation, act: Speech) -> Meaning | None:
    """Return what these words mean at this node. The verb of a question may come back as its answer."""
    asked = isinstance(script.nodes[conversation.node], Question)
    return understand(act.text, act.confidence, asked=asked)


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
