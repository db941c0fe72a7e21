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


def caption(node: Node | None) -> str:
    """Return what a node does, in a few words."""
    match node:
        case None:
            return "there is no such node"
        case Menu():
            return f"asks, waits {node.timeout_s} s"
        case Question():
            return f"question, weight {node.weight}"
        case InputNode():
            return _takes(node)
        case Hangup():
            return "says goodbye, ends" if node.prompts else "ends without a word"
        case _:
            return _unheard(node)


def _takes(node: InputNode) -> str:
    match node:
        case Collect():
            return f"takes {node.least} to {node.most} digits, waits {node.timeout_s} s"
        case Ask():
            return f"asks an open question, waits {node.timeout_s} s"
        case Record():
            return f"records up to {node.max_s} s"
        case PutThrough():
            return f"calls an agent for {node.ring_s} s"
        case Conference():
            return f"meets the {node.who} in a conference, waits {node.wait_s} s"
        case _:
            return "waits"


def _unheard(node: Say | Silent) -> str:
    match node:
        case Decide():
            return ", ".join(str(found) for found in (node.contact, node.outcome, node.reason) if found)
        case Set():
            return f"sets {node.flag}"
        case Language():
            return f"continues in {node.language}"
        case _:
            return _PLAIN.get(node.type, node.type)


_PLAIN = {
    "say": "speaks", "play": "plays a recording", "notify": "requests that the guardian be told",
    "callback": "requests another call",
}  # fmt: skip


def said(node: Node | None) -> Iterator[tuple[str, str]]:
    """Yield occasion and prompt."""
    match node:
        case Say() | Hangup():
            yield from (("says", prompt) for prompt in node.prompts)
        case InputNode() if not isinstance(node, Patient):
            yield from (("says", prompt) for prompt in node.prompts)
            yield from _said_besides(node)
        case Menu() | Collect() | Ask():
            yield from (("says", prompt) for prompt in node.prompts)
            yield from (("says again", prompt) for prompt in node.reprompts)
            if isinstance(node, Menu):
                yield from (("says step by step", prompt) for prompt in node.steps)
        case Question():
            yield from (("says first", prompt) for prompt in node.before)
            for letter, wording in zip("abc", node.variants, strict=True):
                yield f"wording {letter}: {wording.risk} means risk", wording.prompt
            yield from (("says then", prompt) for prompt in node.after)
            yield "on silence", node.on_silence
            yield "when unclear", node.on_unclear
        case _:
            return


def _said_besides(node: InputNode) -> Iterator[tuple[str, str]]:
    match node:
        case PutThrough():
            yield "whispers to the agent", node.whisper
        case Conference():
            yield "while waiting", node.waiting
            yield "before joining", node.joining
        case _:
            return
