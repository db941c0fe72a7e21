"""What there is to tell about one node: in a few words, and every prompt it can say with its occasion."""

from __future__ import annotations

from collections.abc import Iterator

from wakeup.ivr.nodes import (
    Branch,
    Decide,
    Hangup,
    Language,
    Menu,
    Node,
    Question,
    Say,
    Score,
    Set,
    Silent,
    Split,
)


def caption(node: Node | None) -> str:
    """What a node does, in a few words."""
    match node:
        case None:
            return "there is no such node"
        case Menu():
            return f"asks, waits {node.timeout_s} s"
        case Question():
            return f"question, weight {node.weight}"
        case Hangup():
            return "says goodbye, ends" if node.prompts else "ends without a word"
        case _:
            return _unheard(node)


def _unheard(node: Say | Silent) -> str:
    match node:
        case Decide():
            return ", ".join(str(found) for found in (node.contact, node.outcome) if found is not None)
        case Set():
            return f"notes {node.flag}"
        case Language():
            return f"goes on in {node.language}"
        case Say():
            return "speaks"
        case Score() | Branch() | Split():
            return str(node.type)


def said(node: Node | None) -> Iterator[tuple[str, str]]:
    """When, and which prompt."""
    match node:
        case Say() | Hangup():
            yield from (("says", prompt) for prompt in node.prompts)
        case Menu():
            yield from (("says", prompt) for prompt in node.prompts)
            yield from (("says again", prompt) for prompt in node.reprompts)
        case Question():
            yield from (("says first", prompt) for prompt in node.before)
            for letter, wording in zip("abc", node.variants, strict=True):
                yield f"wording {letter}: {wording.risk} means risk", wording.prompt
            yield from (("says then", prompt) for prompt in node.after)
            yield "on silence", node.on_silence
            yield "when unclear", node.on_unclear
        case _:
            return
