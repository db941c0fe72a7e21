"""Repositories of decisions and of the messages that carry them to the payment core."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, func, select, true, update

from wakeup.domain.decision import Decision, Effect, Ruling
from wakeup.domain.errors import NotFoundError
from wakeup.domain.ids import EvidenceId, MessageId, TransferId
from wakeup.storage.keyring import SealError
from wakeup.storage.mapping import Mapper, is_one_of, table_of
from wakeup.storage.prepared import Columns, Link, Prepared, Rows
from wakeup.storage.repositories.in_doubt import IN_DOUBT
from wakeup.storage.row_codegen import Row
from wakeup.storage.sealed_mapper import SealedMapper
from wakeup.storage.sealer import Sealer
from wakeup.storage.tables import DecisionRow, FeedHeadRow, OutboxRow, TransferRow
from wakeup.usecases.records import MessageState, OutboxMessage

FAR = 10**7
"""More positions than the feed assigns in a second, and than a bank needs before its first restore."""
FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""Restores are dated in seconds from here. A sequence has 31 bits, so there is room until 2094."""
decision_mapper = Mapper(DecisionRow, Decision, lists={"rests_on": EvidenceId, "effects": Effect})
_d = decision_mapper.table
_head = table_of(FeedHeadRow)
_NEWEST = Prepared(select(_d).where(_d.c.transfer_id == bindparam("transfer")).order_by(_d.c.sequence.desc()).limit(1))
_LET_GO = Prepared(
    select(_d.c.sequence)
    .where(_d.c.transfer_id == bindparam("transfer"), is_one_of(_d.c.ruling, [Ruling.ALLOW]))
    .limit(1)
)
_before = _d.alias("before")
_WAITS_FOR_THE_ONE_BEFORE = (
    select(_before.c.position.is_(None))
    .where(_before.c.transfer_id == _d.c.transfer_id, _before.c.sequence < _d.c.sequence)
    .order_by(_before.c.sequence.desc())
    .limit(1)
    .scalar_subquery()
)
"""True if the decision before this one on the same transfer has no position yet; NULL if there is none.

Written in this way, PostgreSQL can use only one index for it, however little it knows of a backlog.
"""
_UNNUMBERED = Prepared(
    select(_d.c.id, _d.c.ruling, _d.c.reason)
    .where(_d.c.position.is_(None), _WAITS_FOR_THE_ONE_BEFORE.is_not(true()))
    # The time alone is not enough: a use case that waited for its case's lock decides at the time when it began to
    # wait.
    .order_by(_d.c.decided_at, _d.c.id)
    .limit(bindparam("most"))
)
_LOCK_HEAD = Prepared(select(_head.c.position).where(_head.c.id == 1).with_for_update())
_POSITION = Prepared(select(_head.c.position).where(_head.c.id == 1))
_NUMBER = Prepared(update(_d).where(_d.c.id == bindparam("_id")).values(position=bindparam("_position")))
_MOVE_HEAD = Prepared(update(_head).where(_head.c.id == 1).values(position=bindparam("_position")))
_AFTER = Prepared(select(_d).where(_d.c.position > bindparam("after")).order_by(_d.c.position).limit(bindparam("most")))


