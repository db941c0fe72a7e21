"""Verify the timeline: every hash chain, its recorded end, the decisions it tells of, and the anchors in the file
outside the database."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from wakeup.runtime.settings.settings import Settings
from wakeup.storage import audit
from wakeup.storage.anchors import anchors_end, verify_anchors
from wakeup.storage.chain import ChainRow, Fault, verify_chain
from wakeup.storage.decided import keep_decided, verify_decisions
from wakeup.storage.engine import snapshot
from wakeup.storage.older_copy import older_copy_fault


def find_faults(
    database_url: str,
    key: bytes,
    anchors: Path,
    *,
    node: str | None = None,
    now: datetime | None = None,
    today: datetime | None = None,
) -> list[Fault]:
    """Return the faults of the chains, their ends and the decisions, then those of the anchors outside the database.

    `node`: the owner of the anchors file; the newest anchor recorded for it in the database must be in the file.
    `now`: pass it when the service is running, which writes an anchor each minute. `today`: pass it instead when
    the service may be stopped; then only an anchor from the future is a fault of time.
    """
    # Read before the snapshot: a running service goes on writing, and its next anchor names rows that the snapshot
    # does not have.
    upto = anchors_end(anchors)
    with snapshot(database_url) as connection:
        audit.no_statement_timeout(connection)
        faults: list[Fault] = []
        for heads, rows in audit.chains(connection):
            noted: dict[str, ChainRow] = {}
            faults += verify_chain(keep_decided(rows, noted), key, heads)
            faults += verify_decisions(connection, heads, noted)
        faults += verify_chain(audit.admin_rows(connection), key, audit.admin_heads(connection))
        known = None if node is None else audit.anchor_known_on(connection, node)
        if anchors.exists() or known is not None:
            of_rows = partial(audit.mac_at, connection)
            faults += verify_anchors(anchors, key, of_rows, upto=upto, known=known, now=now, today=today or now)
    return faults


def why_older_copy(settings: Settings) -> str | None:
    """Return why this node must decide nothing: its database is an older copy of what the node has anchored."""
    return older_copy_fault(
        settings.database_url.get_secret_value(),
        Path(settings.audit.anchors_file),
        settings.keys.audit.get_secret_value(),
        settings.node.name,
    )
