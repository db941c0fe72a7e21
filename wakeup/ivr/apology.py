"""End a call that cannot go on, with the script's own apology or a built-in one. Never fails."""

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
"""Said when even the script's own apology cannot be rendered."""


def give_up(stage: RenderContext, conversation: Conversation, node: str, fault: str) -> tuple[Conversation, Turn]:
    """Say the prompts of `node`, end the conversation and record the fault."""
    ended = replace(conversation.found(None, Outcome.PARTIAL), node=node, finished=True, fault=fault)
    try:
        last = stage.script.nodes[node]
        return speak(stage, ended, last.prompts if isinstance(last, Hangup) else ())
    except Exception:  # noqa: BLE001  the apology failed too; the fault recorded above already raises the alarm
        text = _LAST_RESORT[zh_or_en(ended.language)]
        turn = replace(nothing_more(ended, ended.turns), utterances=(Utterance(text=text, language=ended.language),))
        return replace(ended, said=(), spoken_ms=0, turns=ended.turns + 1), turn


def nothing_more(conversation: Conversation, n: int) -> Turn:
    """Return a turn without words: the call ends, or has ended."""
    return Turn(n=n, node=conversation.node, utterances=(), listen=None, language=conversation.language)
