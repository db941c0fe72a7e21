"""How a call ends that cannot go on: with the script's own apology, or ours. It cannot fail."""

from __future__ import annotations

from wakeup.domain.fast_dataclass import replace
from wakeup.domain.language import zh_or_en
from wakeup.domain.outcome import Outcome
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.nodes import Hangup
from wakeup.ivr.render import RenderContext
from wakeup.ivr.turn import Turn, Utterance
from wakeup.ivr.walk import speak

_LAST_RESORT = {
    "zh": "抱歉，系统出了点小问题。我们会再联系。再见。",
    "en": "Sorry, something went wrong on our side. We will be in touch. Goodbye.",
}
"""Said when not even the script's own apology can be."""


def give_up(stage: RenderContext, conversation: Conversation, node: str, fault: str) -> tuple[Conversation, Turn]:
    """The last words of `node`, and the fault that is to be seen to."""
    ended = replace(conversation.found(None, Outcome.PARTIAL), node=node, finished=True, fault=fault)
    try:
        last = stage.script.nodes[node]
        return speak(stage, ended, last.prompts if isinstance(last, Hangup) else ())
    except Exception:  # noqa: BLE001  not even the apology can be said; the fault above is already the alarm
        text = _LAST_RESORT[zh_or_en(ended.language)]
        turn = replace(nothing_more(ended, ended.turns), utterances=(Utterance(text=text, language=ended.language),))
        return replace(ended, said=(), spoken_ms=0, turns=ended.turns + 1), turn


def nothing_more(conversation: Conversation, n: int) -> Turn:
    """Not a word: the call ends, or has ended."""
    return Turn(n=n, node=conversation.node, utterances=(), listen=None, language=conversation.language)
