"""What was said in conversations that are over: word for word of one case, and in numbers over all of a script.

The words are opened for one customer at a time; the numbers come from the timeline, which holds none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from wakeup.domain.ids import CaseId
from wakeup.usecases.records import Note, SpokenTurn, Talk
from wakeup.usecases.unit import Talks

PAGE = 5_000
HUNG_UP = "hungup"
"""As `talk.take_turn` notes it."""
Move = tuple[str, str, str]
"""From which node, to which one, and upon what kind of act of theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """One conversation and all its turns, as they were served."""

    talk: Talk
    turns: tuple[SpokenTurn, ...]


def transcripts_of(talks: Talks, case_id: CaseId) -> list[Transcript]:
    """A case's conversations, oldest first. Raises NotFoundError: no such case, or its customer was erased."""
    return [
        Transcript(talk=talk, turns=tuple(talks.turns(talk.attempt_id, talk.customer_id)))
        for talk in talks.of_case(case_id)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathCounts:
    """How the conversations of one version of a script went. Nodes are those at which somebody was listened to, and
    those at which the call ended; the node before the first one is empty."""

    calls: int
    others: int
    """Conversations of the same script in another version."""
    moves: Mapping[Move, int]
    again: Mapping[str, int]
    """How often the same node spoke again: silence, something unclear, or a wish to hear it once more."""
    hung_up: Mapping[str, int]
    seconds: Mapping[str, float]
    """Median, from the first word at a node to the next node or the end of the call."""


@dataclass(slots=True)
class _Stay:
    """Where a conversation is."""

    node: str = ""
    since: datetime | None = None


@dataclass(slots=True)
class _Tally:
    calls: int = 0
    others: int = 0
    moves: Counter[Move] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    hung_up: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)


def path_counts(talks: Talks, script_id: str, content_hash: str) -> PathCounts:
    """Reads the timeline page by page, in one snapshot. What it keeps grows with the turns of this script only."""
    tally = _Tally()
    stays: dict[str, _Stay] = {}
    case = None
    for case_id, at, note in _steps(talks):
        if case_id != case:
            # The notes of a case stand together: its conversations are over, or all there is of them.
            case, stays = case_id, {}
        attempt = str(note.data["attempt"])
        if note.kind == "turn":
            if attempt in stays:
                _move(tally, stays[attempt], str(note.data["node"]), str(note.data["act"]), at)
        elif note.data["script"] == script_id:
            if note.data["content"] == content_hash:
                tally.calls += 1
                stays[attempt] = _Stay()
            else:
                tally.others += 1
    return PathCounts(
        calls=tally.calls, others=tally.others, moves=tally.moves, again=tally.again, hung_up=tally.hung_up,
        seconds={node: median(seconds) for node, seconds in tally.seconds.items()},
    )  # fmt: skip


def _steps(talks: Talks) -> Iterator[tuple[CaseId, datetime, Note]]:
    after = (CaseId(""), 0)
    while True:
        page = talks.steps(after, PAGE)
        for case_id, n, at, note in page:
            yield case_id, at, note
            after = (case_id, n)
        if len(page) < PAGE:
            return


def _move(tally: _Tally, stay: _Stay, node: str, act: str, at: datetime) -> None:
    if act != HUNG_UP and node == stay.node:
        tally.again[node] += 1
        return
    if stay.since is not None:
        tally.seconds.setdefault(stay.node, []).append((at - stay.since).total_seconds())
    if act == HUNG_UP:
        tally.hung_up[node] += 1
        stay.since = None
        return
    tally.moves[stay.node, node, act] += 1
    stay.node, stay.since = node, at
