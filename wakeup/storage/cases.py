"""Shelves of cases and of what is appended to them: the timeline with its chain, call events, labels."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from wakeup.domain.case import Case, CaseState
from wakeup.domain.errors import NotFoundError
from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.storage.chain import mac
from wakeup.storage.mapping import Mapper, insert_new, table_of
from wakeup.storage.prepared import Prepared
from wakeup.storage.safe import Safe
from wakeup.storage.tables import AttemptRow, CallEventRow, CaseRow, LabelRow, TimelineRow
from wakeup.usecases.records import CallEvent, Label, Note

_cases = Mapper(CaseRow, Case)
_labels = Mapper(LabelRow, Label)
_call_events = Mapper(CallEventRow, CallEvent)
_timeline = table_of(TimelineRow)
_attempts = table_of(AttemptRow)
_ADD_NOTES = Prepared(insert(_timeline))
_LOCK = Prepared(_cases.select_by_key.with_for_update())
_LOCK_OPEN = Prepared(
    select(_cases.table)
    .where(
        _cases.table.c.customer_id == bindparam("customer"),
        _cases.table.c.state == CaseState.OPEN,
    )
    .with_for_update()
)
_LOCK_OF = Prepared(
    select(_cases.table)
    .join(_attempts, _attempts.c.case_id == _cases.table.c.id)
    .where(_attempts.c.id == bindparam("attempt"))
    .with_for_update(of=_cases.table)
)
_NEW_CALL_EVENT = insert_new(_call_events.table)


class CaseShelf:
    """Implements `usecases.unit.Cases`. Locks are taken case first; SQLite's one writer needs none."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def lock(self, case_id: CaseId) -> Case:
        case = _cases.one(_LOCK.rows(self._connection, {"_id": case_id}))
        if case is None:
            raise NotFoundError("no such case")
        return case

    def lock_of(self, attempt_id: AttemptId) -> Case | None:
        return _cases.one(_LOCK_OF.rows(self._connection, {"attempt": attempt_id}))

    def lock_open(self, customer_id: CustomerId) -> Case | None:
        return _cases.one(_LOCK_OPEN.rows(self._connection, {"customer": customer_id}))

    def add(self, case: Case) -> None:
        _cases.add(self._connection, case)

    def save(self, case: Case) -> None:
        _cases.save(self._connection, case)


class RecordShelf:
    """Implements `usecases.unit.Records`: append-only."""

    def __init__(self, connection: Connection, safe: Safe, audit_key: bytes) -> None:
        self._connection = connection
        self._safe = safe
        self._audit_key = audit_key

    def extend(self, case: Case, notes: Sequence[Note], now: datetime) -> Case:
        rows, head, n = [], case.timeline_head, case.timeline_count
        for note in notes:
            n += 1
            data = json.dumps(
                dict(note.data),
                ensure_ascii=False,
                separators=(",", ":"),
                sort_keys=True,
            )
            head = mac(self._audit_key, head, case.id, n, now, note.kind, note.by, data)
            rows.append(
                {
                    "case_id": case.id,
                    "n": n,
                    "at": now,
                    "kind": note.kind,
                    "by": note.by,
                    "data": data,
                    "mac": head,
                }
            )
        _ADD_NOTES.many(self._connection, rows)
        return replace(case, timeline_count=n, timeline_head=head)

    def call_event(self, event: CallEvent) -> bool:
        row_id = f"{event.call_sid}/{event.source}/{event.sequence}/{event.event}"
        sealed = self._safe.seal(event.customer_id, "call_events", row_id, {"raw": event.raw})
        row = _call_events.values(event, sealed=sealed)
        return bool(_NEW_CALL_EVENT.execute(self._connection, row))

    def label(self, label: Label) -> None:
        _labels.add(self._connection, label)
