"""Is the history what was written? Every chain, where each ends, and the anchors outside the database."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path

from wakeup.storage import audit
from wakeup.storage.anchors import anchors_end, verify_anchors
from wakeup.storage.chain import Fault, verify_chain
from wakeup.storage.engine import snapshot


def find_faults(
    database_url: str,
    key: bytes,
    anchors: Path,
    *,
    node: str | None = None,
    now: datetime | None = None,
    today: datetime | None = None,
) -> list[Fault]:
    """Chains first, then where they end, then the anchors outside the database. `node`: whose file it is, so that the
    newest anchor known of it must stand there; `now`: where a service is running that writes one each minute; `today`:
    where none may be, but an anchor from the future is to be seen."""
    # Before the snapshot: a service that is running goes on, and its next anchor names rows the snapshot has not.
    upto = anchors_end(anchors)
    with snapshot(database_url) as connection:
        audit.no_statement_timeout(connection)
        faults: list[Fault] = []
        for heads, rows in audit.chains(connection):
            faults += verify_chain(rows, key, heads)
        faults += verify_chain(audit.admin_rows(connection), key, audit.admin_heads(connection))
        known = None if node is None else audit.anchor_known_on(connection, node)
        if anchors.exists() or known is not None:
            of_rows = partial(audit.mac_at, connection)
            faults += verify_anchors(anchors, key, of_rows, upto=upto, known=known, now=now, today=today or now)
    return faults
