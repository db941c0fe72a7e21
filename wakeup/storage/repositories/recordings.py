"""Repository of the recordings that the phone provider stores for us. A writer must have locked the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, select

from wakeup.domain.ids import CaseId
from wakeup.domain.recording import KeptRecording
from wakeup.storage.mapping import Mapper
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import RecordingRow

_recordings = Mapper(RecordingRow, KeptRecording)
_r = _recordings.table
_OF_CASE = Prepared(select(_r).where(_r.c.case_id == bindparam("case")).order_by(_r.c.made_at, _r.c.sid))
_DUE = Prepared(
    select(_r)
    .where(_r.c.delete_at <= bindparam("now"), _r.c.delete_at.is_not(None))
    .order_by(_r.c.delete_at, _r.c.sid)
    .limit(bindparam("most"))
)
_NEXT = Prepared(select(func.min(_r.c.delete_at)).where(_r.c.delete_at.is_not(None)))


class SqlRecordings:
    """Implements `usecases.repositories.recordings.Recordings`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def get(self, sid: str) -> KeptRecording | None:
        return _recordings.get(self._link, sid)

    def of_case(self, case_id: CaseId) -> Sequence[KeptRecording]:
        return _recordings.all(_OF_CASE.rows(self._link, {"case": case_id}))

    def add(self, recording: KeptRecording) -> None:
        _recordings.add_now(self._link, recording)

    def save(self, recording: KeptRecording) -> None:
        _recordings.save(self._link, recording)

    def due(self, now: datetime, limit: int) -> Sequence[KeptRecording]:
        return _recordings.all(_DUE.rows(self._link, {"now": now, "most": limit}))

    def next_due(self) -> datetime | None:
        found: datetime | None = _NEXT.rows(self._link).scalar()
        return found
