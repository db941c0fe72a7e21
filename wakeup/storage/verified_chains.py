"""Verify the chains of all cases, some cases at a time, each in a snapshot of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Connection

from wakeup.storage import audit
from wakeup.storage.anchors import keep_anchored
from wakeup.storage.chain import ChainRow, Fault, Head, verify_chain
from wakeup.storage.decision_audit import keep_decided, verify_decisions
from wakeup.storage.engine import one_snapshot


class Part(NamedTuple):
    """What one snapshot showed."""

    done: int
    """Cases verified so far."""
    faults: list[Fault]
    is_last: bool


def verified_chains(connection: Connection, key: bytes, anchored: dict[str, Head]) -> Iterator[Part]:
    """Yield a part after each snapshot, and hold none meanwhile. `anchored`: as in `keep_anchored`.

    A chain only grows, and all of it is in one snapshot with the head and the decisions that it is compared with. One
    snapshot of everything would keep SQLite from emptying its log, for minutes in a large database.
    """
    done = 0
    last: str | None = None
    while True:
        faults: list[Fault] = []
        with one_snapshot(connection):
            audit.no_statement_timeout(connection)
            some = audit.some_chains(connection, last, audit.CASES_AT_ONCE)
            noted: dict[str, ChainRow] = {}
            rows = keep_anchored(keep_decided(some.rows, noted), anchored, faults)
            faults += verify_chain(rows, key, some.heads)
            faults += verify_decisions(connection, some.heads, noted)
        done, last = done + len(some.heads), some.last
        yield Part(done, faults, is_last=last is None)
        if last is None:
            return
