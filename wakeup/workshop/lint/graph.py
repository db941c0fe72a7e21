"""Paths through a script, when the callee answers, says nothing, or is no living person."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from wakeup.ivr.input_nodes import FILLED, SILENT, UNCLEAR, Conference, InputNode, Patient
from wakeup.ivr.nlu.meaning import PROVES_NOBODY
from wakeup.ivr.nodes import Heard, Menu, Node, exits
from wakeup.ivr.script import Script

Exits = Callable[[Node], Collection[str]]


def by_answering(node: Node) -> tuple[str, ...]:
    """Return where keys and words lead."""
    if isinstance(node, InputNode):
        return tuple(to for way, to in node.ways().items() if way not in (SILENT, UNCLEAR))
    return (*node.keys.values(), *node.words.values()) if isinstance(node, Menu) else exits(node)


def by_silence(node: Node) -> tuple[str, ...]:
    """Return where lasting silence leads. A silent question counts as unsure and goes on."""
    if isinstance(node, Conference):
        return (node.nobody_came,)
    return _by(SILENT, node) if isinstance(node, InputNode | Patient) else exits(node)


def by_confusion(node: Node) -> tuple[str, ...]:
    """Return where answers that are not understood lead."""
    return _by(UNCLEAR, node) if isinstance(node, InputNode | Patient) else exits(node)


def by_nobody(node: Node) -> tuple[str, ...]:
    """Return where a recording, a call assistant or silence leads: none of them proves a living person."""
    if isinstance(node, InputNode):
        return tuple(to for way, to in node.ways().items() if way != FILLED)
    if not isinstance(node, Menu):
        return exits(node)
    return (*(to for word, to in node.words.items() if word in PROVES_NOBODY), node.silent, node.unclear)


def unheard(node: Node) -> tuple[str, ...]:
    """Return where a node leads before the script listens."""
    return () if isinstance(node, Heard) else exits(node)


def _by(way: str, node: InputNode | Patient) -> tuple[str, ...]:
    if isinstance(node, InputNode):
        return (node.ways()[way],) if way in node.ways() else ()
    return (node.silent if way == SILENT else node.unclear,)


def found(script: Script, starts: Iterable[str], ways: Exits, *, without: Collection[str] = ()) -> set[str]:
    """Return every node that can be reached, including the starts, without passing through `without`."""
    seen: set[str] = set()
    todo = list(starts)
    while todo:
        name = todo.pop()
        if name in seen or name in without or name not in script.nodes:
            continue
        seen.add(name)
        todo += ways(script.nodes[name])
    return seen


def after(script: Script, name: str, ways: Exits) -> set[str]:
    """Return every node that can be reached from this one; itself only if there is a cycle."""
    return found(script, ways(script.nodes[name]), ways)


def longest(script: Script, starts: Iterable[str], weight: Mapping[str, int], ways: Exits = exits) -> int:
    """Return the weight of the heaviest path without repeated nodes.

    Only edges that go forward in one topological order are followed, so with cycles it is an estimate.
    """
    order = _from_the_start(script, starts, ways)
    place = {name: index for index, name in enumerate(order)}
    best: dict[str, int] = {}
    for name in reversed(order):
        onward = (best[to] for to in ways(script.nodes[name]) if to in place and place[to] > place[name])
        best[name] = weight[name] + max(onward, default=0)
    return max((best[name] for name in starts if name in best), default=0)


def _from_the_start(script: Script, starts: Iterable[str], ways: Exits) -> list[str]:
    """Return all nodes, each before those it leads to, unless an edge leads back."""
    done: list[str] = []
    seen: set[str] = set()
    for start in starts:
        path: list[tuple[str, Iterator[str]]] = [("", iter((start,)))]
        while path:
            name, onward = path[-1]
            to = next((one for one in onward if one not in seen and one in script.nodes), None)
            if to is not None:
                seen.add(to)
                path.append((to, iter(ways(script.nodes[to]))))
            else:
                path.pop()
                done += [name] if name else []
    return done[::-1]
