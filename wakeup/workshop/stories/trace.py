"""Reconstruct which exit one input took, and which nodes it led through, from the conversations before and after.

The interpreter does not record the path. `trace` raises where it disagrees with the counted visits.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from wakeup.domain.outcome import Contact
from wakeup.ivr.answering import silences_of
from wakeup.ivr.conference_node import way_of
from wakeup.ivr.conversation import Conversation
from wakeup.ivr.hearing import (
    Heard,
    global_exit,
    heard,
    not_heard,
    open_everywhere,
    resolve_meaning,
    screened,
    too_soon,
)
from wakeup.ivr.input_nodes import Conference, InputNode, Patient
from wakeup.ivr.language_request import requested_language
from wakeup.ivr.meaning import Meaning
from wakeup.ivr.nodes import (
    REPEAT,
    Menu,
    Question,
)
from wakeup.ivr.render import RenderContext, Variables, stays
from wakeup.ivr.scoring import HUNG_UP
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
from wakeup.workshop.stories.exits import ON_ERROR, ON_LIMIT, SILENT, UNCLEAR
from wakeup.workshop.stories.onwards import onwards

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


def trace(stage: RenderContext, before: Conversation, act: Input, after: Conversation) -> Step:
    """Return how `after` came about from `before`. Raises LostError."""
    script, variables = stage.script, stage.variables
    if after == before:
        return Step()
    if isinstance(act, HungUp):
        return _gone(script, before, variables)
    if after.fault is not None and after.fault != before.fault:
        return Step((ON_LIMIT if after.fault.startswith("limit") else ON_ERROR,), (after.node,))
    way = _way(stage, before, act, after)
    if not way.to:
        step = Step(way.exits, (), way.again)
    elif way.again:
        step = Step(way.exits, (way.to,), way.again)
    else:
        begun = _as_entered(stage, before, act, after)
        taken, nodes = [*way.exits], []
        for name, exit_name in onwards(script, begun, way.to, variables):
            nodes.append(name)
            taken += [exit_name] if exit_name else []
        step = Step(tuple(taken), tuple(nodes))
    _agree(step, before, after)
    return step


def _gone(script: Script, before: Conversation, variables: Variables) -> Step:
    """Return what the script does, unheard, after a hang-up."""
    if not script.on.hung_up:
        return Step()
    way = list(onwards(script, replace(before, flags=before.flags | {HUNG_UP}), script.on.hung_up, variables))
    return Step(("on.hung_up", *(exit_name for _, exit_name in way if exit_name)), tuple(name for name, _ in way))


def _way(stage: RenderContext, before: Conversation, act: Input, after: Conversation) -> _Way:
    script, by = stage.script, _answering(stage, before, act)
    if by is not None:
        return _Way((f"entry.{by}",), script.entry.of(by))
    match act:
        case Cancelled() | NothingLeft():
            path = script.on.elsewhere(act)
            return _Way((path,), script.target(path))
        case Speech():
            return _said(stage, before, act, after)
        case _ if isinstance(script.nodes[before.node], InputNode):
            return _listener(script, before, act, after)
        case Keys() if act.digits:
            return _key(script, before, act.digits[0]) or _unmet(script, before, after, UNCLEAR)
        case _:
            return _unmet(script, before, after, SILENT)


def _said(stage: RenderContext, before: Conversation, act: Speech, after: Conversation) -> _Way:
    script, node = stage.script, stage.script.nodes[before.node]
    if requested_language(script, before.language, act.text):
        return _Way((), "" if stays(node) else before.node, "repeated")
    if isinstance(node, InputNode):
        return _listener(script, before, act, after)
    meaning = resolve_meaning(stage, before, act)
    if meaning is None:
        return _unmet(script, before, after, UNCLEAR, anew=isinstance(node, Menu) and not_heard(before, act))
    so_far = heard(stage, before, act)
    if too_soon(stage, before, act, meaning, so_far):
        missed = before.tries == 0 and so_far is Heard.NOTHING
        return _unmet(script, before, after, UNCLEAR, anew=missed or isinstance(node, Question))
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


def _answering(stage: RenderContext, before: Conversation, act: Input) -> AnsweredBy | None:
    """Return who answered, if this act begins the call anew; else None."""
    script = stage.script
    if isinstance(act, Answered | Detected):
        return script.entry.known(act.by)
    if not before.node:
        return AnsweredBy.UNKNOWN
    asks = isinstance(act, Speech) and resolve_meaning(stage, before, act) is Meaning.PURPOSE
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
    if asked_again and anew:
        return _Way((), again="repeated")
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


def _as_entered(stage: RenderContext, before: Conversation, act: Input, after: Conversation) -> Conversation:
    """Return the conversation when the first node was entered: with the answer, without findings on the path."""
    entered = replace(before, answers=after.answers, filled=after.filled)
    by = _answering(stage, before, act)
    return entered if by is None else entered.found(_WHO.get(by, Contact.UNVERIFIED_HUMAN), None)


def _agree(step: Step, before: Conversation, after: Conversation) -> None:
    counted = {name: times for name, times in after.visits.items() if times != before.visits.get(name)}
    worked_out = {name: before.visits.get(name, 0) + step.nodes.count(name) for name in step.nodes}
    last = step.nodes[-1] if step.nodes else before.node
    if counted != worked_out or last != after.node:
        raise LostError(f"{before.node or 'the beginning'} to {after.node}: {', '.join(step.nodes)}")
