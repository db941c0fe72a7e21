"""Repositories of retention, of legal holds, and of recordings that the phone company stores for us."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, func, or_, select, tuple_

from wakeup.domain.case import Case, CaseState
from wakeup.domain.guardian import GuardianState
from wakeup.domain.ids import CaseId, CustomerId
from wakeup.domain.recording import KeptRecording
from wakeup.storage.mapping import Mapper, is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import CaseRow, GuardianRow, LegalHoldRow, RecordingRow, RetentionRow, TransferRow
from wakeup.storage.upsert import upsert
from wakeup.usecases.repositories.retention import LegalHold, Settled

_settled, _holds = Mapper(RetentionRow, Settled), Mapper(LegalHoldRow, LegalHold)
_r, _h = _settled.table, _holds.table
_c, _t, _g = table_of(CaseRow), table_of(TransferRow), table_of(GuardianRow)
_BEGIN = Prepared(
    upsert(
        _r,
        lambda new: new.on_conflict_do_update(
            index_elements=["case_id"],
            set_={"settled_at": new.excluded.settled_at, "words_gone": new.excluded.words_gone},
        ),
    ),
    takes=_settled.takes,
)
_STOP = Prepared(delete(_r).where(_r.c.case_id == bindparam("case")))
_FREE = ~exists().where(_h.c.customer_id == _r.c.customer_id)
_WITH_WORDS = Prepared(
    select(_r.c.case_id)
    .where(_r.c.words_gone.is_(False), _r.c.settled_at <= bindparam("before"), _FREE)
    .order_by(_r.c.settled_at)
    .limit(bindparam("most"))
)
_earlier, _later = _r.alias("earlier"), _r.alias("later")
_IS_FIRST = ~exists().where(
    _earlier.c.customer_id == _r.c.customer_id,
    # Not IS TRUE: SQLite would then use the index by date, and read all cases of that age for each customer.
    _earlier.c.words_gone.is_not(False),
    tuple_(_earlier.c.settled_at, _earlier.c.case_id) < tuple_(_r.c.settled_at, _r.c.case_id),
)
"""Selects each customer once. For DISTINCT, PostgreSQL walks through the cases of all customers."""
_NEWER = (
    or_(_g.c.enrolled_at > bindparam("before"), _g.c.confirmed_at > bindparam("before")),
    _g.c.state != GuardianState.REMOVED.value,
)
_LISTED_SINCE = exists().where(_g.c.customer_id == _r.c.customer_id, *_NEWER)
"""True if the bank named a guardian, or a guardian agreed, after `before`. Erasing the customer would take away
the guardians who could help next time."""
_DONE_WITH = Prepared(
    select(_r.c.customer_id)
    .where(
        _r.c.words_gone.is_(True),
        _r.c.settled_at <= bindparam("before"),
        _IS_FIRST,
        _FREE,
        ~exists().where(_later.c.customer_id == _r.c.customer_id, _later.c.settled_at > bindparam("before")),
        ~_LISTED_SINCE,
        ~exists().where(
            _c.c.id == _t.c.case_id,
            _t.c.customer_id == _r.c.customer_id,
            is_one_of(_c.c.state, [CaseState.OPEN, CaseState.IN_REVIEW]),
        ),
    )
    .order_by(_r.c.settled_at)
    .limit(bindparam("most"))
)
_IS_LISTED_SINCE = Prepared(select(exists().where(_g.c.customer_id == bindparam("customer"), *_NEWER)))
_OLDEST = Prepared(select(func.min(_r.c.settled_at)).where(_r.c.words_gone == bindparam("gone"), _FREE))
_HOLD = Prepared(upsert(_h, lambda new: new.on_conflict_do_nothing()), takes=_holds.takes)
_LIFT = Prepared(delete(_h).where(_h.c.customer_id == bindparam("customer")))


class SqlRetention:
    """Implements `usecases.repositories.retention.Retention`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def begin(self, case: Case, now: datetime) -> None:
        settled = Settled(case_id=case.id, customer_id=case.customer_id, settled_at=now)
        _BEGIN.execute(self._link, _settled.values(settled), flush=False)

    def stop(self, case_id: CaseId) -> None:
        _STOP.execute(self._link, {"case": case_id})

    def get(self, case_id: CaseId) -> Settled | None:
        return _settled.get(self._link, case_id)

    def with_words(self, before: datetime, limit: int) -> Sequence[CaseId]:
        return [CaseId(n) for n in _WITH_WORDS.rows(self._link, {"before": before, "most": limit}).column()]

    def done_with(self, before: datetime, limit: int) -> Sequence[CustomerId]:
        return [CustomerId(n) for n in _DONE_WITH.rows(self._link, {"before": before, "most": limit}).column()]

    def listed_since(self, customer_id: CustomerId, before: datetime) -> bool:
        return bool(_IS_LISTED_SINCE.rows(self._link, {"customer": customer_id, "before": before}).scalar())

    def oldest(self, *, words_gone: bool) -> datetime | None:
        found: datetime | None = _OLDEST.rows(self._link, {"gone": words_gone}).scalar()
        return found

    def legal_hold(self, customer_id: CustomerId) -> LegalHold | None:
        return _holds.get(self._link, customer_id)

    def hold(self, hold: LegalHold) -> bool:
        return bool(_HOLD.execute(self._link, _holds.values(hold)))

    def lift(self, customer_id: CustomerId) -> bool:
        return bool(_LIFT.execute(self._link, {"customer": customer_id}))


_recordings = Mapper(RecordingRow, KeptRecording)
_rec = _recordings.table
_OF_CASE = Prepared(select(_rec).where(_rec.c.case_id == bindparam("case")).order_by(_rec.c.made_at, _rec.c.sid))
_DUE = Prepared(
    select(_rec)
    .where(_rec.c.delete_at <= bindparam("now"), _rec.c.delete_at.is_not(None))
    .order_by(_rec.c.delete_at, _rec.c.sid)
    .limit(bindparam("most"))
)
_NEXT = Prepared(select(func.min(_rec.c.delete_at)).where(_rec.c.delete_at.is_not(None)))


class SqlRecordings:
    """Implements `usecases.repositories.retention.Recordings`. A writer must have locked the case."""

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
