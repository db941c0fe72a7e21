"""Play a whole call, one typed line after the other. Reading and printing are left to the caller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from wakeup.ivr.conversation import Conversation
from wakeup.ivr.hearing import resolve_meaning
from wakeup.ivr.interpreter import advance, begin
from wakeup.ivr.library import Published
from wakeup.ivr.nlu.meaning import Meaning
from wakeup.ivr.render import RenderContext, Variables
from wakeup.ivr.turn import Answered, AnsweredBy, Input, Speech, Turn
from wakeup.workshop.tryout.typed_input import read_line

Ask = Callable[[], str | None]
"""Returns the next typed line; None at the end of the input."""


class Screen(Protocol):
    """Where the player sees and hears the call."""

    def did(self, act: Input, meaning: Meaning | None = None) -> None:
        """Show what the line was understood as, and the meaning of speech."""

    def hear(self, conversation: Conversation, turn: Turn) -> None:
        """Show our turn, and the conversation after it."""

    def explain(self) -> None:
        """Show what can be typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callee:
    """The callee whom the player plays, which determines what is heard."""

    language: str
    variant: int = 0
    persona: str = ""
    """The persona that speaks; if empty it is drawn by the call."""
    unhurried: bool = False


def play_call(published: Published, callee: Callee, variables: Variables, ask: Ask, screen: Screen) -> Conversation:
    """Play to the end of the call, at the latest to the end of the input. Return the final conversation."""
    script, prompts = published.script, published.prompts
    stage = RenderContext(script=script, prompts=prompts, variables=variables)
    conversation = begin(
        script, prompts, conversation_id="played", language=callee.language, variant=callee.variant,
        variables=variables, unhurried=callee.unhurried,
    )  # fmt: skip
    conversation = replace(conversation, persona=callee.persona or conversation.persona)
    if conversation.fault is not None:
        return conversation
    act: Input | None = Answered(AnsweredBy.HUMAN)
    while True:
        if act is None:
            screen.explain()
        else:
            conversation, turn = advance(script, prompts, conversation, act, variables)
            screen.hear(conversation, turn)
        if conversation.finished:
            return conversation
        act = read_line(ask())
        if act is not None:
            screen.did(act, resolve_meaning(stage, conversation, act) if isinstance(act, Speech) else None)
