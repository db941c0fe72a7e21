"""Erasures, as signed lines in a file outside the database: an older copy that is restored brings the erased back, and
they can be erased again.

One JSON object a line: the bank's id of the customer, when they were erased, a MAC. Knows no SQL.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import make_url

from wakeup.domain.ids import CustomerId

PATIENCE_S = 0.2
"""Whoever truncates the log keeps the writer waiting so long at most."""


class Erasure(NamedTuple):
    customer_id: CustomerId
    at: datetime


class Kept(NamedTuple):
    erasures: Sequence[Erasure]
    wrong: Sequence[int]
    """Lines, from 1: cut off, altered, or signed with another key. They erase nobody."""


def erasures_file(anchors: Path) -> Path:
    """Beside a node's anchors, and named after them: nodes may share a folder."""
    return anchors.with_name(f"{anchors.name}.erasures")


def note_erasures(path: Path, key: bytes, erased: Iterable[Erasure]) -> None:
    """Append them; they are on the disk when this returns. Blocks. A command may do so beside a running service."""
    lines = b"".join(_line(key, one).encode() + b"\n" for one in erased)
    path.parent.mkdir(parents=True, exist_ok=True)
    # One write at the end of the file, readable by its own user: nobody's lines are mixed with it.
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if _is_torn(file):
            lines = b"\n" + lines
        os.write(file, lines)
        os.fsync(file)
    finally:
        os.close(file)


def _is_torn(file: int) -> bool:
    """A crash, or a full disk, cut its last line off: what follows must not be spoilt by it."""
    size = os.fstat(file).st_size
    return size > 0 and os.pread(file, 1, size - 1) != b"\n"


def read_erasures(path: Path, key: bytes) -> Kept:
    """Those that were written down, oldest first, and which lines are not what was signed. Raises OSError."""
    found, wrong = list[Erasure](), list[int]()
    for n, line in enumerate(path.read_bytes().removesuffix(b"\n").split(b"\n"), 1):
        one = _checked(line, key)
        if one is not None:
            found.append(one)
        elif line:
            wrong.append(n)
    return Kept(found, wrong)


def _checked(line: bytes, key: bytes) -> Erasure | None:
    """What it says, if the line is exactly what was signed."""
    try:
        body = json.loads(line)["body"]
        one = Erasure(CustomerId(body["customer"]), datetime.fromisoformat(body["at"]))
    except (ValueError, KeyError, TypeError):
        return None
    return one if hmac.compare_digest(_line(key, one).encode(), line) else None


def drop_old_pages(database_url: str) -> bool:
    """On SQLite the log keeps older pages, keys among them, until it is written anew: empty it. Blocks.

    False if it could not be done now: somebody who reads may need it.
    """
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return True
    with closing(sqlite3.connect(url.database, timeout=PATIENCE_S)) as connection:
        [busy, *_] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _line(key: bytes, one: Erasure) -> str:
    body = {"at": one.at.astimezone(UTC).isoformat(timespec="microseconds"), "customer": one.customer_id, "v": 1}
    mac = hmac.digest(key, f"erasure 1{_json(body)}".encode(), hashlib.sha256).hex()
    return _json({"body": body, "mac": mac})


def _json(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
