"""Turn layers into coordinates: every box is as near to its neighbours as the width of the others allows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from wakeup.runtime.scripts.graph.layers import Layered

BOX_WIDTH = 178
_GAP_X = 18
_BEND_WIDTH = 14
_LAYER_GAP, _MORE_GAP = 44.0, 7.0
"""Gap between layers, and extra for each line that leaves one box, because labels need room."""
_SWEEPS = 60
_STRAIGHT = 6.0
"""Weight of the place of a bend, or of a box with one neighbour, so that long lines are straight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Centres of boxes and bends, tops of layers, and the total size, in pixels."""

    x: Mapping[str, float]
    tops: Sequence[float]
    heights: Sequence[float]
    layer_of: Mapping[str, int]
    width: float
    height: float


def placed(layered: Layered, height_of: Mapping[str, float]) -> Placed:
    """Return the coordinates. `height_of` is the height of each node's box."""
    x: dict[str, float] = {}
    for layer in layered.layers:
        x |= dict(zip(layer, _offsets(layered, layer), strict=True))
    neighbours = _around(layered)
    for sweep in range(_SWEEPS):
        order = layered.layers if sweep % 2 == 0 else layered.layers[::-1]
        for layer in order:
            x |= _settled(layered, layer, x, neighbours)
    left = min((x[name] - _width(layered, name) / 2 for name in x), default=0.0)
    right = max((x[name] + _width(layered, name) / 2 for name in x), default=0.0)
    heights = [max((height_of.get(name, 0.0) for name in layer), default=0.0) for layer in layered.layers]
    tops, y, gap = [], 0.0, 0.0
    leaving = Counter(source for source, _ in layered.chains)
    for layer, height in zip(layered.layers, heights, strict=True):
        y += gap
        tops.append(y)
        y += height
        gap = _LAYER_GAP + _MORE_GAP * max((leaving[name] for name in layer), default=0)
    return Placed(
        x={name: at - left for name, at in x.items()},
        tops=tops,
        heights=heights,
        layer_of={name: n for n, layer in enumerate(layered.layers) for name in layer},
        width=right - left,
        height=y,
    )


def _width(layered: Layered, name: str) -> float:
    return _BEND_WIDTH if layered.is_bend(name) else BOX_WIDTH


def _offsets(layered: Layered, layer: Sequence[str]) -> list[float]:
    """Return the centres of a layer's boxes when packed as tightly as possible, from 0."""
    offsets: list[float] = []
    for n, name in enumerate(layer):
        before = (_width(layered, layer[n - 1]) + _width(layered, name)) / 2 + _GAP_X if n else 0.0
        offsets.append((offsets[-1] if offsets else 0.0) + before)
    return offsets


def _around(layered: Layered) -> dict[str, list[tuple[str, float]]]:
    around: dict[str, list[tuple[str, float]]] = {}
    leaving = Counter(source for source, _ in layered.chains)
    arriving = Counter(target for _, target in layered.chains)
    for (source, target), chain in layered.chains.items():
        alone = leaving[source] == arriving[target] == 1
        for upper, lower in pairwise(chain):
            weight = _STRAIGHT if alone or layered.is_bend(upper) or layered.is_bend(lower) else 1.0
            around.setdefault(upper, []).append((lower, weight))
            around.setdefault(lower, []).append((upper, weight))
    return around


def _settled(
    layered: Layered, layer: Sequence[str], x: Mapping[str, float], around: Mapping[str, Sequence[tuple[str, float]]]
) -> dict[str, float]:
    wishes, weights = [], []
    for name in layer:
        near = around.get(name, ())
        total = sum(weight for _, weight in near)
        wishes.append(sum(x[other] * weight for other, weight in near) / total if total else x[name])
        weights.append(total or 0.1)
    offsets = _offsets(layered, layer)
    free = _in_order([wish - offset for wish, offset in zip(wishes, offsets, strict=True)], weights)
    return {name: at + offset for name, at, offset in zip(layer, free, offsets, strict=True)}


def _in_order(wishes: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Return the nearest rising sequence, by least squares: neighbours in the wrong order meet at their mean."""
    blocks: list[tuple[float, float, int]] = []
    for wish, weight in zip(wishes, weights, strict=True):
        at, heavy, count = wish, weight, 1
        while blocks and blocks[-1][0] > at:
            other, more, others = blocks.pop()
            at = (at * heavy + other * more) / (heavy + more)
            heavy, count = heavy + more, count + others
        blocks.append((at, heavy, count))
    return [at for at, _, count in blocks for _ in range(count)]
