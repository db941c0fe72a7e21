"""The drawing: boxes, lines and bands with their coordinates, independent of the page they are shown on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from wakeup.runtime.scripts.graph.coordinates import BOX_WIDTH, placed
from wakeup.runtime.scripts.graph.layers import layered
from wakeup.runtime.scripts.graph.lines import lines_of
from wakeup.runtime.scripts.graph.script_graph import Pair, ScriptGraph
from wakeup.runtime.scripts.graph.shapes import Band, Box, Line, Picture, Text

_MARGIN, _LEFT = 24.0, 46.0
_PANEL_GAP = 64.0


def drawn(
    graph: ScriptGraph, boxes: Mapping[str, Box], groups: Sequence[str], labels: Mapping[Pair, str], elsewhere: str
) -> Picture:
    """Return the drawing: the path of a call from top to bottom, and below it what is only open from everywhere, in a
    band with the title `elsewhere`."""
    main = _reached(graph)
    panels = [_panel(graph, boxes, labels, main, graph.begins)]
    panels += [_panel(graph, boxes, labels, part, graph.everywhere) for part in _parts(graph, main)]
    width = max(panels[0].width, *(panel.width for panel in panels), 900.0)
    first = panels[0].moved(_LEFT, _MARGIN)
    bands = _bands(first, groups)
    packed, height = _packed(panels[1:], width, _MARGIN + first.height + _PANEL_GAP)
    if packed:
        top = _MARGIN + first.height + _PANEL_GAP - 16
        bands.append(Band(title=elsewhere, y=top, height=height - top + 16))
    every = [first, *packed]
    return Picture(
        boxes=tuple(box for panel in every for box in panel.boxes),
        lines=tuple(line for panel in every for line in panel.lines),
        bands=tuple(bands),
        width=_LEFT + width + _MARGIN,
        height=height + _MARGIN,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Panel:
    """One connected part of the drawing, with the layer of each box."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    tops: tuple[tuple[float, float], ...]
    layer_of: Mapping[str, int]
    width: float
    height: float
    at: tuple[float, float] = (0.0, 0.0)

    def moved(self, x: float, y: float) -> _Panel:
        boxes = tuple(replace(box, x=box.x + x, y=box.y + y) for box in self.boxes)
        lines = tuple(replace(line, x=line.x + x, y=line.y + y, path=_moved(line.path, x, y)) for line in self.lines)
        return replace(self, boxes=boxes, lines=lines, at=(x, y))


def _moved(path: str, x: float, y: float) -> str:
    parts = []
    for part in path.split(" "):
        if "," not in part:
            parts.append(part)
            continue
        left, top = part.split(",")
        parts.append(f"{float(left) + x:.1f},{float(top) + y:.1f}")
    return " ".join(parts)


def _reached(graph: ScriptGraph) -> list[str]:
    after: dict[str, list[str]] = {}
    for source, target in graph.edges:
        after.setdefault(source, []).append(target)
    seen: set[str] = set()
    waiting = list(graph.begins)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += after.get(name, [])
    return [name for name in graph.nodes if name in seen]


def _parts(graph: ScriptGraph, main: Iterable[str]) -> list[list[str]]:
    """Return the remaining nodes, split into connected parts."""
    rest = set(graph.nodes) - set(main)
    near: dict[str, set[str]] = {name: set() for name in rest}
    for source, target in graph.edges:
        if source in rest and target in rest:
            near[source].add(target)
            near[target].add(source)
    parts = []
    for name in graph.nodes:
        if name not in rest:
            continue
        part, waiting = set(), [name]
        while waiting:
            one = waiting.pop()
            if one not in part:
                part.add(one)
                waiting += near[one]
        rest -= part
        parts.append([one for one in graph.nodes if one in part])
    return parts


def _panel(
    graph: ScriptGraph, boxes: Mapping[str, Box], labels: Mapping[Pair, str], names: Sequence[str], roots: Iterable[str]
) -> _Panel:
    inside = set(names)
    edges = [edge for edge in graph.edges if edge[0] in inside and edge[1] in inside]
    order = layered(names, edges, [root for root in roots if root in inside])
    away = [edge for edge in graph.edges if edge[0] in inside and edge[1] not in inside]
    own = {name: boxes[name] for name in names}
    for source, target in [*order.back, *away]:
        arrow = "↺" if source == target else "→"
        words = " ".join(filter(None, (arrow, "" if source == target else target, labels[source, target])))
        own[source] = replace(own[source], texts=(*own[source].texts, Text(words=words, role="out", to=target)))
    places = placed(order, {name: box.height for name, box in own.items()})
    own = {
        name: replace(box, x=places.x[name] - BOX_WIDTH / 2, y=places.tops[places.layer_of[name]])
        for name, box in own.items()
    }
    return _Panel(
        boxes=tuple(own.values()),
        lines=tuple(lines_of(order, places, own, labels)),
        tops=tuple(zip(places.tops, places.heights, strict=True)),
        layer_of=places.layer_of,
        width=places.width,
        height=places.height,
    )


def _bands(panel: _Panel, groups: Sequence[str]) -> list[Band]:
    """Group layers into bands by part of the script: the part of the node in each layer that leads to most others."""
    below = _below(panel.lines)
    mostly: list[int] = []
    for n in range(len(panel.tops)):
        here = [box for box in panel.boxes if panel.layer_of[box.name] == n]
        most = max((len(below[box.name]) for box in here), default=0)
        leading = [box.group for box in here if len(below[box.name]) == most]
        mostly.append(mostly[-1] if mostly and mostly[-1] in leading else leading[0])
    bands: list[Band] = []
    first = 0
    for n, group in enumerate(mostly):
        if n + 1 < len(mostly) and mostly[n + 1] == group:
            continue
        top = panel.tops[first][0] - 14
        bottom = panel.tops[n][0] + panel.tops[n][1] + 14
        bands.append(Band(title=groups[group], y=panel.at[1] + top, height=bottom - top))
        first = n + 1
    return bands


def _below(lines: Iterable[Line]) -> dict[str, set[str]]:
    """Return all nodes that each node leads to, directly or not."""
    after: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        after[line.source].add(line.target)
    below: dict[str, set[str]] = defaultdict(set)
    for name in list(after):
        waiting = [name]
        while waiting:
            fresh = after.get(waiting.pop(), set()) - below[name]
            below[name] |= fresh
            waiting += fresh
    return below


def _packed(panels: Sequence[_Panel], width: float, top: float) -> tuple[list[_Panel], float]:
    """Place panels side by side in rows. Also return the bottom of the last row."""
    found, x, y, row = [], 0.0, top, 0.0
    for panel in sorted(panels, key=lambda panel: -panel.height):
        if x and x + panel.width > width:
            x, y, row = 0.0, y + row + _PANEL_GAP / 2, 0.0
        found.append(panel.moved(_LEFT + x, y))
        x, row = x + panel.width + 2 * _MARGIN, max(row, panel.height)
    return found, y + row if panels else top - _PANEL_GAP
