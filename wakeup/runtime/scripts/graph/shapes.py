"""The shapes of a drawing: boxes with small lines of text, lines between them, and bands behind, in pixels."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from wakeup.runtime.scripts.graph.coordinates import BOX_WIDTH

TITLE_Y, LINE_Y, FOOT_Y = 19.0, 14.0, 9.0
_LONGEST, _LONGEST_TITLE = 26, 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One small line in a box; with `to` it links to another node."""

    words: str
    role: str
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    name: str
    kind: str
    group: int
    texts: tuple[Text, ...]
    x: float = 0.0
    y: float = 0.0

    @property
    def width(self) -> float:
        return BOX_WIDTH

    @property
    def height(self) -> float:
        return TITLE_Y + LINE_Y * len(self.texts) + FOOT_Y

    @property
    def title(self) -> str:
        return shortened(self.name, _LONGEST_TITLE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    source: str
    target: str
    path: str
    label: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    title: str
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    bands: tuple[Band, ...]
    width: float
    height: float


def shortened(text: str, most: int = _LONGEST) -> str:
    """Shorten text to a width. Chinese characters count twice."""
    width = 0
    for n, letter in enumerate(text):
        width += 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        if width > most:
            return text[: max(n - 1, 1)] + "…"
    return text
