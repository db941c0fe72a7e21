"""What was said in past conversations: verbatim for one case, and as counts for a whole script.

The words are decrypted for one customer at a time; the counts come from the timeline, which holds no words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from wakeup.domain.ids import AttemptId, CaseId
from wakeup.usecases.records import Note, SpokenTurn, Talk
from wakeup.usecases.repositories.talks import Talks

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
class _Tally:
    calls: int = 0
    others: int = 0
    moves: Counter[Move] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)
    hung_up: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, list[float]] = field(default_factory=dict)


def path_counts(talks: Talks, script_id: str, content_hash: str) -> PathCounts:
    """Count the paths of one script version. Reads the timeline page by page, in one snapshot; memory grows only
    with the turns of this script."""
    tally = _Tally()
    stays: dict[str, _Stay] = {}
    case = None
    for case_id, at, note in _steps(talks):
        if case_id != case:
            # The notes of a case are consecutive, so the previous case is complete.
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
