"""Tell whether a database is an older copy of what its node has anchored: what was said since is lost with it.

A node that started on such a copy would release by itself what the lost time had stopped.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect

from wakeup.storage.anchors import heads_behind, last_anchor
from wakeup.storage.audit import known_anchor, mac_at
from wakeup.storage.chain import ADMIN
from wakeup.storage.engine import file_of, snapshot
from wakeup.storage.mapping import table_of
from wakeup.storage.prepared import Link
from wakeup.storage.tables import AnchorEndRow

OLDER_COPY = (
    "the database lacks what {file} records, for example of {chain}. If an older copy was put back, follow Restore in "
    "docs/operations.md to the end (`wakeup audit begin-anew`) before a node starts. If not, rows were deleted from "
    "the database: see `wakeup audit verify`"
)
_anchors = table_of(AnchorEndRow)


def older_copy_fault(database_url: str, anchors: Path, key: bytes, node: str) -> str | None:
    """Return why the node must not decide anything with this database, or None.

    Only anchors behind the newest one that the database knows of are compared, so a start reads the file only after a
    restore, or after a crash between an anchor and its record. Whether the rows are still the same is the business of
    `wakeup audit verify`. Raises DatabaseError if the database cannot be read.
    """
    try:
        last = last_anchor(anchors)
    except (ValueError, OSError):
        # The anchorer says so, and writes none. Calls matter more than anchors.
        return None
    file = file_of(database_url)
    if last is None or (file is not None and not file.exists()):
        return None
    with snapshot(database_url) as connection:
        if not inspect(connection).has_table(_anchors.name):
            return None
        known = known_anchor(Link(connection), node)
        if known is None or last.n <= known.n:
            return None
        for chain, head in heads_behind(anchors, key, known).items():
            if mac_at(connection, chain, head.n) is None:
                named = "the administration log" if chain == ADMIN else f"case {chain}"
                return OLDER_COPY.format(file=anchors, chain=named)
    return None
