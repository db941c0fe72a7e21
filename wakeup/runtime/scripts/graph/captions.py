"""Describe one node: a short caption, and every prompt it can say with its occasion."""

from __future__ import annotations

from collections.abc import Iterator

from wakeup.ivr.input_nodes import Ask, Collect, Conference, InputNode, Patient, PutThrough, Record
from wakeup.ivr.nodes import (
    Decide,
    Hangup,
    Language,
    Menu,
    Node,
    Question,
    Say,
    Set,
    Silent,
)
from wakeup.runtime.scripts.graph.translation import Part, Phrase


def caption(node: Node | None) -> Part:
    """Return what a node does, in a few words."""
    match node:
        case None:
            return Phrase("there is no such node")
        case Menu():
            return Phrase("asks, waits {n} s", {"n": node.timeout_s})
        case Question():
            return Phrase("question, weight {n}", {"n": node.weight})
        case InputNode():
            return _takes(node)
        case Hangup():
            return Phrase("says goodbye, ends" if node.prompts else "ends without a word")
        case _:
            return _unheard(node)


def _takes(node: InputNode) -> Phrase:
    match node:
        case Collect():
            blanks = {"least": node.least, "most": node.most, "n": node.timeout_s}
            return Phrase("takes {least} to {most} digits, waits {n} s", blanks)
        case Ask():
            return Phrase("asks an open question, waits {n} s", {"n": node.timeout_s})
        case Record():
            return Phrase("records up to {n} s", {"n": node.max_s})
        case PutThrough():
            return Phrase("calls an agent for {n} s", {"n": node.ring_s})
        case Conference():
            return Phrase(_MEETS[node.who], {"n": node.wait_s})
        case _:
            return Phrase("waits")


def _unheard(node: Say | Silent) -> Part:
    match node:
        case Decide():
            return ", ".join(str(found) for found in (node.contact, node.outcome, node.reason) if found)
        case Set():
            return Phrase("sets {flag}", {"flag": node.flag})
        case Language():
            return Phrase("continues in {language}", {"language": node.language})
        case _:
            return Phrase(_PLAIN[node.type]) if node.type in _PLAIN else node.type


_MEETS = {
    "guardian": "meets the guardian in a conference, waits {n} s",
    "customer": "meets the customer in a conference, waits {n} s",
}
_PLAIN = {
    "say": "speaks", "play": "plays a recording", "notify": "requests that the guardian be told",
    "callback": "requests another call",
}  # fmt: skip


def said(node: Node | None) -> Iterator[tuple[Phrase, str]]:
    """Yield occasion and prompt."""
    match node:
        case Say() | Hangup():
            yield from ((Phrase("says"), prompt) for prompt in node.prompts)
        case InputNode() if not isinstance(node, Patient):
            yield from ((Phrase("says"), prompt) for prompt in node.prompts)
            yield from _said_besides(node)
        case Menu() | Collect() | Ask():
            yield from ((Phrase("says"), prompt) for prompt in node.prompts)
            yield from ((Phrase("says again"), prompt) for prompt in node.reprompts)
            if isinstance(node, Menu):
                yield from ((Phrase("says step by step"), prompt) for prompt in node.steps)
        case Question():
            yield from ((Phrase("says first"), prompt) for prompt in node.before)
            for letter, wording in zip("abc", node.variants, strict=True):
                occasion = Phrase("wording {letter}: {risk} means risk", {"letter": letter, "risk": wording.risk})
                yield occasion, wording.prompt
            yield from ((Phrase("says then"), prompt) for prompt in node.after)
            yield Phrase("on silence"), node.on_silence
            yield Phrase("when unclear"), node.on_unclear
        case _:
            return


def _said_besides(node: InputNode) -> Iterator[tuple[Phrase, str]]:
    match node:
        case PutThrough():
            yield Phrase("whispers to the agent"), node.whisper
        case Conference():
            yield Phrase("while waiting"), node.waiting
            yield Phrase("before joining"), node.joining
        case _:
            return
