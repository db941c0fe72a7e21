"""Extract the graph of a script that is drawn: which node leads where, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
from wakeup.ivr.turn import AnsweredBy
from wakeup.runtime.scripts.graph.translation import Part, Phrase

MISSING = "missing"
"""Kind of a node that is referred to but does not exist."""
KEY, SAYS, SILENCE, UNCLEAR = "key {keys}", "says {words}", "silence", "unclear"
SILENT, CONFUSED, CANCELLED = "lasting silence", "lasting confusion", "cancelled in the app"
SETTLED = "no transfer left to decide"
GONE = "callee hangs up"
ERROR, LIMIT = "internal error", "too many steps"
"""Sentences of reasons."""
_SPELT = {NO_WORD: Phrase(SILENCE), NO_SENSE: Phrase(UNCLEAR)}
Pair = tuple[str, str]
Exit = tuple[Part, str]
"""Reason and target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptGraph:
    """Nodes in the order of the script, edges with their reasons, and what leads in from outside."""

    nodes: tuple[str, ...]
    edges: dict[Pair, list[Part]]
    """From and to, mapped to the reasons. A reason is empty where there is only one way on."""
    begins: dict[str, list[AnsweredBy]]
    """Nodes at which a call begins, and for which kinds of answer."""
    opens: tuple[Exit, ...]
    """Each exit that is open from everywhere and leads to a node."""

    @property
    def everywhere(self) -> dict[str, list[Part]]:
        """Nodes open from everywhere, with the reasons."""
        why: dict[str, list[Part]] = {}
        for reason, target in self.opens:
            why.setdefault(target, []).append(reason)
        return why


def graph_of(script: Script) -> ScriptGraph:
    """Return the graph. Exits for silence and confusion are drawn only where they differ from the script's general
    ones."""
    edges: dict[Pair, list[Part]] = {}
    for name, node in script.nodes.items():
        for why, target in _exits(node, script):
            edges.setdefault((name, target), []).append(why)
    begins: dict[str, list[AnsweredBy]] = {}
    for by, target in script.entries():
        begins.setdefault(target, []).append(by)
    missing = [target for _, target in edges if target not in script.nodes]
    return ScriptGraph(
        nodes=tuple(dict.fromkeys([*script.nodes, *missing])),
        edges=edges,
        begins=begins,
        opens=tuple((why, target) for why, target in open_everywhere(script) if target in script.nodes),
    )


def open_everywhere(script: Script) -> Iterator[Exit]:
    """Yield what is open everywhere: keys and words of the whole script, and events."""
    yield from _by_key_or_word(script)
    on = script.on
    yield Phrase(SILENT), on.silent
    yield Phrase(CONFUSED), on.unclear
    yield Phrase(CANCELLED), on.cancelled
    yield Phrase(ERROR), on.error
    yield Phrase(LIMIT), on.limit
    if on.nothing_left:
        yield Phrase(SETTLED), on.nothing_left
    if on.hung_up:
        yield Phrase(GONE), on.hung_up


def _by_key_or_word(where: Script | Menu) -> Iterator[Exit]:
    yield from ((Phrase(KEY, {"keys": key}), target) for key, target in where.keys.items())
    yield from ((Phrase(SAYS, {"words": word}), target) for word, target in where.words.items())


def _exits(node: Node, script: Script) -> Iterator[Exit]:
    """Yield each exit of a node."""
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
            yield Phrase("otherwise"), node.otherwise
        case Split():
            yield from ((f"{way.share} %", way.to) for way in node.ways)
        case Hangup():
            return


def _menu(node: Menu, script: Script) -> Iterator[Exit]:
    yield from _by_key_or_word(node)
    if node.silent != script.on.silent:
        yield Phrase(SILENCE), node.silent
    if node.unclear != script.on.unclear:
        yield Phrase(UNCLEAR), node.unclear


def condition(when: Condition) -> Part:
    """Return a condition in words."""
    if when.variable is not None:
        return Phrase("{name} given", {"name": when.variable})
    if when.flag is not None:
        return Phrase("flag {flag}", {"flag": when.flag})
    if when.filled is not None:
        return Phrase("{node} answered", {"node": when.filled})
    if when.unhurried is not None:
        return Phrase("needs time" if when.unhurried else "needs no time")
    if when.safe is not None:
        return Phrase("{node} safe", {"node": when.safe})
    return str(when.contact or when.outcome)


def merged(why: Iterable[Part]) -> list[Part]:
    """Return the reasons, first one phrase for all keys (`key 1 2`), then one for all words (`says yes/no`)."""
    keys: list[str] = []
    words: list[str] = []
    others: list[Part] = []
    for one in why:
        if isinstance(one, Phrase) and one.sentence == KEY:
            keys.append(one.blanks["keys"])
        elif isinstance(one, Phrase) and one.sentence == SAYS:
            words.append(one.blanks["words"])
        else:
            others.append(one)
    return [
        *([Phrase(KEY, {"keys": " ".join(keys)})] if keys else []),
        *([Phrase(SAYS, {"words": "/".join(words)})] if words else []),
        *others,
    ]
