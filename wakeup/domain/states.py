"""State machines as tables: `TABLE[state][event] -> state`. An event that is not in the table raises an error."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from wakeup.domain.errors import IllegalTransitionError

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


def move(table: Mapping[S, Mapping[E, S]], state: S, event: E) -> S:
    """Return the state after `event`. Raises IllegalTransitionError when the table has no such transition."""
    after = table.get(state, {}).get(event)
    if after is None:
        raise IllegalTransitionError(type(state).__name__, state, event)
    return after


def mermaid(table: Mapping[S, Mapping[E, S]], start: S) -> str:
    """Return the table as a mermaid state diagram, for the docs."""
    arrows = [f"    {state} --> {after}: {event}" for state, row in table.items() for event, after in row.items()]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {start}", *arrows])
