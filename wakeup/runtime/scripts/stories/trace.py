"""Reconstruct which exit one input took, and which nodes it led through, from the conversations before and after.

The interpreter does not record the path. `trace` raises where it disagrees with the counted visits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from wakeup.domain.outcome import Contact
from wakeup.ivr.conference_node import way_of
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.hearing import global_exit, not_heard, open_everywhere, resolve_meaning, screened
from wakeup.ivr.input_nodes import NOBODY_READY, Conference, InputNode, Patient
from wakeup.ivr.interpreter import silences_of
from wakeup.ivr.language_request import requested_language
from wakeup.ivr.meaning import Meaning
from wakeup.ivr.nodes import (
    REPEAT,
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
from wakeup.ivr.render import Variables, stays
from wakeup.ivr.scoring import HUNG_UP, band
from wakeup.ivr.script import Script
from wakeup.ivr.turn import (
    Answered,
    AnsweredBy,
    Cancelled,
    ConferenceStatus,
    Detected,
    HungUp,
    Input,
    Keys,
    NothingLeft,
    Speech,
)
from wakeup.ivr.walk import split_bucket
from wakeup.runtime.scripts.stories.exits import ON_ERROR, ON_LIMIT, SILENT, UNCLEAR

WAITS: dict[str, str] = {ConferenceStatus.COMING: "waits on", ConferenceStatus.HERE: "enters the room"}
_ANSWERS = {"1": Meaning.YES, "2": Meaning.NO, "3": Meaning.UNSURE}
_WHO = {
    AnsweredBy.MACHINE: Contact.VOICEMAIL,
    AnsweredBy.FAX: Contact.FAX,
    AnsweredBy.SCREENER: Contact.CALL_SCREENER,
}


class LostError(Exception):
    """The path found here is not the one that the interpreter took."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one input did."""

    exits: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    """Nodes entered, in order; none if the call stays or has ended."""
    again: str = ""
    """What happened if the call stays at its node: `asked again`, `repeated`."""


@dataclass(frozen=True, slots=True)
class _Way:
    exits: tuple[str, ...]
    to: str = ""
    again: str = ""


def trace(script: Script, before: Conversation, act: Input, after: Conversation, variables: Variables) -> Step:
    """Return how `after` came about from `before`. Raises LostError."""
    if after == before:
        return Step()
    if isinstance(act, HungUp):
        return _gone(script, before, variables)
    if after.fault is not None and after.fault != before.fault:
        return Step((ON_LIMIT if after.fault.startswith("limit") else ON_ERROR,), (after.node,))
    way = _way(script, before, act, after)
    if not way.to:
        step = Step(way.exits, (), way.again)
    elif way.again:
        step = Step(way.exits, (way.to,), way.again)
    else:
        begun = _as_entered(script, before, act, after)
        taken, nodes = [*way.exits], []
        for name, exit_name in _onwards(script, begun, way.to, variables):
            nodes.append(name)
            taken += [exit_name] if exit_name else []
        step = Step(tuple(taken), tuple(nodes))
    _agree(step, before, after)
    return step


def _gone(script: Script, before: Conversation, variables: Variables) -> Step:
    """Return what the script does, unheard, after a hang-up."""
    if not script.on.hung_up:
        return Step()
    way = list(_onwards(script, replace(before, flags=before.flags | {HUNG_UP}), script.on.hung_up, variables))
    return Step(("on.hung_up", *(exit_name for _, exit_name in way if exit_name)), tuple(name for name, _ in way))


def _way(script: Script, before: Conversation, act: Input, after: Conversation) -> _Way:
    by = _answering(script, before, act)
    if by is not None:
        return _Way((f"entry.{by}",), script.entry.of(by))
    match act:
        case Cancelled() | NothingLeft():
            path = script.on.elsewhere(act)
            return _Way((path,), script.target(path))
        case Speech():
            return _said(script, before, act, after)
        case _ if isinstance(script.nodes[before.node], InputNode):
            return _listener(script, before, act, after)
        case Keys() if act.digits:
            return _key(script, before, act.digits[0]) or _unmet(script, before, after, UNCLEAR)
        case _:
            return _unmet(script, before, after, SILENT)


def _said(script: Script, before: Conversation, act: Speech, after: Conversation) -> _Way:
    node = script.nodes[before.node]
    if requested_language(script, before.language, act.text):
        return _Way((), "" if stays(node) else before.node, "repeated")
    if isinstance(node, InputNode):
        return _listener(script, before, act, after)
    meaning = resolve_meaning(script, before, act)
    if meaning is None:
        return _unmet(script, before, after, UNCLEAR, anew=not_heard(before, act))
    return _word(script, before, meaning) or _unmet(script, before, after, UNCLEAR)


