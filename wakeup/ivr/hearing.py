"""What an act means where a conversation stands, before anybody goes anywhere: who asks, what is open, how long."""

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
"""Chinese characters, or words: a wish to be led away is short, and what a longer story mentions is no wish."""


def with_elapsed(script: Script, conversation: Conversation, act: Input) -> Conversation:
    """With the time this act took: as it was measured, or as long as our words and a silence take."""
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
    """What these words mean where the conversation stands: the verb of a question may come back as its answer."""
    asked = isinstance(script.nodes[conversation.node], Question)
    return understand(act.text, act.confidence, asked=asked)


def not_heard(conversation: Conversation, act: Speech) -> bool:
    """They have not heard what we said: they call out or ask what it was, or spoke over our words, which ends them."""
    over = act.elapsed_ms is not None and act.elapsed_ms < conversation.spoken_ms
    return over or calls_out(act.text)


def screened(script: Script, conversation: Conversation) -> bool:
    """Whoever asks who is calling before anything else is a call assistant, if the script has an entry for one."""
    first = conversation.contact is Contact.UNVERIFIED_HUMAN and not conversation.live
    return first and bool(script.entry.screener)


def open_everywhere(script: Script, conversation: Conversation) -> bool:
    """Whether the keys and words of the whole script lead away from here."""
    node = script.nodes[conversation.node]
    return not isinstance(node, Menu) or node.global_exits


def global_exit(script: Script, node: InputNode, act: Input) -> str:
    """Which key or word of the whole script this act is, at a place that takes more than one: its path, or nothing."""
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
    """In an open answer only despair is a sign however much else is said."""
    chinese = not text.isascii()
    length = len(text.strip()) if chinese else len(text.split())
    return meaning is not Meaning.DISTRESS and length > _COMMAND[chinese]
