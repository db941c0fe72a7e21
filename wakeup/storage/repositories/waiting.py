"""Repository of the attempts that wait to be rung. Its claim queries are the heart of the dispatcher.

Each query looks at the head of every class of value, or of every fair class, in an index of its own. So the work is the
same however many attempts wait behind, and however many are not due yet, because those are stored apart until a
claim finds that they are due. Only the cases of the returned attempts are locked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, Text, bindparam, cast, exists, func, select, union_all, update
from sqlalchemy.sql import CompoundSelect

from wakeup.domain.attempt import LIVE, WAITED_FOR, Attempt, AttemptState
from wakeup.domain.call_value import CLASSES, FAIR_CLASSES
from wakeup.domain.ids import AttemptId
from wakeup.domain.plan import CutOff, Waiting
from wakeup.storage.mapping import is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.repositories.attempts import attempt_mapper
from wakeup.storage.tables import CaseRow
from wakeup.storage.tables.calls import unripe

A_CLAIM_RIPENS = 1_000
"""The most attempts that one claim marks as due. A morning on which everything falls due at once must not make one
claim wait."""
_AT_ONCE = timedelta(minutes=2)
"""A call for which a person waits on the line must start within this time. An appointment may start later."""
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)
_a = attempt_mapper.table
_c = table_of(CaseRow)
_other = _a.alias("other")
_PLANNED = is_one_of(_a.c.state, [AttemptState.PLANNED])
_NUMBER_LIVE = exists().where(_other.c.number_index == _a.c.number_index, is_one_of(_other.c.state, LIVE))
_MAY_RING = (_PLANNED, _a.c.due_at <= bindparam("now"), ~_NUMBER_LIVE)

_Queues = Sequence[Select[tuple[object, ...]]]


def _heads(queues: _Queues) -> CompoundSelect[tuple[object, ...]]:
    """Unite the first few of each queue. A member of a union may be ordered and limited only inside a query of its
    own."""
    return union_all(*(select(queue.subquery(f"q{n}")) for n, queue in enumerate(queues)))


def _claim(queues: Callable[[], _Queues], *order: str) -> Prepared:
    """Forty queues take a megabyte of SQLAlchemy objects: they are built when the statement is compiled, and not
    kept."""

    def write(_dialect: str) -> Select[tuple[object, ...]]:
        head = _heads(queues()).subquery("heads")
        first = select(head.c.id).order_by(*(head.c[name] for name in order), head.c.id).limit(bindparam("most"))
        return (
            select(_a)
            .join(_c, _c.c.id == _a.c.case_id)
            .where(_a.c.id.in_(first))
            .order_by(*(_a.c[name] for name in order), _a.c.id)
            .with_for_update(of=_c, skip_locked=True)
        )

    return Prepared(write)


def _pressing() -> _Queues:
    return [
        select(_a.c.id, _a.c.latest_start)
        .where(_a.c.value_class == value_class, _a.c.latest_start >= bindparam(f"from_{value_class}"), *_MAY_RING)
        .order_by(_a.c.latest_start)
        .limit(bindparam("each"))
        for value_class in range(CLASSES)
    ]


def _due() -> _Queues:
    return [
        select(_a.c.id, _a.c.latest_start)
        .where(_a.c.fair_class == fair_class, *_MAY_RING)
        .order_by(_a.c.due_at)
        .limit(bindparam("most"))
        for fair_class in range(FAIR_CLASSES)
    ]


def _by_fairness() -> _Queues:
    return [
        select(_a.c.id, _a.c.fair_class, _a.c.due_at)
        .where(_a.c.fair_class == fair_class, *_MAY_RING, _a.c.latest_start >= bindparam("now"))
        .order_by(_a.c.due_at)
        .limit(bindparam("most"))
        for fair_class in range(FAIR_CLASSES)
    ]


def _late() -> _Queues:
    return [
        select(_a.c.id, _a.c.latest_start)
        .where(_a.c.value_class == value_class, _PLANNED, _a.c.latest_start < bindparam("now"))
        .order_by(_a.c.latest_start)
        .limit(bindparam("most"))
        for ripe in range(CLASSES)
        for value_class in (ripe, unripe(ripe))
    ]


def _first_late() -> Select[tuple[object, ...]]:
    head = _heads(_late()).subquery("heads")
    return select(head.c.id).order_by(head.c.latest_start, head.c.id).limit(bindparam("most"))


def _first_of_all(_dialect: str) -> Select[tuple[object, ...]]:
    firsts = [
        select(_a.c.due_at).where(_a.c.fair_class == fair_class, _PLANNED, ~_NUMBER_LIVE).order_by(_a.c.due_at).limit(1)
        for fair_class in range(FAIR_CLASSES)
    ]
    return select(func.min(_heads(firsts).subquery("first_due").c.due_at))


_PRESSING = _claim(_pressing, "latest_start")
_ALL_DUE = _claim(_due, "latest_start")
_BY_FAIRNESS = _claim(_by_fairness, "fair_class", "due_at")
_live = _a.alias("live")
# A person on the line waits for seconds, a callee who was told a time for minutes. Only as many cases are read as lines
# are in use.
_ON_THE_LINE = Prepared(
    select(_a)
    .join(_c, _c.c.id == _a.c.case_id)
    .where(
        *_MAY_RING, is_one_of(_a.c.errand, WAITED_FOR),
        _a.c.latest_start >= bindparam("now"), _a.c.latest_start <= bindparam("soon"),
        _a.c.case_id.in_(select(_live.c.case_id).where(is_one_of(_live.c.state, LIVE))),
    )
    .order_by(_a.c.latest_start, _a.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=_c, skip_locked=True)
)  # fmt: skip
_LATE = Prepared(lambda _dialect: _first_late())
_COUNT_DUE = Prepared(lambda _dialect: select(func.count()).select_from(_heads(_due()).subquery("due")))
_NEXT_DUE = Prepared(_first_of_all)
_BEST = Prepared(
    select(_a.c.value_class)
    .where(*_MAY_RING, _a.c.value_class >= 0, _a.c.latest_start >= bindparam("now"))
    .order_by(_a.c.value_class.desc(), _a.c.latest_start.desc())
    .limit(1)
)
_FALLEN_DUE = (
    select(_a.c.id)
    .where(_PLANNED, _a.c.value_class < 0, _a.c.due_at <= bindparam("_now"))
    .order_by(_a.c.due_at)
    .limit(A_CLAIM_RIPENS)
)
# Claims run one after another, because they lock the account's lines first. An attempt that another transaction has
# locked is skipped.
_RIPEN = Prepared(
    update(_a)
    .where(_a.c.id.in_(_FALLEN_DUE.with_for_update(skip_locked=True).scalar_subquery()))
    .values(value_class=-1 - _a.c.value_class)
)
_TEN_SECONDS = len("2026-11-22T02:00:0")


def _by_class(dialect: str) -> Select[tuple[object, ...]]:
    """Count by class of value and by ten seconds of latest start, from the index alone."""
    iso: ColumnElement[str] = _a.c.latest_start
    if dialect == "postgresql":
        iso = func.to_char(func.timezone("UTC", _a.c.latest_start), 'YYYY-MM-DD"T"HH24:MI:SS')
    return (
        select(_a.c.value_class, cast(func.substr(iso, 1, _TEN_SECONDS), Text).label("bucket"), func.count())
        .where(_PLANNED, _a.c.latest_start >= bindparam("now"))
        .group_by(_a.c.value_class, "bucket")
    )


_QUEUE = Prepared(_by_class)


class SqlWaitingRoom:
    """Implements `usecases.repositories.waiting.WaitingRoom`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def due(self, now: datetime, most: int) -> int:
        return min(most, int(_COUNT_DUE.rows(self._link, {"now": now, "most": most}).scalar()))

    def first_due(self, now: datetime, limit: int) -> Sequence[Attempt]:
        return attempt_mapper.all(_ALL_DUE.rows(self._link, {"now": now, "most": limit}))

    def on_the_line(self, now: datetime, limit: int) -> Sequence[Attempt]:
        return attempt_mapper.all(_ON_THE_LINE.rows(self._link, {"now": now, "soon": now + _AT_ONCE, "most": limit}))

    def ripen(self, now: datetime) -> None:
        _RIPEN.execute(self._link, {"_now": now})

    def pressing(self, cut_off: CutOff, now: datetime, limit: int) -> Sequence[Attempt]:
        opens = {f"from_{value_class}": at or _NEVER for value_class, at in enumerate(cut_off.opens)}
        values = {**opens, "now": now, "each": limit, "most": limit}
        return attempt_mapper.all(_PRESSING.rows(self._link, values))

    def by_fairness(self, now: datetime, limit: int) -> Sequence[Attempt]:
        return attempt_mapper.all(_BY_FAIRNESS.rows(self._link, {"now": now, "most": limit}))

    def late(self, now: datetime, limit: int) -> Sequence[AttemptId]:
        return [AttemptId(found) for found in _LATE.rows(self._link, {"now": now, "most": limit}).column()]

    def best_class(self, now: datetime) -> int | None:
        found: int | None = _BEST.rows(self._link, {"now": now}).scalar()
        return found

    def oldest_due(self) -> datetime | None:
        found: datetime | None = _NEXT_DUE.rows(self._link).scalar()
        return found

    def next_due(self, now: datetime) -> datetime | None:
        found = self.oldest_due()
        return None if found is None else max(found, now)

    def counted(self, now: datetime) -> tuple[Waiting, ...]:
        rows = _QUEUE.rows(self._link, {"now": now})
        return tuple(
            Waiting(
                value_class=value_class if value_class >= 0 else unripe(value_class),
                latest_start=datetime.fromisoformat(f"{bucket}0+00:00"),
                count=count,
            )
            for value_class, bucket, count in rows.found
        )