def _listener(script: Script, before: Conversation, act: Input, after: Conversation) -> _Way:
    name, node = before.node, script.nodes[before.node]
    assert isinstance(node, InputNode)
    away = global_exit(script, node, act)
    if away:
        return _leave(away, script.target(away), before)
    way = node.way(act)
    if isinstance(node, Patient) and way in (SILENT, UNCLEAR):
        return _unmet(script, before, after, way)
    if isinstance(node, Conference):
        way = way_of(before, node, way)
        if way not in node.ways():
            return _Way((f"nodes.{name}.{way}",), again=WAITS[way])
    return _Way((f"nodes.{name}.{way}",), node.ways()[way])


def _answering(script: Script, before: Conversation, act: Input) -> AnsweredBy | None:
    """Return who answered, if this act begins the call anew; else None."""
    if isinstance(act, Answered | Detected):
        return script.entry.known(act.by)
    if not before.node:
        return AnsweredBy.UNKNOWN
    asks = isinstance(act, Speech) and resolve_meaning(script, before, act) is Meaning.PURPOSE
    return AnsweredBy.SCREENER if asks and screened(script, before) else None


def _key(script: Script, at: Conversation, digit: str) -> _Way | None:
    node = script.nodes[at.node]
    if digit in script.keys and open_everywhere(script, at):
        return _leave(f"keys.{digit}", script.keys[digit], at)
    if isinstance(node, Menu) and digit in node.keys:
        return _Way((f"nodes.{at.node}.keys.{digit}",), node.keys[digit])
    if isinstance(node, Question) and digit in _ANSWERS:
        return _Way((f"nodes.{at.node}.{_ANSWERS[digit]}",), node.to)
    return None


def _word(script: Script, at: Conversation, meaning: Meaning) -> _Way | None:
    node = script.nodes[at.node]
    if isinstance(node, Menu) and meaning in node.words:
        return _Way((f"nodes.{at.node}.words.{meaning}",), node.words[meaning])
    if isinstance(node, Question) and meaning in _ANSWERS.values():
        return _Way((f"nodes.{at.node}.{meaning}",), node.to)
    if meaning in script.words and open_everywhere(script, at):
        return _leave(f"words.{meaning}", script.words[meaning], at)
    return None


def _leave(exit_name: str, to: str, at: Conversation) -> _Way:
    return _Way((exit_name,), at.node, "repeated") if to == REPEAT else _Way((exit_name,), to)


def _unmet(script: Script, before: Conversation, after: Conversation, why: str, *, anew: bool = False) -> _Way:
    """Return the exit of silence or of an input that is not understood: asked again, or led away."""
    name, node = before.node, script.nodes[before.node]
    asked_again = after.node == name and after.tries == before.tries + 1
    if isinstance(node, Patient):
        if asked_again:
            said = () if anew and isinstance(node, Menu) and node.global_exits else (_again(node, before),)
            return _Way(tuple(f"nodes.{name}.{one}" for one in said), again="asked again" if said else "repeated")
        to, everywhere = (node.silent, script.on.silent) if why == SILENT else (node.unclear, script.on.unclear)
        return _Way((f"nodes.{name}.{why}", *((f"on.{why}",) if to == everywhere else ())), to)
    assert isinstance(node, Question), "only menus and questions listen"
    if asked_again:
        return _Way((f"nodes.{name}.{'on_silence' if why == SILENT else 'on_unclear'}",), again="asked again")
    if why == SILENT and before.silences + 1 >= silences_of(before):
        return _Way(("on.silent",), script.on.silent)
    return _Way((f"nodes.{name}.{why}",), node.to)


def _again(node: Patient, before: Conversation) -> str:
    """Return which reprompt is said, or which step for callees who need time."""
    if before.unhurried and isinstance(node, Menu) and node.steps:
        return f"steps[{(before.tries + 1) % len(node.steps)}]"
    return f"reprompts[{before.tries % len(node.reprompts)}]"


def _as_entered(script: Script, before: Conversation, act: Input, after: Conversation) -> Conversation:
    """Return the conversation when the first node was entered: with the answer, without findings on the path."""
    entered = replace(before, answers=after.answers, filled=after.filled)
    by = _answering(script, before, act)
    return entered if by is None else entered.found(_WHO.get(by, Contact.UNVERIFIED_HUMAN), None)


def _onwards(script: Script, at: Conversation, name: str, variables: Variables) -> Iterator[tuple[str, str]]:
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


def _agree(step: Step, before: Conversation, after: Conversation) -> None:
    counted = {name: times for name, times in after.visits.items() if times != before.visits.get(name)}
    worked_out = {name: before.visits.get(name, 0) + step.nodes.count(name) for name in step.nodes}
    last = step.nodes[-1] if step.nodes else before.node
    if counted != worked_out or last != after.node:
        raise LostError(f"{before.node or 'the beginning'} to {after.node}: {', '.join(step.nodes)}")
