"""Extract the graph of a script that is drawn: which node leads where, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wakeup.ivr.input_nodes import SILENT as NO_WORD
from wakeup.ivr.input_nodes import UNCLEAR as NO_SENSE
from wakeup.ivr.input_nodes import InputNode
from wakeup.ivr.nodes import (
    Band,
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
from wakeup.ivr.script import Script

MISSING = "missing"
"""Kind of a node that is referred to but does not exist."""
KEY, SAYS, SILENCE, UNCLEAR = "key ", "says ", "silence", "unclear"
SILENT, CONFUSED, CANCELLED = "lasting silence", "lasting confusion", "cancelled in the app"
SETTLED = "no transfer left to decide"
GONE = "callee hangs up"
ERROR, LIMIT = "internal error", "too many steps"
"""The wording of reasons."""
_SPELT = {NO_WORD: SILENCE, NO_SENSE: UNCLEAR}
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptGraph:
    """Nodes in the order of the script, edges with their reasons, and what leads in from outside."""

    nodes: tuple[str, ...]
    edges: dict[Pair, str]
    """From and to, mapped to the reason, such as `key 1, says yes`. Empty where there is only one way on."""
    reasons: dict[Pair, tuple[str, ...]]
    """The same, as separate reasons."""
    begins: dict[str, str]
    """Nodes at which a call begins, and for which kind of answer."""
    opens: tuple[Pair, ...]
    """Reason and target of each exit that is open from everywhere and leads to a node."""

    @property
    def everywhere(self) -> dict[str, str]:
        """Nodes open from everywhere, with the reasons."""
        why: dict[str, list[str]] = {}
        for reason, target in self.opens:
            why.setdefault(target, []).append(reason)
        return {target: ", ".join(_short(reasons)) for target, reasons in why.items()}


def graph_of(script: Script) -> ScriptGraph:
    """Return the graph. Exits for silence and confusion are drawn only where they differ from the script's general
    ones."""
    edges: dict[Pair, list[str]] = {}
    for name, node in script.nodes.items():
        for why, target in _exits(node, script):
            edges.setdefault((name, target), []).append(why)
    begins: dict[str, list[str]] = {}
    for by, target in script.entries():
        begins.setdefault(target, []).append(by)
    missing = [target for _, target in edges if target not in script.nodes]
    return ScriptGraph(
        nodes=tuple(dict.fromkeys([*script.nodes, *missing])),
        edges={pair: ", ".join(filter(None, _short(why))) for pair, why in edges.items()},
        reasons={pair: tuple(why) for pair, why in edges.items()},
        begins={name: "answered: " + ", ".join(by) for name, by in begins.items()},
        opens=tuple((why, target) for why, target in open_everywhere(script) if target in script.nodes),
    )


def open_everywhere(script: Script) -> Iterator[Pair]:
    """Yield reason and target of what is open everywhere: keys and words of the whole script, and events."""
    yield from ((f"{KEY}{key}", target) for key, target in script.keys.items())
    yield from ((f"{SAYS}{word}", target) for word, target in script.words.items())
    on = script.on
    yield from (
        (SILENT, on.silent),
        (CONFUSED, on.unclear),
        (CANCELLED, on.cancelled),
        (ERROR, on.error),
        (LIMIT, on.limit),
        *(((SETTLED, on.nothing_left),) if on.nothing_left else ()),
        *(((GONE, on.hung_up),) if on.hung_up else ()),
    )


def _exits(node: Node, script: Script) -> Iterator[Pair]:
    """Yield reason and target of each exit of a node."""
    match node:
        case Say() | Set() | Language() | Decide() | Notify() | Callback() | Question():
            yield "", node.to
        case Menu():
            yield from _menu(node, script)
        case InputNode():
            everywhere = {NO_WORD: script.on.silent, NO_SENSE: script.on.unclear}
            yield from ((_SPELT.get(way, way), to) for way, to in node.ways().items() if everywhere.get(way) != to)
        case Score():
            yield from ((band, node.way(band)) for band in Band)
        case Branch():
            yield from ((condition(case.when), case.to) for case in node.cases)
            yield "otherwise", node.otherwise
        case Split():
            yield from ((f"{way.share} %", way.to) for way in node.ways)
        case Hangup():
            return


def _menu(node: Menu, script: Script) -> Iterator[Pair]:
    yield from ((f"{KEY}{key}", target) for key, target in node.keys.items())
    yield from ((f"{SAYS}{word}", target) for word, target in node.words.items())
    if node.silent != script.on.silent:
        yield SILENCE, node.silent
    if node.unclear != script.on.unclear:
        yield UNCLEAR, node.unclear


def condition(when: Condition) -> str:
    """Return a condition in words."""
    if when.variable is not None:
        return f"{when.variable} given"
    if when.flag is not None:
        return f"flag {when.flag}"
    if when.filled is not None:
        return f"{when.filled} answered"
    if when.unhurried is not None:
        return "needs time" if when.unhurried else "needs no time"
    if when.safe is not None:
        return f"{when.safe} safe"
    return str(when.contact or when.outcome)


def _short(why: list[str]) -> list[str]:
    """Shorten reasons: `key 1, key 2` becomes `key 1 2`, `says yes, says no` becomes `says yes/no`."""
    keys = [one.removeprefix(KEY) for one in why if one.startswith(KEY)]
    words = [one.removeprefix(SAYS) for one in why if one.startswith(SAYS)]
    others = [one for one in why if not one.startswith((KEY, SAYS))]
    return [
        *([KEY + " ".join(keys)] if keys else []),
        *([SAYS + "/".join(words)] if words else []),
        *others,
    ]