class SqlDecisions:
    """Implements `usecases.repositories.outbox.Decisions`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def add(self, decision: Decision) -> None:
        decision_mapper.add(self._link, decision, position=None)

    def newest(self, transfer_id: TransferId) -> Decision | None:
        return decision_mapper.one(_NEWEST.rows(self._link, {"transfer": transfer_id}))

    def floor(self) -> int:
        # The head of the feed says in which second the newest restore was. Fewer decisions are made about a transfer
        # than seconds pass.
        position: int = _POSITION.rows(self._link, flush=False).scalar()
        return position // FAR

    def was_let_go(self, transfer_id: TransferId) -> bool:
        return bool(_LET_GO.rows(self._link, {"transfer": transfer_id}).found)

    def number_new(self, limit: int) -> Sequence[tuple[Ruling, str]]:
        # The lock lets one writer at a time number decisions, and it sees only committed ones, so no gap is filled
        # later.
        position = _LOCK_HEAD.rows(self._link).scalar()
        new = list[Row]()
        # Each round numbers the next decision of every transfer. Usually there are one or two rounds.
        while found := _UNNUMBERED.rows(self._link, {"most": limit - len(new)}).found:
            first = position + len(new) + 1
            _NUMBER.many(self._link, [{"_id": row[0], "_position": place} for place, row in enumerate(found, first)])
            new += found
        if new:
            _MOVE_HEAD.execute(self._link, {"_position": position + len(new)})
        return [(Ruling(ruling), reason) for _, ruling, reason in new]

    def go_far_ahead(self, now: datetime) -> None:
        """Move the head of the feed beyond every position that a reader may have seen, even in a newer copy of the
        database, or after this same copy was restored before.

        Only the time tells the restores of one copy apart. Several in one second are counted.
        """
        position = _LOCK_HEAD.rows(self._link).scalar()
        second = (now - FIRST_DAY) // timedelta(seconds=1)
        _MOVE_HEAD.execute(self._link, {"_position": max(second, position // FAR + 1) * FAR})

    def after(self, position: int, limit: int) -> Sequence[tuple[int, Decision]]:
        rows = _AFTER.rows(self._link, {"after": position, "most": limit})
        place = rows.columns["position"]
        return [(row[place], decision_mapper.value(row, rows.columns)) for row in rows.found]


_outbox = SealedMapper(OutboxRow, OutboxMessage, ("body",), locks=True)
_o = _outbox.table
_other = _o.alias("other")
_IN_FLIGHT = exists().where(
    _other.c.transfer_id == _o.c.transfer_id,
    _other.c.id != _o.c.id,
    _other.c.lease_token.is_not(None),
    _other.c.due_at > bindparam("now"),
)
_READY = (
    select(_o)
    .where(is_one_of(_o.c.state, [MessageState.DUE]), _o.c.due_at <= bindparam("now"), ~_IN_FLIGHT)
    .order_by(_o.c.due_at, _o.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_DUE = Prepared(_READY)
FRESH_FOR = timedelta(minutes=5)
"""First tries are looked for among messages that fell due within this time.

