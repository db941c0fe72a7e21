"""A whole call, one typed line after the other. It neither reads nor prints: both are handed to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from wakeup.ivr.conversation import Conversation
from wakeup.ivr.hearing import resolve_meaning
from wakeup.ivr.interpreter import advance, begin
from wakeup.ivr.library import Published
from wakeup.ivr.meaning import Meaning
from wakeup.ivr.render import Variables
from wakeup.ivr.turn import Answered, AnsweredBy, Input, Speech, Turn
from wakeup.runtime.scripts.tryout.typed import read_line

Ask = Callable[[], str | None]
"""The next line somebody types; None when there is no more."""


class Screen(Protocol):
    """Where the player sees and hears the call."""

    def did(self, act: Input, meaning: Meaning | None = None) -> None:
        """What the line was taken for; of words, what they mean here."""

    def hear(self, conversation: Conversation, turn: Turn) -> None:
        """Our turn, and how things stand after it."""

    def explain(self) -> None:
        """What can be typed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Callee:
    """Whom the player is: what they hear depends on it."""

    language: str
    variant: int = 0
    persona: str = ""
    """Who speaks to them; empty leaves it to their lot."""
    unhurried: bool = False


def play_call(published: Published, callee: Callee, variables: Variables, ask: Ask, screen: Screen) -> Conversation:
    """Play to the end of the call, which comes at the latest with the end of the lines. Answers how it ended."""
    script, prompts = published.script, published.prompts
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
            screen.did(act, resolve_meaning(script, conversation, act) if isinstance(act, Speech) else None)
