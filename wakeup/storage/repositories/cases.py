"""Repositories of cases and of what is appended to them: the timeline with its chain, call events, labels,
rungs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from pydantic_core import to_json
from sqlalchemy import bindparam, func, insert, select, update

from wakeup.domain.case import Case, CaseState
from wakeup.domain.errors import LockedError, NotFoundError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.storage.chain import mac
from wakeup.storage.mapping import Mapper, insert_new, is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.sealed_mapper import SealedMapper
from wakeup.storage.sealer import Sealer
from wakeup.storage.tables import (
    AttemptRow,
    CallEventRow,
    CaseRow,
    LabelRow,
    OutboxRow,
    RungRow,
    TimelineRow,
    TransferRow,
)
from wakeup.usecases.records import CallEvent, Label, MessageState, Note, RungRecord

case_mapper = Mapper(CaseRow, Case)
_c = case_mapper.table
label_mapper = Mapper(LabelRow, Label)
_call_events = SealedMapper(CallEventRow, CallEvent, ("raw",))
_timeline = table_of(TimelineRow)
_attempts, _transfers, _outbox = table_of(AttemptRow), table_of(TransferRow), table_of(OutboxRow)
_ADD_NOTE = Prepared(insert(_timeline), takes=("case_id", "n", "at", "kind", "by", "data", "mac"))
_LOCK = Prepared(case_mapper.select_by_key.with_for_update())
_LOCK_IF_FREE = Prepared(case_mapper.select_by_key.with_for_update(skip_locked=True))
_LOCK_UNSETTLED = Prepared(
    select(_c)
    .where(
        # Found through the transfers, which are indexed by customer. There are so few that an index of cases would
        # not pay.
        _c.c.id.in_(select(_transfers.c.case_id).where(_transfers.c.customer_id == bindparam("customer"))),
        is_one_of(_c.c.state, [CaseState.OPEN, CaseState.IN_REVIEW]),
    )
    .order_by(_c.c.id)
    .with_for_update()
)
_LOCK_OF = Prepared(
    select(_c)
    .join(_attempts, _attempts.c.case_id == _c.c.id)
    .where(_attempts.c.id == bindparam("attempt"))
    .with_for_update(of=_c)
)
_HEAD = Prepared(
    update(_c)
    .where(_c.c.id == bindparam("_id"))
    .values(timeline_count=bindparam("count"), timeline_head=bindparam("head")),
    takes=("count", "head", "_id"),
)
_rung_at = _c.c.rung_at
_TO_CLIMB = Prepared(select(_c.c.id).where(_rung_at <= bindparam("now")).order_by(_rung_at).limit(bindparam("most")))
_NEXT_CLIMB = Prepared(select(func.min(_rung_at)).where(_rung_at > bindparam("now")))
_due_at = _c.c.person_due_at
_LATE = Prepared(
    select(_c.c.id, _due_at)
    .where(_due_at <= bindparam("now"), _c.c.person_late_at.is_(None))
    .order_by(_due_at)
    .limit(bindparam("most"))
)
_NEXT_PROMISE = Prepared(select(func.min(_due_at)).where(_due_at > bindparam("now")))
_KINDS = Prepared(select(_timeline.c.kind).where(_timeline.c.case_id == bindparam("case")).distinct())
_OPEN = Prepared(select(_transfers.c.case_id).where(_transfers.c.act_at.is_not(None)))
# Each state has an index of its own.
_UNTOLD = [
    Prepared(select(_outbox.c.case_id).where(is_one_of(_outbox.c.state, [state])))
    for state in (MessageState.DUE, MessageState.DEAD)
]
_NEW_CALL_EVENT = insert_new(_call_events.table, takes=_call_events.takes)
_e = _call_events.table
_REPORTED = Prepared(
    select(_e.c.event).where(_e.c.attempt_id == bindparam("attempt"), _e.c.source == "recording").limit(1)
)
_NEW_LABEL = insert_new(label_mapper.table, takes=label_mapper.takes)
_INSTANT = timedelta(microseconds=1)
"""The least difference between two times in the database."""


class SqlCases:
    """Implements `usecases.repositories.cases.Cases`.

    The case is locked before anything else; SQLite's one writer needs no locks.
    """

    def __init__(self, link: Link) -> None:
        self._link = link

    def lock(self, case_id: CaseId) -> Case:
        case = case_mapper.one(_LOCK.rows(self._link, {"_id": case_id}))
        if case is None:
            raise NotFoundError("no such case")
        return case

    def lock_if_free(self, case_id: CaseId) -> Case:
        case = case_mapper.one(_LOCK_IF_FREE.rows(self._link, {"_id": case_id}))
        if case is None and case_mapper.get(self._link, case_id) is not None:
            raise LockedError
        if case is None:
            raise NotFoundError("no such case")
        return case

    def lock_of(self, attempt_id: AttemptId) -> Case | None:
        # If the attempt is written already, so is its case.
        written = not self._link.lacks((_attempts.name, attempt_id))
        return case_mapper.one(_LOCK_OF.rows(self._link, {"attempt": attempt_id}, flush=not written))

    def lock_unsettled(self, customer_id: CustomerId) -> Sequence[Case]:
        return case_mapper.all(_LOCK_UNSETTLED.rows(self._link, {"customer": customer_id}))

    def undecided(self) -> Sequence[CaseId]:
        found = {case_id for query in (_OPEN, *_UNTOLD) for case_id in query.rows(self._link).column()}
        return [CaseId(case_id) for case_id in sorted(found)]

    def add(self, case: Case) -> None:
        case_mapper.add(self._link, case)

    def save(self, case: Case) -> None:
        case_mapper.save(self._link, case)

    def save_head(self, case: Case) -> None:
        written = not self._link.lacks((_c.name, case.id))
        _HEAD.execute(self._link, (case.timeline_count, case.timeline_head, case.id), flush=not written)

    def to_climb(self, now: datetime, limit: int) -> Sequence[CaseId]:
        return [CaseId(found) for found in _TO_CLIMB.rows(self._link, {"now": now, "most": limit}).column()]

    def next_climb(self, now: datetime) -> datetime | None:
        found: datetime | None = _NEXT_CLIMB.rows(self._link, {"now": now}).scalar()
        return found

    def promises_late(self, now: datetime, limit: int) -> Sequence[tuple[CaseId, datetime]]:
        return [(CaseId(case_id), at) for case_id, at in _LATE.rows(self._link, {"now": now, "most": limit}).found]

    def next_promise(self, now: datetime) -> datetime | None:
        found: datetime | None = _NEXT_PROMISE.rows(self._link, {"now": now}).scalar()
        return found


def add_notes(
    link: Link, audit_key: bytes, case_id: CaseId, notes: Sequence[Note], now: datetime, *, n: int, head: str
) -> str:
    """Add rows to a timeline that has `n` and ends with `head`. Return its new end."""
    for number, note in enumerate(notes, n + 1):
        data = to_json(note.data).decode()
        head = mac(audit_key, head, case_id, number, now, note.kind, note.by, data)
        _ADD_NOTE.add(link, (case_id, number, now, note.kind, note.by, data, head), None)
    return head


class SqlRecords:
    """Implements `usecases.repositories.cases.Records`: append-only."""

    def __init__(self, link: Link, sealer: Sealer, audit_key: bytes) -> None:
        self._link = link
        self._sealer = sealer
        self._audit_key = audit_key

    def extend(self, case: Case, notes: Sequence[Note], now: datetime) -> Case:
        head, n = case.timeline_head, case.timeline_count
        head = add_notes(self._link, self._audit_key, case.id, notes, now, n=n, head=head)
        return replace(case, timeline_count=n + len(notes), timeline_head=head)

    def kinds(self, case_id: CaseId) -> frozenset[str]:
        return frozenset(_KINDS.rows(self._link, {"case": case_id}).column())

    def call_event(self, event: CallEvent) -> bool:
        if not self._sealer.can_seal(event.customer_id):
            return False
        row = _call_events.values(event, sealed=_call_events.seal(self._sealer, event.customer_id, event))
        return bool(_NEW_CALL_EVENT.execute(self._link, row))

    def recording_reported(self, attempt_id: AttemptId) -> bool:
        return bool(_REPORTED.rows(self._link, {"attempt": attempt_id}).found)

    def label(self, label: Label) -> None:
        # The time is part of the key, and the latest label counts.
        while not _NEW_LABEL.execute(self._link, label_mapper.values(label)):
            label = replace(label, received_at=label.received_at + _INSTANT)


_rungs = Mapper(RungRow, RungRecord)
_r = _rungs.table
_OF_CASE = Prepared(select(_r).where(_r.c.case_id == bindparam("case")).order_by(_r.c.n))
_COUNT = Prepared(select(func.count()).where(_r.c.case_id == bindparam("case")))


class SqlRungs:
    """Implements `usecases.repositories.cases.Rungs`. A writer must have locked the case. Planned rungs are
    computed, never stored."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def of_case(self, case_id: CaseId) -> Sequence[RungRecord]:
        return _rungs.all(_OF_CASE.rows(self._link, {"case": case_id}))

    def add(self, record: RungRecord) -> None:
        n = int(_COUNT.rows(self._link, {"case": record.case_id}).scalar()) + 1
        _rungs.add(self._link, record, n=n)
