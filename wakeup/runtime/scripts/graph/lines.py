"""Compute the lines of a drawing: where they leave and arrive, how they bend, and where their labels are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wakeup.runtime.scripts.graph.coordinates import BOX_WIDTH, Placed
from wakeup.runtime.scripts.graph.layers import Layered
from wakeup.runtime.scripts.graph.script_graph import Pair
from wakeup.runtime.scripts.graph.shapes import Box, Line

_PORT_GAP = 16.0
_LABEL_HEIGHT, _LETTER = 13.0, 5.9
_LABEL_AT = (0.5, 0.38, 0.62, 0.27, 0.73, 0.16, 0.84)
Point = tuple[float, float]


def lines_of(order: Layered, places: Placed, boxes: Mapping[str, Box], labels: Mapping[Pair, str]) -> list[Line]:
    leave = _ports([chain[:2] for chain in order.chains.values()], places, 0)
    arrive = _ports([chain[-2:] for chain in order.chains.values()], places, 1)
    taken: list[tuple[float, float, float]] = []
    lines = []
    for pair, chain in order.chains.items():
        source, target = pair
        x = places.x[source] + leave[chain[0], chain[1]]
        path = [f"M {x:.1f},{boxes[source].y + boxes[source].height:.1f}"]
        y = places.tops[places.layer_of[source]] + places.heights[places.layer_of[source]]
        path.append(f"L {x:.1f},{y:.1f}")
        start, end = (x, y), (x, y)
        for n, station in enumerate(chain[1:]):
            layer = places.layer_of[station]
            to_x = places.x[station] + (arrive[chain[-2], chain[-1]] if station == target else 0.0)
            top = places.tops[layer]
            end = (to_x, top) if n == 0 else end
            middle = (y + top) / 2
            path.append(f"C {x:.1f},{middle:.1f} {to_x:.1f},{middle:.1f} {to_x:.1f},{top:.1f}")
            x, y = to_x, top
            if station != target:
                y = top + places.heights[layer]
                path.append(f"L {x:.1f},{y:.1f}")
        label = labels[pair]
        at = _label_at(start, end, len(label) * _LETTER, taken) if label else start
        lines.append(Line(source=source, target=target, path=" ".join(path), label=label, x=at[0], y=at[1]))
    return lines


def _ports(ends: Sequence[Sequence[str]], places: Placed, side: int) -> dict[tuple[str, str], float]:
    """Return the horizontal offset of each line at its box: side by side, in the order of their other ends."""
    of: dict[str, list[tuple[str, str]]] = {}
    for upper, lower in ends:
        of.setdefault((upper, lower)[side], []).append((upper, lower))
    offsets = {}
    for pairs in of.values():
        pairs.sort(key=lambda pair: places.x[pair[1 - side]])
        gap = min(_PORT_GAP, (BOX_WIDTH - 30) / max(len(pairs) - 1, 1))
        for n, pair in enumerate(pairs):
            offsets[pair] = (n - (len(pairs) - 1) / 2) * gap
    return offsets


def _label_at(start: Point, end: Point, width: float, taken: list[tuple[float, float, float]]) -> Point:
    """Return a place for a label on the first stretch of its line, away from other labels if possible."""
    spots = []
    for t in _LABEL_AT:
        late = t * t * (3 - 2 * t)
        x = start[0] + (end[0] - start[0]) * late
        middle = (start[1] + end[1]) / 2
        y = (1 - t) ** 3 * start[1] + 3 * t * (1 - t) * middle + t**3 * end[1]
        spots.append((x, y + 4))
    free = (
        spot
        for spot in spots
        if all(abs(spot[0] - x) > (width + w) / 2 + 3 or abs(spot[1] - y) > _LABEL_HEIGHT for x, y, w in taken)
    )
    found = next(free, spots[0])
    taken.append((*found, width))
    return found
