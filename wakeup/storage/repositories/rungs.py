"""Repository of the rungs that were taken or skipped. Planned rungs are computed, never stored."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from wakeup.domain.ids import CaseId
from wakeup.storage.mapping import Mapper
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import RungRow
from wakeup.usecases.records import RungRecord

_rungs = Mapper(RungRow, RungRecord)
_r = _rungs.table
_OF_CASE = Prepared(select(_r).where(_r.c.case_id == bindparam("case")).order_by(_r.c.n))
_COUNT = Prepared(select(func.count()).where(_r.c.case_id == bindparam("case")))


class SqlRungs:
    """Implements `usecases.repositories.rungs.Rungs`. A writer must have locked the case."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def of_case(self, case_id: CaseId) -> Sequence[RungRecord]:
        return _rungs.all(_OF_CASE.rows(self._link, {"case": case_id}))

    def add(self, record: RungRecord) -> None:
        n = int(_COUNT.rows(self._link, {"case": record.case_id}).scalar()) + 1
        _rungs.add(self._link, record, n=n)
