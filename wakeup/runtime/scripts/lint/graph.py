"""Ways through a script: who leads where when somebody answers, says nothing, or is not even there. Knows no words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from wakeup.ivr.input_nodes import FILLED, SILENT, UNCLEAR, Conference, InputNode, Patient
from wakeup.ivr.meaning import PROVES_NOBODY
from wakeup.ivr.nodes import Heard, Menu, Node, exits
from wakeup.ivr.script import Script

Exits = Callable[[Node], Collection[str]]


def by_answering(node: Node) -> tuple[str, ...]:
    """Where keys and words lead."""
    if isinstance(node, InputNode):
        return tuple(to for way, to in node.ways().items() if way not in (SILENT, UNCLEAR))
    return (*node.keys.values(), *node.words.values()) if isinstance(node, Menu) else exits(node)


def by_silence(node: Node) -> tuple[str, ...]:
    """Where lasting silence leads. A silent question counts as not sure and goes on."""
    if isinstance(node, Conference):
        return (node.nobody_came,)
    return _by(SILENT, node) if isinstance(node, InputNode | Patient) else exits(node)


def by_confusion(node: Node) -> tuple[str, ...]:
    """Where answers nobody understands lead."""
    return _by(UNCLEAR, node) if isinstance(node, InputNode | Patient) else exits(node)


def by_nobody(node: Node) -> tuple[str, ...]:
    """Where a recording, a call assistant or silence leads: nothing here proves a living person."""
    if isinstance(node, InputNode):
        return tuple(to for way, to in node.ways().items() if way != FILLED)
    if not isinstance(node, Menu):
        return exits(node)
    return (*(to for word, to in node.words.items() if word in PROVES_NOBODY), node.silent, node.unclear)


def unheard(node: Node) -> tuple[str, ...]:
    """Where a node leads before anybody is listened to."""
    return () if isinstance(node, Heard) else exits(node)


def _by(way: str, node: InputNode | Patient) -> tuple[str, ...]:
    if isinstance(node, InputNode):
        return (node.ways()[way],) if way in node.ways() else ()
    return (node.silent if way == SILENT else node.unclear,)


def found(script: Script, starts: Iterable[str], ways: Exits, *, without: Collection[str] = ()) -> set[str]:
    """Every node that can be come to, the starts included, not stepping on `without`."""
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
    """Every node that can be come to from this one, itself only if there is a way round."""
    return found(script, ways(script.nodes[name]), ways)


def longest(script: Script, starts: Iterable[str], weight: Mapping[str, int], ways: Exits = exits) -> int:
    """The heaviest way on which no node comes twice, as far as a look along each way but never back can tell."""
    order = _from_the_start(script, starts, ways)
    place = {name: index for index, name in enumerate(order)}
    best: dict[str, int] = {}
    for name in reversed(order):
        onward = (best[to] for to in ways(script.nodes[name]) if to in place and place[to] > place[name])
        best[name] = weight[name] + max(onward, default=0)
    return max((best[name] for name in starts if name in best), default=0)


def _from_the_start(script: Script, starts: Iterable[str], ways: Exits) -> list[str]:
    """All nodes, each before those it leads to, where nothing leads back."""
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
