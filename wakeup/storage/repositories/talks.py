"""Repository of conversations: their state, every turn as it was served, and the evidence from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import bindparam, exists, or_, select, tuple_
from sqlalchemy.exc import DBAPIError

from wakeup.domain.case import Case
from wakeup.domain.errors import NotFoundError, StoreDownError
from wakeup.domain.ids import AttemptId, CaseId, CustomerId, TransferId
from wakeup.domain.outcome import Evidence
from wakeup.storage.engine import snapshot
from wakeup.storage.jobs import code_of
from wakeup.storage.keyring import SealError
from wakeup.storage.mapping import D, Mapper, is_one_of, table_of
from wakeup.storage.prepared import Columns, Link, Prepared, Rows
from wakeup.storage.row_codegen import Row
from wakeup.storage.sealed_mapper import SealedMapper
from wakeup.storage.sealer import Sealer
from wakeup.storage.tables import AttemptRow, CaseRow, EvidenceRow, TalkRow, TimelineRow, TransferRow, TurnRow
from wakeup.storage.vault import Vault
from wakeup.usecases.case.human_talk_notes import ASKED_A_COLLEAGUE
from wakeup.usecases.records import Note, SpokenTurn, Talk

T = TypeVar("T")
_talks = SealedMapper(TalkRow, Talk, ("state",), lists={"named": TransferId}, saved=("sealed",))
_turns = SealedMapper(TurnRow, SpokenTurn, ("turn", "input"))
_evidence = Mapper(EvidenceRow, Evidence, lists={"named": TransferId})
_e = _evidence.table
_c, _t = table_of(CaseRow), table_of(TransferRow)
# The cases are found through the transfers. With a join of cases, SQLite walks through the evidence of all
# customers.
_OF_CUSTOMER = Prepared(
    select(_e)
    .where(
        _e.c.case_id.in_(select(_t.c.case_id).where(_t.c.customer_id == bindparam("customer"))),
        or_(_e.c.case_id == bindparam("case"), _e.c.at >= bindparam("since")),
    )
    .order_by(_e.c.at)
)
_a, _n = table_of(AttemptRow), table_of(TimelineRow)
_CUSTOMER = Prepared(select(_c.c.customer_id).where(_c.c.id == bindparam("case")))
_OF_CASE = Prepared(
    select(_talks.table)
    .join(_a, _a.c.id == _talks.table.c.attempt_id)
    .where(_a.c.case_id == bindparam("case"))
    .order_by(_talks.table.c.started_at, _talks.table.c.attempt_id)
)
_ALL_TURNS = Prepared(
    select(_turns.table).where(_turns.table.c.attempt_id == bindparam("attempt")).order_by(_turns.table.c.n)
)
_NEWEST_TURN = Prepared(
    select(_turns.table)
    .where(_turns.table.c.attempt_id == bindparam("attempt"))
    .order_by(_turns.table.c.n.desc())
    .limit(1)
)
_STEPS = Prepared(
    select(_n.c.case_id, _n.c.n, _n.c.at, _n.c.kind, _n.c.by, _n.c.data)
    .where(
        tuple_(_n.c.case_id, _n.c.n) > tuple_(bindparam("after_case"), bindparam("after_n")),
        is_one_of(_n.c.kind, {"talk_begun", "turn"}),
    )
    .order_by(_n.c.case_id, _n.c.n)
    .limit(bindparam("most"))
)
_ASKED_A_COLLEAGUE = Prepared(
    select(
        exists().where(
            _n.c.case_id.in_(select(_t.c.case_id).where(_t.c.customer_id == bindparam("customer"))),
            is_one_of(_n.c.kind, ASKED_A_COLLEAGUE),
            _n.c.at >= bindparam("since"),
        )
    )
)


class SqlTalks:
    """Implements `usecases.repositories.talks.Talks`: words and inputs are sealed under the customer's key."""

    def __init__(self, link: Link, sealer: Sealer) -> None:
        self._link = link
        self._sealer = sealer

    def get(self, attempt_id: AttemptId, customer_id: CustomerId) -> Talk | None:
        return next(iter(self._opened(_talks.find(self._link, attempt_id), customer_id)), None)

    def was_begun(self, attempt_id: AttemptId) -> bool:
        return bool(_talks.find(self._link, attempt_id).found)

    def of_case(self, case_id: CaseId) -> Sequence[tuple[AttemptId, Talk | None]]:
        customer_id = _CUSTOMER.rows(self._link, {"case": case_id}).scalar()
        if customer_id is None:
            raise NotFoundError("no such case")
        rows = _OF_CASE.rows(self._link, {"case": case_id})
        place = rows.columns["attempt_id"]
        calls = [AttemptId(row[place]) for row in rows.found]
        return list(zip(calls, self._opened(rows, customer_id), strict=True))

    def _opened(self, rows: Rows, customer_id: CustomerId) -> list[Talk | None]:
        return [self._open(_talks, row, rows.columns, customer_id) for row in rows.found]

    def _opened_turns(self, rows: Rows, customer_id: CustomerId) -> list[SpokenTurn | None]:
        return [self._open(_turns, row, rows.columns, customer_id) for row in rows.found]

    def _open(self, mapper: SealedMapper[D], row: Row, columns: Columns, customer_id: CustomerId) -> D | None:
        """Return the row's value, or None if the row is damaged: it cannot be opened although the customer's key
        can."""
        try:
            private = mapper.open(self._sealer, row, columns, customer_id)
        except SealError:
            if not self._sealer.can_open(customer_id):
                raise
            return None
        return mapper.value(row, columns, **private)

    def add(self, talk: Talk) -> None:
        _talks.add(self._link, talk, sealed=_talks.seal(self._sealer, talk.customer_id, talk))

    def save(self, talk: Talk) -> None:
        _talks.save(self._link, talk, sealed=_talks.seal(self._sealer, talk.customer_id, talk))

    def turn(self, attempt_id: AttemptId, customer_id: CustomerId, n: int) -> SpokenTurn | None:
        return next(iter(self._opened_turns(_turns.find(self._link, attempt_id, n), customer_id)), None)

    def was_served(self, attempt_id: AttemptId, n: int) -> bool:
        return bool(_turns.find(self._link, attempt_id, n).found)

    def turns(self, attempt_id: AttemptId, customer_id: CustomerId) -> Sequence[SpokenTurn | None]:
        return self._opened_turns(_ALL_TURNS.rows(self._link, {"attempt": attempt_id}), customer_id)

    def newest_turn(self, attempt_id: AttemptId, customer_id: CustomerId) -> SpokenTurn | None:
        rows = _NEWEST_TURN.rows(self._link, {"attempt": attempt_id})
        return next(iter(self._opened_turns(rows, customer_id)), None)

    def add_turn(self, turn: SpokenTurn) -> None:
        _turns.add(self._link, turn, sealed=_turns.seal(self._sealer, turn.customer_id, turn))

    def add_evidence(self, evidence: Evidence, case_id: CaseId) -> None:
        _evidence.add(self._link, evidence, case_id=case_id)

    def evidence(self, case: Case, since: datetime) -> Sequence[tuple[CaseId, Evidence]]:
        wanted = {"case": case.id, "customer": case.customer_id, "since": since}
        rows = _OF_CUSTOMER.rows(self._link, wanted)
        place = rows.columns["case_id"]
        return [(CaseId(row[place]), _evidence.value(row, rows.columns)) for row in rows.found]

    def asked_a_colleague(self, customer_id: CustomerId, since: datetime) -> bool:
        return bool(_ASKED_A_COLLEAGUE.rows(self._link, {"customer": customer_id, "since": since}).scalar())

    def steps(self, after: tuple[CaseId, int], limit: int) -> Sequence[tuple[CaseId, int, datetime, Note]]:
        rows = _STEPS.rows(self._link, {"after_case": after[0], "after_n": after[1], "most": limit})
        return [
            (CaseId(case_id), n, at, Note(kind=kind, by=by, data=json.loads(data)))
            for case_id, n, at, kind, by, data in rows.found
        ]


def read_talks(database_url: str, vault: Vault, query: Callable[[SqlTalks], T]) -> T:
    """Run a query in one read-only snapshot, for a tool that runs while the service does. Raises StoreDownError."""
    try:
        with snapshot(database_url) as connection:
            link = Link(connection)
            return query(SqlTalks(link, Sealer(link, vault)))
    except DBAPIError as error:
        raise StoreDownError(code_of(error)) from None
