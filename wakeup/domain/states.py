"""State machines as tables: `TABLE[state][event] -> state`. An event that is not in the table raises an error."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from wakeup.domain.errors import IllegalTransitionError

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


def after(table: Mapping[S, Mapping[E, S]], state: S, event: E) -> S | None:
    """Return the state after `event`, or None when the table has no such transition."""
    return table.get(state, {}).get(event)


def move(table: Mapping[S, Mapping[E, S]], state: S, event: E) -> S:
    """Return the state after `event`. Raises IllegalTransitionError when the table has no such transition."""
    moved = after(table, state, event)
    if moved is None:
        raise IllegalTransitionError(type(state).__name__, state, event)
    return moved


def mermaid(table: Mapping[S, Mapping[E, S]], start: S) -> str:
    """Return the table as a mermaid state diagram, for the docs."""
    arrows = [f"    {state} --> {moved}: {event}" for state, row in table.items() for event, moved in row.items()]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {start}", *arrows])