That keeps the scan short even when the payment core is down for a day, because messages that are retried fall due
no faster than they are tried, and replayed ones are due since their last try.
"""
_FRESH = Prepared(_READY.where(_o.c.due_at > bindparam("since"), _o.c.tries == 0))
_NEXT = Prepared(select(func.min(_o.c.due_at)).where(is_one_of(_o.c.state, [MessageState.DUE])))
_MOST_LATE = Prepared(select(func.min(_o.c.late_at)).where(is_one_of(_o.c.state, [MessageState.DUE])))
_DEAD = Prepared(select(func.count()).where(is_one_of(_o.c.state, [MessageState.DEAD])))
_DEAD_ALLOWS = Prepared(
    select(_o.c.id).where(
        is_one_of(_o.c.state, [MessageState.DEAD]),
        ~exists().where(_d.c.id == _o.c.decision_id, is_one_of(_d.c.ruling, [Ruling.HOLD, Ruling.REFUSE])),
    )
)
_SUPERSEDE = Prepared(
    update(_o)
    .where(
        _o.c.transfer_id == bindparam("_transfer"),
        is_one_of(_o.c.state, [MessageState.DUE, MessageState.DEAD]),
    )
    .values(state=MessageState.SUPERSEDED, settled_at=bindparam("_now"))
)
_NEWEST_MESSAGE = Prepared(
    select(_o)
    .where(_o.c.transfer_id == bindparam("transfer"))
    .order_by(_o.c.sequence.desc())
    .limit(1)
    .with_for_update()
)
_NEWEST_STATE = Prepared(
    select(_o.c.state).where(_o.c.transfer_id == bindparam("transfer")).order_by(_o.c.sequence.desc()).limit(1)
)
_t = table_of(TransferRow)
_IN_DOUBT = Prepared(select(_t.c.id).where(_t.c.id == bindparam("transfer"), IN_DOUBT))
_LATEST = select(_o).limit(bindparam("most"))
_OPEN = (MessageState.DUE, MessageState.DEAD)
"""States whose messages are indexed by date."""
_LISTED_OPEN = {
    state: Prepared(_LATEST.where(is_one_of(_o.c.state, [state])).order_by(_o.c.due_at.desc())) for state in _OPEN
}
# By id, and ids are in the order of time. By date, all messages ever sent would have to be sorted.
_LISTED = Prepared(_LATEST.order_by(_o.c.id.desc()))
_LISTED_IN = Prepared(_LATEST.where(_o.c.state == bindparam("state")).order_by(_o.c.id.desc()))


class SqlOutbox:
    """Implements `usecases.repositories.outbox.Outbox`: bodies are sealed under the customer's key."""

    def __init__(self, link: Link, sealer: Sealer) -> None:
        self._link = link
        self._sealer = sealer

    def add(self, message: OutboxMessage) -> None:
        _SUPERSEDE.execute(self._link, {"_transfer": message.transfer_id, "_now": message.due_at})
        _outbox.add(self._link, message, sealed=_outbox.seal(self._sealer, message.customer_id, message))

    def lock(self, message_id: MessageId) -> OutboxMessage | None:
        return next(iter(self._opened(_outbox.find(self._link, message_id))), None)

    def lock_newest(self, transfer_id: TransferId) -> OutboxMessage | None:
        return next(iter(self._opened(_NEWEST_MESSAGE.rows(self._link, {"transfer": transfer_id}))), None)

    def newest_state(self, transfer_id: TransferId) -> MessageState | None:
        found: str | None = _NEWEST_STATE.rows(self._link, {"transfer": transfer_id}).scalar()
        return None if found is None else MessageState(found)

    def in_doubt(self, transfer_id: TransferId) -> bool:
        return bool(_IN_DOUBT.rows(self._link, {"transfer": transfer_id}).found)

    def save(self, message: OutboxMessage) -> None:
        _outbox.save(self._link, message)

    def due(self, now: datetime, limit: int, again: int) -> Sequence[OutboxMessage]:
        fresh = self._opened(_FRESH.rows(self._link, {"now": now, "since": now - FRESH_FOR, "most": limit}))
        most = min(again, limit - len(fresh))
        if most <= 0:
            return fresh
        taken = {message.id for message in fresh}
        others = self._opened(_DUE.rows(self._link, {"now": now, "most": most + len(fresh)}))
        return [*fresh, *[message for message in others if message.id not in taken][:most]]

    def next_due(self) -> datetime | None:
        found: datetime | None = _NEXT.rows(self._link).scalar()
        return found

    def most_late(self) -> datetime | None:
        found: datetime | None = _MOST_LATE.rows(self._link).scalar()
        return found

    def dead(self) -> int:
        found: int = _DEAD.rows(self._link).scalar()
        return found

    def dead_allows(self) -> Collection[MessageId]:
        return {MessageId(row[0]) for row in _DEAD_ALLOWS.rows(self._link).found}

    def listed(self, state: str | None, limit: int) -> Sequence[OutboxMessage]:
        if state is None:
            return self._opened(_LISTED.rows(self._link, {"most": limit}))
        if state in _OPEN:
            return self._opened(_LISTED_OPEN[MessageState(state)].rows(self._link, {"most": limit}))
        return self._opened(_LISTED_IN.rows(self._link, {"most": limit, "state": MessageState(state)}))

    def _opened(self, rows: Rows) -> list[OutboxMessage]:
        return [_outbox.value(row, rows.columns, **self._body(row, rows.columns)) for row in rows.found]

    def _body(self, row: Row, columns: Columns) -> dict[str, Any]:
        """Return the body, or None as the body if it cannot be opened, so that the rest of the batch is still
        returned."""
        try:
            return _outbox.open(self._sealer, row, columns)
        except (SealError, NotFoundError):
            return {"body": None}
