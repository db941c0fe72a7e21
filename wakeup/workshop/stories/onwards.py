"""Follow a script from a node through the nodes without words to the one that listens or ends the call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wakeup.ivr.conversation import Conversation
from wakeup.ivr.input_nodes import NOBODY_READY, InputNode
from wakeup.ivr.nodes import (
    Branch,
    Callback,
    Condition,
    Decide,
    Hangup,
    Language,
    Menu,
    Node,
    Notify,
    Question,
    Say,
    Score,
    Set,
    Split,
)
from wakeup.ivr.render import Variables
from wakeup.ivr.scoring import band
from wakeup.ivr.script import Script
from wakeup.ivr.walk import split_bucket


def onwards(script: Script, at: Conversation, name: str, variables: Variables) -> Iterator[tuple[str, str]]:
    """Yield each node entered and the exit by which it is left; for a question, the wording that is heard."""
    while name:
        node = script.nodes[name]
        to, exit_name = _passed(name, node, at, variables)
        yield name, exit_name
        if isinstance(node, Set | Decide):
            at = _changed(at, node)
        name = to


def _passed(name: str, node: Node, at: Conversation, variables: Variables) -> tuple[str, str]:
    """Return where a node leads, empty if it listens or ends, and by which exit."""
    where = f"nodes.{name}"
    match node:
        case InputNode() if node.needs() and not variables.get(node.needs()):
            return node.ways()[NOBODY_READY], f"{where}.{NOBODY_READY}"
        case Menu() | InputNode() | Hangup() | Question():
            return "", f"{where}.variants[{at.variant}]" if isinstance(node, Question) else ""
        case Score():
            added_up = band(at.answers)
            return node.way(added_up), f"{where}.{added_up}"
        case Branch():
            return _branch(node, where, at, variables)
        case Split():
            customer = split_bucket(at.split_by, name)
            return node.way(customer), f"{where}.ways[{_arm(node, customer)}]"
        case Say() | Set() | Language() | Decide() | Notify() | Callback():
            return node.to, f"{where}.to"


def _changed(at: Conversation, node: Set | Decide) -> Conversation:
    if isinstance(node, Set):
        return replace(at, flags=at.flags | {node.flag})
    return at.found(node.contact, node.outcome)


def _branch(node: Branch, where: str, at: Conversation, variables: Variables) -> tuple[str, str]:
    for index, case in enumerate(node.cases):
        if _holds(case.when, at, variables):
            return case.to, f"{where}.cases[{index}]"
    return node.otherwise, f"{where}.otherwise"


def _holds(when: Condition, at: Conversation, variables: Variables) -> bool:
    return (
        (when.variable is not None and bool(variables.get(when.variable)))
        or (when.contact is not None and at.contact is when.contact)
        or (when.outcome is not None and at.outcome is when.outcome)
        or (when.filled is not None and when.filled in at.filled)
        or (when.unhurried is not None and when.unhurried == at.unhurried)
        or (when.safe is not None and any(answer.question == when.safe and answer.safe for answer in at.answers))
        or (when.flag is not None and when.flag in at.flags)
    )


def _arm(node: Split, customer: int) -> int:
    for index, way in enumerate(node.ways):
        customer -= way.share
        if customer < 0:
            return index
    return len(node.ways) - 1
