"""Arrange the nodes of a graph in layers: longest paths first, then few crossings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Pair = tuple[str, str]
_PASSES = 16


@dataclass(slots=True, kw_only=True)
class Layered:
    """Every layer from left to right. A long edge has a bend in each layer it crosses."""

    layers: list[list[str]]
    chains: dict[Pair, list[str]]
    """Edge to its stations, including the bends between."""
    back: list[Pair] = field(default_factory=list)
    """Edges that lead up or to their own node; they are not drawn as lines."""

    def is_bend(self, name: str) -> bool:
        return name.startswith(BEND)


BEND = "\0"
"""Prefix of a bend's name, with which no node's name begins."""


def layered(nodes: Sequence[str], edges: Iterable[Pair], roots: Iterable[str]) -> Layered:
    """Return layers from the roots down; a node that no root leads to starts at the top."""
    down, back = _acyclic(nodes, list(edges), [*roots, *nodes])
    depth = _depths(nodes, down)
    layers: list[list[str]] = [[] for _ in range(max(depth.values(), default=-1) + 1)]
    for name in nodes:
        layers[depth[name]].append(name)
    chains = {}
    for source, target in down:
        bends = [f"{BEND}{source}{BEND}{target}{BEND}{n}" for n in range(depth[source] + 1, depth[target])]
        for n, bend in enumerate(bends, start=depth[source] + 1):
            layers[n].append(bend)
        chains[source, target] = [source, *bends, target]
    return Layered(layers=_ordered(layers, chains), chains=chains, back=back)


def _acyclic(nodes: Sequence[str], edges: list[Pair], starts: list[str]) -> tuple[list[Pair], list[Pair]]:
    """Return the edges without those that close a cycle, and those that do."""
    after: dict[str, list[str]] = {name: [] for name in nodes}
    for source, target in edges:
        after[source].append(target)
    back: set[Pair] = set()
    done: set[str] = set()
    for start in starts:
        if start in done:
            continue
        way, open_now = [(start, iter(after[start]))], {start}
        while way:
            name, targets = way[-1]
            following = next(targets, None)
            if following is None:
                way.pop()
                open_now.discard(name)
                done.add(name)
            elif following in open_now:
                back.add((name, following))
            elif following not in done:
                way.append((following, iter(after[following])))
                open_now.add(following)
    return [edge for edge in edges if edge not in back], [edge for edge in edges if edge in back]


def _depths(nodes: Sequence[str], edges: Sequence[Pair]) -> dict[str, int]:
    """Return the length of the longest path to each node. The edges must be acyclic."""
    after: dict[str, list[str]] = {name: [] for name in nodes}
    waits = dict.fromkeys(nodes, 0)
    for source, target in edges:
        after[source].append(target)
        waits[target] += 1
    depth = dict.fromkeys(nodes, 0)
    ready = [name for name in nodes if not waits[name]]
    while ready:
        name = ready.pop()
        for target in after[name]:
            depth[target] = max(depth[target], depth[name] + 1)
            waits[target] -= 1
            if not waits[target]:
                ready.append(target)
    return depth


def _ordered(layers: list[list[str]], chains: Mapping[Pair, Sequence[str]]) -> list[list[str]]:
    """Order each layer so that nodes are near the middle of their neighbours; the pass with the fewest crossings
    wins."""
    above, below = _neighbours(chains)
    best, fewest = layers, crossings(layers, below)
    for n in range(_PASSES):
        if not fewest:
            break
        layers = _pass(layers, above) if n % 2 == 0 else _pass(layers[::-1], below)[::-1]
        crossed = crossings(layers, below)
        if crossed < fewest:
            best, fewest = layers, crossed
    return best


def _neighbours(chains: Mapping[Pair, Sequence[str]]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    above: dict[str, list[str]] = {}
    below: dict[str, list[str]] = {}
    for chain in chains.values():
        for upper, lower in pairwise(chain):
            above.setdefault(lower, []).append(upper)
            below.setdefault(upper, []).append(lower)
    return above, below


def _pass(layers: list[list[str]], before: Mapping[str, Sequence[str]]) -> list[list[str]]:
    found = [layers[0]] if layers else []
    for layer in layers[1:]:
        place = {name: n / max(len(found[-1]) - 1, 1) for n, name in enumerate(found[-1])}
        wish = {}
        for n, name in enumerate(layer):
            known = [place[other] for other in before.get(name, ()) if other in place]
            wish[name] = sum(known) / len(known) if known else n / max(len(layer) - 1, 1)
        found.append(sorted(layer, key=wish.__getitem__))
    return found


def crossings(layers: Sequence[Sequence[str]], below: Mapping[str, Sequence[str]]) -> int:
    """Return how often lines between neighbouring layers cross."""
    count = 0
    for upper, lower in pairwise(layers):
        place = {name: n for n, name in enumerate(lower)}
        ends = [sorted(place[name] for name in below.get(one, ()) if name in place) for one in upper]
        flat = [end for group in ends for end in group]
        count += sum(earlier > later for n, earlier in enumerate(flat) for later in flat[n + 1 :])
    return count
