"""Anchors: each minute one signed line in a file outside the database records the length of every changed
timeline.

Each line is one JSON object and contains the hash of the line before. Keep the file where the database's
administrators cannot write.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from wakeup.storage.chain import ChainRow, Fault, FaultKind, Head

STALE_AFTER = timedelta(minutes=5)
CLOCKS_DIFFER = timedelta(minutes=1)
_BLOCK = 1 << 16
_ENDS_OF_ONE_LINE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """The content of one line."""

    n: int
    """Number of the line in the file, from 1."""
    at: datetime
    cases: int
    rows: int
    """Of the whole timeline; where `more` lines follow, of the cases that they have named so far."""
    heads: Mapping[str, Head]
    """Heads of the cases changed since the anchor before. Naming a case again does no harm."""
    previous: str
    """SHA-256 of the line before, "" for the first."""
    digest: str
    """SHA-256 of this line."""
    more: bool = False
    """Every case is being named, over several lines, and this is not the last of them."""


class KnownAnchor(NamedTuple):
    """An anchor as recorded in the database. It shows when the end of the file was lost."""

    n: int
    digest: str


def write_anchor(
    path: Path,
    key: bytes,
    *,
    at: datetime,
    cases: int,
    rows: int,
    heads: Mapping[str, Head],
    more: bool = False,
) -> Anchor:
    """Append an anchor; it is on the disk when this returns. One writer per file. Blocks, so call it in a thread."""
    last = last_anchor(path)
    body = {
        "v": 1,
        "n": last.n + 1 if last else 1,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "cases": cases,
        "rows": rows,
        "heads": {case_id: list(head) for case_id, head in sorted(heads.items())},
        "previous": last.digest if last else "",
        **({"more": True} if more else {}),
    }
    line = _json({"body": body, "mac": _sign(key, body)})
    _append(path, line.encode() + b"\n")
    return _anchor(body, line.encode())


def last_anchor(path: Path) -> Anchor | None:
    """Return the newest anchor, without checking its MAC. The next anchor is chained to it, and changes are looked
    for since its time.

    Raises ValueError when the last line is not an anchor.
    """
    line, _end = _tail(path)
    try:
        return _anchor(json.loads(line)["body"], line) if line else None
    except (KeyError, TypeError, AttributeError):
        raise ValueError("the last line is not an anchor") from None


def goes_on(last: Anchor | None, path: Path, known: KnownAnchor | None) -> bool:
    """True if the file may be continued after `last`, which requires that it contains the `known` anchor."""
    if known is None:
        return True
    if last is None or last.n < known.n:
        return False
    # The whole file is read only after a crash between writing a line and recording it in the database.
    return last.digest == known.digest or any(_digest(line) == known.digest for line in _lines(path))


def heads_behind(path: Path, key: bytes, known: KnownAnchor) -> dict[str, Head]:
    """Return the newest heads named by the lines after the `known` anchor. Lines that were altered are left out."""
    heads: dict[str, Head] = {}
    is_behind = False
    for line in _lines(path):
        if is_behind and (anchor := _checked(line, key)) is not None:
            heads.update(anchor.heads)
        is_behind = is_behind or _digest(line) == known.digest
    return heads


def read_anchors(
    path: Path,
    key: bytes,
    *,
    known: KnownAnchor | None = None,
    now: datetime | None = None,
    today: datetime | None = None,
) -> tuple[list[Fault], dict[str, Head]]:
    """Check the file itself. Return its faults, and for each chain the newest head that it names.

    `known`: an anchor that the file must contain. `now`: report when the newest anchor is too old for this time.
    `today`: report the first anchor dated after this time.
    """
    faults: list[Fault] = []
    newest: dict[str, Head] = {}
    before: Anchor | None = None
    missed = None if known is None else known.digest
    for n, line in enumerate(_lines(path), 1):
        if missed is not None and _digest(line) == missed:
            missed = None
        anchor = _checked(line, key)
        if anchor is None:
            faults.append(Fault(kind=FaultKind.ANCHOR_ALTERED, n=n))
            continue
        if not _follows(anchor, before):
            faults.append(Fault(kind=FaultKind.ANCHOR_REMOVED, n=n))
        faults += _shrunk(anchor, newest)
        newest.update(anchor.heads)
        if today is not None and anchor.at > today + CLOCKS_DIFFER:
            faults.append(Fault(kind=FaultKind.ANCHOR_FROM_FUTURE, n=n))
            today = None
        before = anchor
    faults += _faults_of_age(before, now, missed=missed is not None)
    return faults, newest


def keep_anchored(rows: Iterable[ChainRow], anchored: dict[str, Head], faults: list[Fault]) -> Iterator[ChainRow]:
    """Pass the rows on, compare those that `anchored` names, and remove them from it. What is left when all rows were
    seen is not in the database (`never_seen`).

    A row's MAC covers all rows before it, so checking the newest anchored head is enough.
    """
    for row in rows:
        head = anchored.get(row.case_id)
        if head is not None and head.n == row.n:
            del anchored[row.case_id]
            if not hmac.compare_digest(row.mac.encode(), head.mac.encode()):
                faults.append(Fault(kind=FaultKind.REWRITTEN, case_id=row.case_id, n=row.n))
        yield row


def never_seen(anchored: Mapping[str, Head]) -> Iterator[Fault]:
    for case_id, head in anchored.items():
        yield Fault(kind=FaultKind.TRUNCATED, case_id=case_id, n=head.n)


def _follows(anchor: Anchor, before: Anchor | None) -> bool:
    if before is None:
        return anchor.n == 1 and not anchor.previous
    return anchor.n == before.n + 1 and anchor.previous == before.digest and anchor.at >= before.at


def _faults_of_age(newest: Anchor | None, now: datetime | None, *, missed: bool) -> Iterator[Fault]:
    line = newest.n if newest else 0
    if missed:
        yield Fault(kind=FaultKind.ANCHOR_REMOVED, n=line)
    if now is not None and (newest is None or now - newest.at > STALE_AFTER):
        yield Fault(kind=FaultKind.ANCHOR_STALE, n=line)


def _shrunk(anchor: Anchor, newest: Mapping[str, Head]) -> Iterator[Fault]:
    """Report timelines that were longer in an earlier anchor: history was removed while the service went on
    writing anchors."""
    for case_id, head in anchor.heads.items():
        if head.n < newest.get(case_id, head).n:
            yield Fault(kind=FaultKind.TRUNCATED, case_id=case_id, n=head.n)


def _checked(line: bytes, key: bytes) -> Anchor | None:
    """Return the anchor, or None unless the line is exactly what was signed."""
    try:
        record = json.loads(line)
        body, signed = record["body"], record["mac"]
        if not hmac.compare_digest(_sign(key, body), signed) or _json(record).encode() != line:
            return None
        return _anchor(body, line)
    except (ValueError, KeyError, TypeError):
        return None


def _anchor(body: Mapping[str, Any], line: bytes) -> Anchor:
    return Anchor(
        n=body["n"],
        at=datetime.fromisoformat(body["at"]),
        cases=body["cases"],
        rows=body["rows"],
        heads={case_id: Head(*head) for case_id, head in body["heads"].items()},
        previous=body["previous"],
        digest=_digest(line),
        more=body.get("more", False),
    )


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()


def _sign(key: bytes, body: Mapping[str, Any]) -> str:
    return hmac.digest(key, f"anchor 1{_json(body)}".encode(), hashlib.sha256).hex()


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _lines(path: Path) -> Iterator[bytes]:
    """Yield the finished lines. A line without its end never counted as written."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield line[:-1]


def _tail(path: Path) -> tuple[bytes, int]:
    """Return the last finished line and the offset where it ends. Reads from the end, as the file grows for years,
    and each block once, as a line may be long."""
    if not path.exists():
        return b"", 0
    blocks: list[bytes] = []
    ends = 0
    with path.open("rb") as file:
        size = start = file.seek(0, os.SEEK_END)
        while start and ends < _ENDS_OF_ONE_LINE:
            start = file.seek(max(0, start - _BLOCK))
            blocks.append(file.read(min(size - start, _BLOCK)))
            ends += blocks[-1].count(b"\n")
            size = start
    tail = b"".join(reversed(blocks))
    whole, end, _torn = tail.rpartition(b"\n")
    return whole.rpartition(b"\n")[2], start + len(whole) + len(end)


def _append(path: Path, line: bytes) -> None:
    _last, end = _tail(path)
    is_new = not path.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        # Remove a line torn by a crash: it never counted as written.
        file.truncate(end)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
    if is_new:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
