"""Verify the timeline: every hash chain, its recorded end, the decisions it tells of, and the anchors in the file
outside the database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from wakeup.runtime.clock import let_writers_in
from wakeup.runtime.settings.settings import Settings
from wakeup.storage import audit
from wakeup.storage.anchors import keep_anchored, never_seen, read_anchors
from wakeup.storage.chain import Fault, Head, verify_chain
from wakeup.storage.engine import connected, one_snapshot
from wakeup.storage.older_copy import older_copy_fault
from wakeup.storage.prepared import Link
from wakeup.storage.verified_chains import verified_chains


def find_faults(
    database_url: str,
    key: bytes,
    anchors: Path,
    *,
    node: str | None = None,
    now: datetime | None = None,
    today: datetime | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Fault]:
    """Return the faults of the chains, their ends and the decisions, and those of the anchors outside the database.

    `node`: the owner of the anchors file; the newest anchor recorded for it in the database must be in the file.
    `now`: pass it when the service is running, which writes an anchor each minute. `today`: pass it instead when
    the service may be stopped; then only an anchor from the future is a fault of time. `progress` is told after each
    snapshot how many cases are verified, and about how many there are.
    """
    faults: list[Fault] = []
    with connected(database_url, read_only=True) as connection:
        # The order matters while a service is writing. It records an anchor when its line is in the file, and a line
        # names what is committed: each is read before that in which it must be found.
        known = None
        if node is not None:
            with one_snapshot(connection):
                known = audit.known_anchor(Link(connection), node)
        of_file: list[Fault] = []
        anchored: dict[str, Head] = {}
        if anchors.exists() or known is not None:
            of_file, anchored = read_anchors(anchors, key, known=known, now=now, today=today or now)
        with one_snapshot(connection):
            audit.no_statement_timeout(connection)
            cases = audit.count_cases(Link(connection))
        for part in verified_chains(connection, key, anchored):
            faults += part.faults
            if progress is not None:
                progress(part.done, cases)
            if not part.is_last:
                let_writers_in()
        with one_snapshot(connection):
            audit.no_statement_timeout(connection)
            log = keep_anchored(audit.admin_rows(connection), anchored, faults)
            faults += verify_chain(log, key, audit.admin_heads(Link(connection)))
    return [*faults, *of_file, *never_seen(anchored)]


def why_older_copy(settings: Settings) -> str | None:
    """Return why this node must decide nothing: its database is an older copy of what the node has anchored."""
    return older_copy_fault(
        settings.database_url.get_secret_value(),
        Path(settings.audit.anchors_file),
        settings.keys.audit.get_secret_value(),
        settings.node.name,
    )
