"""Find every exit of every node of a script, by the path of the field that names it."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from wakeup.ivr.input_nodes import Conference, InputNode, Patient
from wakeup.ivr.nodes import (
    REPEAT,
    VARIANTS,
    Band,
    Branch,
    Callback,
    Decide,
    Hangup,
    Heard,
    Language,
    Menu,
    Node,
    Notify,
    Question,
    Say,
    Score,
    Set,
    Split,
    exits,
)
from wakeup.ivr.script import Script
from wakeup.ivr.turn import ConferenceStatus
from wakeup.workshop.prompt_variables import made

Exits = dict[str, str]
"""Path such as `nodes.code.keys.1` to the node it leads to; for an exit that keeps listening, the node itself."""
SILENT, UNCLEAR = "silent", "unclear"


def exits_of(script: Script) -> Exits:
    """Return all exits that can be taken.

    Two kinds cannot be taken and are left out: the exit of a score for a band that no conversation can have there,
    and the exit for confusion of a menu without global exits, which only repeated silence ends.
    """
    possible = bands(script)
    found = dict(script.leads())
    for name, node in script.nodes.items():
        found.update(_of_node(name, node, possible.get(name, set())))
    return found


def _of_node(name: str, node: Node, possible: AbstractSet[Band]) -> Iterator[tuple[str, str]]:
    where = f"nodes.{name}"
    match node:
        case Score():
            yield from ((f"{where}.{band}", node.way(band)) for band in Band if band in possible)
        case Menu() | InputNode() | Question():
            yield from _of_heard(name, node)
        case Branch():
            yield from ((f"{where}.cases[{at}]", case.to) for at, case in enumerate(node.cases))
            yield f"{where}.otherwise", node.otherwise
        case Split():
            yield from ((f"{where}.ways[{at}]", way.to) for at, way in enumerate(node.ways))
        case Say() | Set() | Language() | Decide() | Notify() | Callback():
            yield f"{where}.to", node.to
        case Hangup():
            pass


def _of_heard(name: str, node: Heard) -> Iterator[tuple[str, str]]:
    where = f"nodes.{name}"
    match node:
        case Menu():
            yield from _of_menu(name, node)
        case Question():
            yield from _of_question(name, node)
        case _:
            yield from ((f"{where}.{way}", to) for way, to in node.ways().items())
            again = len(node.reprompts) if isinstance(node, Patient) else 0
            yield from ((f"{where}.reprompts[{at}]", name) for at in range(again))
            if isinstance(node, Conference):
                yield from ((f"{where}.{how}", name) for how in (ConferenceStatus.COMING, ConferenceStatus.HERE))


def _of_menu(name: str, menu: Menu) -> Iterator[tuple[str, str]]:
    where = f"nodes.{name}"
    yield from ((f"{where}.keys.{key}", to) for key, to in menu.keys.items())
    yield from ((f"{where}.words.{word}", to) for word, to in menu.words.items())
    yield from ((f"{where}.reprompts[{at}]", name) for at in range(len(menu.reprompts)))
    yield from ((f"{where}.steps[{at}]", name) for at in range(len(menu.steps)))
    yield f"{where}.{SILENT}", menu.silent
    if menu.global_exits:
        yield f"{where}.{UNCLEAR}", menu.unclear


def _of_question(name: str, question: Question) -> Iterator[tuple[str, str]]:
    where = f"nodes.{name}"
    yield from ((f"{where}.variants[{at}]", name) for at in range(VARIANTS))
    yield from ((f"{where}.{asked_again}", name) for asked_again in ("on_silence", "on_unclear"))
    yield from ((f"{where}.{answer}", question.to) for answer in ("yes", "no", "unsure", SILENT, UNCLEAR))


def bands(script: Script) -> dict[str, set[Band]]:
    """Return the bands of the score that are possible at each node: all after a question, fewer after a score."""
    away = {*script.keys.values(), *script.words.values(), script.on.silent, script.on.unclear, script.on.cancelled}
    away = (away | {script.on.nothing_left, script.on.hung_up}) - {REPEAT, ""}
    todo = [(to, Band.UNDECIDED) for _, to in script.entries()]
    found: dict[str, set[Band]] = {}
    while todo:
        name, band = todo.pop()
        if band in found.setdefault(name, set()):
            continue
        found[name].add(band)
        node = script.nodes[name]
        match node:
            case Score():
                todo.append((node.way(band), band))
            case Question():
                todo += [(node.to, any_band) for any_band in Band]
                todo += [(to, band) for to in away]
            case Menu() | InputNode():
                todo += [(to, band) for to in (*exits(node), *away)]
            case _:
                todo += [(to, band) for to in exits(node)]
    return found


def conditions(prompt: str, words: str) -> dict[str, tuple[str, bool]]:
    """Return what a prompt says only if, or unless, a variable is given: path to the variable and whether it is
    given."""
    found = {}
    for variable in made(words).asked:
        found[f"prompts.{prompt} if {variable}"] = (variable, True)
        found[f"prompts.{prompt} unless {variable}"] = (variable, False)
    return found
