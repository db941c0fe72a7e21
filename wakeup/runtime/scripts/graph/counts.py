"""Count what happened in a script's calls on its graph. What the timeline does not distinguish is not guessed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise

from wakeup.ivr.input_nodes import DONE, FAILED, FILLED, HEARD, OVER, Conference, PutThrough
from wakeup.ivr.nodes import Hangup, Heard
from wakeup.ivr.script import Script
from wakeup.ivr.turn import TransferResult
from wakeup.runtime.scripts.graph.script_graph import (
    CANCELLED,
    CONFUSED,
    ERROR,
    KEY,
    LIMIT,
    SAYS,
    SETTLED,
    SILENCE,
    SILENT,
    UNCLEAR,
    Pair,
    ScriptGraph,
)
from wakeup.runtime.scripts.graph.translation import Part
from wakeup.usecases.conversation.transcripts import PathCounts

_MAX_PATHS = 64
_FAULTS = (ERROR, LIMIT)
_LEADS_ON: Mapping[str, tuple[str, ...]] = {
    "keys": (KEY, FILLED, UNCLEAR, CONFUSED, *_FAULTS),
    "speech": (SAYS, HEARD, UNCLEAR, CONFUSED, *_FAULTS),
    "silence": (SILENCE, SILENT, *_FAULTS),
    "recorded": (DONE, FAILED, *_FAULTS),
    "personleft": (*TransferResult, *_FAULTS),
    "meetingnews": (*OVER, *_FAULTS),
    "cancelled": (CANCELLED, *_FAULTS),
    "nothingleft": (SETTLED, *_FAULTS),
}
"""Kinds of reasons that fit each kind of input. The timeline names the kind, which narrows down how a call went on."""
_ANSWERS = frozenset({"answered", "detected"})


def _kind(reason: Part) -> str:
    return reason if isinstance(reason, str) else reason.sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The counts of one version of a script."""

    calls: int
    others: int
    """Conversations of other versions, which are not counted."""
    came: Mapping[str, int]
    entered: Mapping[str, int]
    """How many came to a node through what is open from everywhere."""
    hung_up: Mapping[str, int]
    again: Mapping[str, int]
    """How often the node was repeated."""
    seconds: Mapping[str, float]
    """Median from the first word to the next node or the end of the call."""
    taken: Mapping[Pair, int]
    unsure: Mapping[Pair, int]
    """Calls that took this edge or another one to the same place; which of them is unknown."""

    def on_edge(self, pair: Pair) -> str:
        known, more = self.taken.get(pair, 0), self.unsure.get(pair, 0)
        return f"{known}–{known + more}" if more else str(known)


def counted(script: Script, graph: ScriptGraph, trips: PathCounts) -> Counts:
    """Map the counted moves to edges.

    The timeline names only nodes that listen or end the call. Where several paths lead from one to the next, only
    the edges that all of them share are certain.
    """
    finder = _Finder(script, graph)
    came: Counter[str] = Counter()
    entered: Counter[str] = Counter()
    taken: Counter[Pair] = Counter()
    unsure: Counter[Pair] = Counter()
    for (source, target, act), count in trips.moves.items():
        came[target] += count
        paths = finder.paths(source, target, act)
        shared = set.intersection(*map(set, paths)) if paths else set()
        possible: set[Pair] = set().union(*paths)
        taken.update(dict.fromkeys((edge for edge in shared if edge[0]), count))
        unsure.update(dict.fromkeys((edge for edge in possible - shared if edge[0]), count))
        entered.update(dict.fromkeys((name for outside, name in shared if not outside), count))
    return Counts(
        calls=trips.calls, others=trips.others, came=came, entered=entered, hung_up=trips.hung_up, again=trips.again,
        seconds=trips.seconds, taken=taken, unsure=unsure,
    )  # fmt: skip


class _Finder:
    """Finds every path from one node at which a call stops to the next. Paths from outside the graph start at an
    empty name."""

    def __init__(self, script: Script, graph: ScriptGraph) -> None:
        self._graph = graph
        self._stops = {name for name, node in script.nodes.items() if isinstance(node, Heard | Hangup)}
        # If no person is ready, such a node says nothing and does not wait: the call goes straight on.
        self._past = {
            name: node.nobody_ready for name, node in script.nodes.items() if isinstance(node, PutThrough | Conference)
        }
        self._after: dict[str, list[str]] = {}
        for source, target in graph.edges:
            self._after.setdefault(source, []).append(target)

    def paths(self, source: str, target: str, act: str) -> list[list[Pair]]:
        """Return the paths. Those past people who were not ready are used only if there is no other: most calls
        ask for no person."""
        return self._found(source, target, act, {}) or self._found(source, target, act, self._past)

    def _found(self, source: str, target: str, act: str, past: Mapping[str, str]) -> list[list[Pair]]:
        every = (path for way in self._starts(source, act) for path in self._from(way, target, past))
        return list(islice(every, _MAX_PATHS))

    def _starts(self, source: str, act: str) -> Iterator[list[str]]:
        if act in _ANSWERS:
            yield from (["", name] for name in self._graph.begins)
            return
        fitting = _LEADS_ON.get(act, ())
        own = [reason for pair, why in self._graph.edges.items() if pair[0] == source for reason in why]
        for following in self._after.get(source, ()):
            if any(not reason or _kind(reason) in fitting for reason in self._graph.edges[source, following]):
                yield [source, following]
        for reason, name in self._graph.opens:
            # A word with a meaning of its own in this node does not have its general meaning here.
            if _kind(reason) in fitting and reason not in own:
                yield ["", name]

    def _from(self, way: list[str], target: str, past: Mapping[str, str]) -> Iterator[list[Pair]]:
        waiting = [way]
        while waiting:
            way = waiting.pop()
            if way[-1] == target:
                yield list(pairwise(way))
            elif way[-1] in past:
                waiting += [[*way, past[way[-1]]]] if past[way[-1]] not in way else []
            elif way[-1] not in self._stops:
                waiting += ([*way, following] for following in self._after.get(way[-1], ()) if following not in way)
