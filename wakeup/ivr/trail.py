"""The trail of one input: which exits it took, and which nodes it entered. Stories are checked by it.

The interpreter tells the `Follower` of its context each exit where it takes it. Nothing it does depends on a follower,
and nothing of a trail is stored with the conversation.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Again(StrEnum):
    """What happens at a node that the call stays at."""

    ASKED = "asked again"
    """In words that are meant for it, such as a reprompt."""
    REPEATED = "repeated"
    """In the words that were said before, or the last of them."""
    WAITS = "waits on"
    JOINS = "enters the room"


@dataclass(frozen=True, slots=True)
class Trail:
    """What one input did; empty if it changed nothing."""

    exits: tuple[str, ...] = ()
    """Paths such as `entry.human` and `nodes.code.keys.1`. A reprompt that is said, and the wording of a question that
    is asked, are exits that lead to their own node."""
    nodes: tuple[str, ...] = ()
    """Nodes entered, in order."""
    again: Again | None = None
    """None if the call goes on to another node, or ends."""


class Follower:
    """Is told where the interpreter goes, and keeps nothing of it: nobody asked for the trail."""

    __slots__ = ()

    def took(self, node: str, exit_name: str, at: int | None = None) -> None:
        """An exit of this node was taken, `at` its place in a list; with no node, one of the whole script."""

    def entered(self, node: str) -> None:
        """A node was entered."""

    def stayed(self, again: Again) -> None:
        """The call stays at its node."""

    def gave_up(self, exit_name: str, node: str) -> None:
        """The call ends at this node, by this exit of the whole script. What was told before did not come about."""


NOBODY = Follower()


class Tracker(Follower):
    """Keeps the trail of one input."""

    __slots__ = ("_again", "_exits", "_nodes")

    def __init__(self) -> None:
        self._exits: list[str] = []
        self._nodes: list[str] = []
        self._again: Again | None = None

    @property
    def trail(self) -> Trail:
        return Trail(tuple(self._exits), tuple(self._nodes), self._again)

    def took(self, node: str, exit_name: str, at: int | None = None) -> None:
        place = "" if at is None else f"[{at}]"
        self._exits.append(f"{f'nodes.{node}.' if node else ''}{exit_name}{place}")

    def entered(self, node: str) -> None:
        self._nodes.append(node)

    def stayed(self, again: Again) -> None:
        self._again = again

    def gave_up(self, exit_name: str, node: str) -> None:
        self._exits, self._nodes, self._again = [exit_name], [node], None
