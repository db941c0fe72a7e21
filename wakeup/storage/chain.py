"""The timeline's chain: each row carries a keyed MAC over itself and the MAC of the row before.

The key is kept outside the database, so write access to the rows is not enough to forge history. A chain whose
last rows were deleted still looks whole. The count and head stored with the case reveal that, and so do the
anchors outside the database.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from wakeup.domain.keyed_hash import hmac_sha256
from wakeup.storage.instants import as_text

NO_ROW = ""
"""The "previous MAC" of the first row."""
ADMIN = "admin"
"""Used as the case id in the chain of the administration log. No case has this id."""


class ChainRow(NamedTuple):
    """One timeline row as stored."""

    case_id: str
    n: int
    """1, 2, 3 … within the case."""
    at: datetime
    kind: str
    by: str
    data: str
    """JSON text, exactly as stored."""
    mac: str


class Head(NamedTuple):
    """The length of a case's timeline, and the MAC of its newest row."""

    n: int
    mac: str


class FaultKind(StrEnum):
    ALTERED = "altered"
    """The row is not what was written."""
    REMOVED = "removed"
    """Rows before this one are missing."""
    INSERTED = "inserted"
    """The number of this row is already taken, or is lower than that of the row before."""
    TRUNCATED = "truncated"
    """The end of the history is missing: rows were deleted, or an older copy was restored."""
    REWRITTEN = "rewritten"
    """The history differs from the one that was anchored."""
    DECISION_ALTERED = "decision_altered"
    """A decision is not what the timeline says, or only one of the two is there."""
    ANCHOR_ALTERED = "anchor_altered"
    ANCHOR_REMOVED = "anchor_removed"
    """Anchors are missing or out of order."""
    ANCHOR_STALE = "anchor_stale"
    """The newest anchors are missing, or none were written."""
    ANCHOR_FROM_FUTURE = "anchor_from_future"
    """The first anchor dated later than now. The clock was ahead, or the date was forged to suppress ANCHOR_STALE
    until then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A violation found by the check. Contains only ids and numbers."""

    kind: FaultKind
    case_id: str | None = None
    n: int | None = None
    """Number of the row within the case, or of the line in the anchors file."""


def mac(
    key: bytes,
    previous: str,
    case_id: str,
    n: int,
    at: datetime,
    kind: str,
    by: str,
    data_json: str,
) -> str:
    """Return the HMAC-SHA256, in hex, of the row and the MAC before it ("" for the first row). `at` is aware."""
    # Each part is preceded by its length, so that no two rows give the same text.
    text = (
        f"timeline 1 {len(previous)}:{previous}{len(case_id)}:{case_id}{n}:{as_text(at)}"
        f"{len(kind)}:{kind}{len(by)}:{by}{data_json}"
    )
    return hmac_sha256(key)(text.encode()).hex()


def verify_chain(rows: Iterable[ChainRow], key: bytes, heads: Mapping[str, Head] | None = None) -> list[Fault]:
    """Check every row; they must come ordered by case and number.

    With `heads`, the counts and heads stored with the cases, also check where each chain ends.
    """
    faults: list[Fault] = []
    ends: dict[str, Head] = {}
    before = Head(0, NO_ROW)
    case_id: str | None = None
    for row in rows:
        if row.case_id != case_id:
            case_id, before = row.case_id, ends.get(row.case_id, Head(0, NO_ROW))
        faults += _faults_of(row, before, key)
        before = ends[row.case_id] = Head(max(row.n, before.n), row.mac)
    if heads is not None:
        faults += _faults_of_ends(ends, heads)
    return faults


def _faults_of(row: ChainRow, before: Head, key: bytes) -> Iterable[Fault]:
    if row.n > before.n + 1:
        # The row that this one was chained to is missing, so its MAC cannot be checked.
        yield Fault(kind=FaultKind.REMOVED, case_id=row.case_id, n=row.n)
    elif row.n <= before.n:
        yield Fault(kind=FaultKind.INSERTED, case_id=row.case_id, n=row.n)
    else:
        fields = (row.case_id, row.n, row.at, row.kind, row.by, row.data)
        if not hmac.compare_digest(mac(key, before.mac, *fields).encode(), row.mac.encode()):
            yield Fault(kind=FaultKind.ALTERED, case_id=row.case_id, n=row.n)


def _faults_of_ends(ends: Mapping[str, Head], heads: Mapping[str, Head]) -> Iterable[Fault]:
    for case_id, head in heads.items():
        end = ends.get(case_id, Head(0, NO_ROW))
        if end.n < head.n:
            yield Fault(kind=FaultKind.TRUNCATED, case_id=case_id, n=end.n)
        elif end != head:
            yield Fault(kind=FaultKind.REWRITTEN, case_id=case_id, n=end.n)
    for case_id in ends.keys() - heads.keys():
        # Rows of a case that does not exist: the case was deleted.
        yield Fault(kind=FaultKind.REMOVED, case_id=case_id)
