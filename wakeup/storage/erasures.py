"""A file of signed erasure records outside the database.

Restoring an older copy of the database brings erased customers back; with this file they can be erased again. Each
line is one JSON object: the bank's id of the customer, the time of the erasure, and a MAC.
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
"""Busy timeout in seconds for truncating the write-ahead log. The writer is kept waiting for this long at most."""


class Erasure(NamedTuple):
    customer_id: CustomerId
    at: datetime


class Kept(NamedTuple):
    erasures: Sequence[Erasure]
    wrong: Sequence[int]
    """Line numbers, from 1, of lines that are cut off, altered or signed with another key. They are ignored."""


def erasures_file(anchors: Path) -> Path:
    """Return the path of the erasures file: next to the node's anchors file and named after it, because nodes may
    share a folder."""
    return anchors.with_name(f"{anchors.name}.erasures")


def note_erasures(path: Path, key: bytes, erased: Iterable[Erasure]) -> None:
    """Append records of erasures; they are on the disk when this returns. Blocks. Raises OSError, also when only a part
    could be written.

    A command may call this while the service is running.
    """
    lines = b"".join(_line(key, one).encode() + b"\n" for one in erased)
    path.parent.mkdir(parents=True, exist_ok=True)
    # One write in append mode, so that lines of several processes are not mixed. Only the file's own user may read
    # it.
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        if _is_torn(file):
            lines = b"\n" + lines
        # A full disk takes a part of it, and refuses the rest.
        while lines:
            lines = lines[os.write(file, lines) :]
        os.fsync(file)
    except OSError as error:
        error.filename = str(path)
        raise
    finally:
        os.close(file)


def _is_torn(file: int) -> bool:
    """True if a crash or a full disk cut the last line off. The next line must then begin on a new line."""
    size = os.fstat(file).st_size
    return size > 0 and os.pread(file, 1, size - 1) != b"\n"


def read_erasures(path: Path, key: bytes) -> Kept:
    """Read the valid records, oldest first, and the numbers of invalid lines. Raises OSError."""
    found, wrong = list[Erasure](), list[int]()
    for n, line in enumerate(path.read_bytes().removesuffix(b"\n").split(b"\n"), 1):
        one = _checked(line, key)
        if one is not None:
            found.append(one)
        elif line:
            wrong.append(n)
    return Kept(found, wrong)


def _checked(line: bytes, key: bytes) -> Erasure | None:
    """Return the record, or None unless the line is exactly what was signed."""
    try:
        body = json.loads(line)["body"]
        one = Erasure(CustomerId(body["customer"]), datetime.fromisoformat(body["at"]))
    except (ValueError, KeyError, TypeError):
        return None
    return one if hmac.compare_digest(_line(key, one).encode(), line) else None


def drop_old_pages(database_url: str) -> bool:
    """Empty SQLite's write-ahead log, which keeps old pages, and keys on them, until it is overwritten. Blocks.

    Returns False if it was not possible now, for example because a reader still needs the log.
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
