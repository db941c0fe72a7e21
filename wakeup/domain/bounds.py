"""How far a bank may move a number of its policy."""

from __future__ import annotations

from dataclasses import field
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def bounded(usual: T, *, least: T | None = None, above: T | None = None, most: T | None = None) -> T:
    """A field of a dataclass whose value in a policy file is from `least`, or above `above`, to `most`.

    The file is checked where it is read (`runtime/policy/table.py`); the dataclass itself takes any value.
    """
    bounds = {"ge": least, "gt": above, "le": most}
    kept: T = field(default=usual, metadata={name: bound for name, bound in bounds.items() if bound is not None})
    return kept
