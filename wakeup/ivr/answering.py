"""Record the answer to a question, or ask again where no answer came, none was understood, or it came too soon."""

from __future__ import annotations

from decimal import Decimal

from wakeup.domain.fast_dataclass import replace
from wakeup.ivr.conversation import Answer, Conversation
from wakeup.ivr.hearing import Heard, open_everywhere
from wakeup.ivr.input_nodes import SILENT, UNCLEAR, Patient
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.nlu.plain_words import normal
from wakeup.ivr.nlu.yes_no import is_about_oneself
from wakeup.ivr.nodes import Menu, Question
from wakeup.ivr.render import RenderContext
from wakeup.ivr.scoring import DOUBT, ZERO, risk_weight
from wakeup.ivr.trail import Again
from wakeup.ivr.turn import Speech, Turn
from wakeup.ivr.walk import asking, enter, speak, try_again

SPEECH = "speech"
SILENCES_IN_A_ROW, UNHURRIED_SILENCES = 3, 5
"""Silences in a row that end a call at its questions. Callees who need time are asked in more, smaller steps."""


def silences_of(conversation: Conversation) -> int:
    return UNHURRIED_SILENCES if conversation.unhurried else SILENCES_IN_A_ROW


def tries_of(conversation: Conversation) -> int:
    """Return how often a question is asked again before it counts as not sure."""
    return 2 if conversation.unhurried else 1


def reprompt(
    stage: RenderContext,
    conversation: Conversation,
    node: Patient,
    why: str,
    *,
    instead: tuple[str, ...] = (),
    beyond: int = 0,
) -> tuple[Conversation, Turn]:
    """Ask once more, with these prompts `instead` of the reprompt. After the last reprompt, and as many askings
    `beyond` it, go where the node leads for `why`: silence, or an answer that was not understood."""
    # Where no global exit is open, only a row of silences ends it: a callee who goes on speaking is not hung up on.
    used = conversation.tries if open_everywhere(stage.script, conversation) else conversation.silences - 1
    more = node.again(unhurried=conversation.unhurried)
    if used >= len(more) + beyond:
        return _exhausted(stage, conversation, node, why)
    if instead and isinstance(node, Menu) and node.global_exits:
        stage.follower.stayed(Again.REPEATED)
        return speak(stage, try_again(stage, conversation), instead)
    at = conversation.tries % len(more)
    stage.follower.took(conversation.node, *node.field_of(at, unhurried=conversation.unhurried))
    stage.follower.stayed(Again.ASKED)
    return speak(stage, try_again(stage, conversation), (more[at],))


def _exhausted(stage: RenderContext, conversation: Conversation, node: Patient, why: str) -> tuple[Conversation, Turn]:
    on = stage.script.on
    to, everywhere = (node.silent, on.silent) if why == SILENT else (node.unclear, on.unclear)
    stage.follower.took(conversation.node, why)
    if to == everywhere:
        stage.follower.took("", f"on.{why}")
    return enter(stage, conversation, to)


def not_yet(stage: RenderContext, conversation: Conversation, act: Speech, so_far: Heard) -> tuple[Conversation, Turn]:
    """Ask again a callee who spoke before they could hear what is asked: once from the first word, if they missed it
    all. A reprompt ("take a moment to think") would not tell them what is asked.

    Who says 是我 answers a person, where 好 may be the sound of a listener: they are asked once more than others.
    """
    node = stage.script.nodes[conversation.node]
    missed = so_far is Heard.NOTHING
    if isinstance(node, Menu):
        first = node.first(unhurried=conversation.unhurried)
        said = first if missed and conversation.tries == 0 else first[-1:]
        beyond = int(is_about_oneself(normal(act.text), offered_by=""))
        return reprompt(stage, conversation, node, UNCLEAR, instead=said, beyond=beyond)
    assert isinstance(node, Question), "only menus and questions take a plain yes or no"
    if conversation.tries >= tries_of(conversation):
        return record_answer(stage, conversation, node, None, UNCLEAR, None)
    stage.follower.stayed(Again.REPEATED)
    return speak(stage, try_again(stage, conversation), (*(node.before if missed else ()), *asking(conversation, node)))


def ask_again(
    stage: RenderContext, conversation: Conversation, node: Question, lead: str, why: str, *, spoken: bool = False
) -> tuple[Conversation, Turn]:
    """Ask the question once more; after that it counts as not sure and the next one is asked. Who was silent has heard
    it: asked a third time, they hear only the third key.

    What was `spoken` and not understood may have been fear, whatever other than an answer follows it: no release rests
    on that. A wrong key alone is none.
    """
    if conversation.tries >= tries_of(conversation):
        fear = spoken or conversation.node in conversation.filled
        return record_answer(stage, conversation, node, None, why, None, least=DOUBT if fear else ZERO)
    if spoken:
        conversation = replace(conversation, filled={**conversation.filled, conversation.node: ""})
    if conversation.tries == 0:
        said = (lead, *asking(conversation, node))
    else:
        said = node.after if why == SILENT else (lead, node.variants[conversation.variant].prompt, *node.after)
    if lead in said:
        stage.follower.took(conversation.node, "on_silence" if why == SILENT else "on_unclear")
    stage.follower.stayed(Again.ASKED)
    return speak(stage, try_again(stage, conversation), said)


def record_answer(
    stage: RenderContext,
    conversation: Conversation,
    node: Question,
    meaning: Meaning | None,
    by: str,
    elapsed_ms: int | None,
    *,
    early: bool = False,
    least: Decimal = ZERO,
) -> tuple[Conversation, Turn]:
    """Record an answer that weighs at least this, and go on. Words that came before their question was heard reassure
    no more than "not sure"."""
    risk = node.variants[conversation.variant].risk
    weight = risk_weight(meaning, risk, node.weight)
    if early and by == SPEECH:
        weight = max(weight, risk_weight(None, risk, node.weight))
    answer = Answer(
        question=conversation.node,
        meaning=meaning,
        by=by,
        risk=risk,
        weight=max(weight, least),
        early=early,
        elapsed_ms=elapsed_ms,
        turn=conversation.turns - 1,
    )
    stage.follower.took(conversation.node, by if meaning is None else meaning)
    return enter(stage, replace(conversation.answered(answer), live=conversation.live or meaning is not None), node.to)
