"""What was said in past conversations: verbatim for one case, and as counts for a whole script.

The words are decrypted for one customer at a time; the counts come from the timeline, which holds no words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from wakeup.domain.ids import AttemptId, CaseId
from wakeup.usecases.records import Note, SpokenTurn, Talk
from wakeup.usecases.repositories.talks import Talks
from wakeup.usecases.unit import Unit

PAGE = 5_000
HUNG_UP = "hungup"
"""The act under which `talk.take_turn` notes a hang-up."""
Move = tuple[str, str, str]
"""From node, to node, and the kind of callee input that led there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One conversation and all its turns, as they were served."""

    talk: Talk
    turns: tuple[SpokenTurn, ...]
    damaged: bool = False
    """Some of its turns cannot be read any more, and are left out."""


def transcripts_of(talks: Talks, case_id: CaseId) -> list[Transcript]:
    """Return a case's conversations, oldest first, without damaged ones. Raises NotFoundError when there is no such
    case or its customer was erased."""
    return transcripts_and_damaged(talks, case_id)[0]


def transcripts_and_damaged(talks: Talks, case_id: CaseId) -> tuple[list[Transcript], frozenset[AttemptId]]:
    """Like `transcripts_of`, together with the calls whose conversation cannot be read any more."""
    found = talks.of_case(case_id)
    readable = [_transcript(talks, talk) for _, talk in found if talk is not None]
    return readable, frozenset(call for call, talk in found if talk is None)


def _transcript(talks: Talks, talk: Talk) -> Transcript:
    found = talks.turns(talk.attempt_id, talk.customer_id)
    turns = tuple(turn for turn in found if turn is not None)
    return Transcript(talk=talk, turns=turns, damaged=len(turns) < len(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class PathCounts:
    """Counts of the conversations of one script version.

    Nodes are those that listened to the callee, and those at which the call ended; the node before the first one
    is the empty string.
    """

    calls: int
    others: int
    """Number of conversations of the same script in other versions."""
    moves: Mapping[Move, int]
    again: Mapping[str, int]
    """How often the same node spoke again: after silence, unclear input, or a request to repeat."""
    hung_up: Mapping[str, int]
    seconds: Mapping[str, float]
    """Median seconds from the first word at a node to the next node or the end of the call."""


@dataclass(slots=True)
class _Stay:
    """The current node of a conversation, and since when."""

    node: str = ""
    since: datetime | None = None


@dataclass(slots=True)
class PathTally:
    """Counts the paths of one script version page by page. Memory grows only with the turns of this script."""

    script_id: str
    content_hash: str
    calls: int = 0
    others: int = 0
    moves: Counter[Move] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    hung_up: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    _place: tuple[CaseId, int] = (CaseId(""), 0)
    """The last row that was counted."""
    _stays: dict[str, _Stay] = field(default_factory=dict)
    """By attempt, for the case of that row."""

    def count_page(self, talks: Talks) -> PathCounts | None:
        """Count the next page of the timeline. Returns the counts when it was the last one."""
        page = talks.steps(self._place, PAGE)
        for case_id, n, at, note in page:
            if case_id != self._place[0]:
                # The notes of a case are consecutive, so the previous case is complete.
                self._stays = {}
            self._place = (case_id, n)
            self._add(at, note)
        return self._counts() if len(page) < PAGE else None

    def _add(self, at: datetime, note: Note) -> None:
        attempt = str(note.data["attempt"])
        if note.kind == "turn":
            if attempt in self._stays:
                self._move(self._stays[attempt], str(note.data["node"]), str(note.data["act"]), at)
        elif note.data["script"] == self.script_id:
            if note.data["content"] == self.content_hash:
                self.calls += 1
                self._stays[attempt] = _Stay()
            else:
                self.others += 1

    def _move(self, stay: _Stay, node: str, act: str, at: datetime) -> None:
        if act != HUNG_UP and node == stay.node:
            self.again[node] += 1
            return
        if stay.since is not None:
            self.seconds.setdefault(stay.node, []).append((at - stay.since).total_seconds())
        if act == HUNG_UP:
            self.hung_up[node] += 1
            stay.since = None
            return
        self.moves[stay.node, node, act] += 1
        stay.node, stay.since = node, at

    def _counts(self) -> PathCounts:
        return PathCounts(
            calls=self.calls, others=self.others, moves=self.moves, again=self.again, hung_up=self.hung_up,
            seconds={node: median(seconds) for node, seconds in self.seconds.items()},
        )  # fmt: skip


def count_page(unit: Unit, tally: PathTally) -> PathCounts | None:
    """Count one page, for a caller that lets others work between two. The median is taken here, too, because it takes
    long. Run again after a fault, it goes on where the tally is."""
    return tally.count_page(unit.talks)


def path_counts(talks: Talks, script_id: str, content_hash: str) -> PathCounts:
    """Count the paths of one script version at once, in the snapshot of `talks`."""
    tally = PathTally(script_id, content_hash)
    while (counts := tally.count_page(talks)) is None:
        pass
    return counts
