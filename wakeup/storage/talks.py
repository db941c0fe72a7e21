"""Shelf of conversations: their state, every turn as it was served, and the evidence they gave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, select

from wakeup.domain.case import Case
from wakeup.domain.ids import AttemptId, CaseId, CustomerId, TransferId
from wakeup.domain.outcome import Evidence
from wakeup.storage.mapping import Mapper, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.safe import Safe
from wakeup.storage.tables import CaseRow, EvidenceRow, TalkRow, TurnRow
from wakeup.usecases.records import SpokenTurn, Talk

_talks = Mapper(TalkRow, Talk, lists={"named": TransferId}, saved=("sealed",))
_turns = Mapper(TurnRow, SpokenTurn)
_evidence = Mapper(EvidenceRow, Evidence, lists={"named": TransferId})
_e = _evidence.table
_c = table_of(CaseRow)
_OF_CUSTOMER = Prepared(
    select(_e)
    .join(_c, _c.c.id == _e.c.case_id)
    .where(
        _c.c.customer_id == bindparam("customer"),
        or_(_e.c.case_id == bindparam("case"), _e.c.at >= bindparam("since")),
    )
    .order_by(_e.c.at)
)


class TalkShelf:
    """Implements `usecases.unit.Talks`: words and inputs are sealed under the customer's key."""

    def __init__(self, link: Link, safe: Safe) -> None:
        self._link = link
        self._safe = safe

    def get(self, attempt_id: AttemptId, customer_id: CustomerId) -> Talk | None:
        rows = _talks.find(self._link, attempt_id)
        if not rows.found:
            return None
        row = rows.found[0]
        opened = self._safe.open(customer_id, "talks", attempt_id, row[rows.places["sealed"]])
        return _talks.value(row, rows.places, customer_id=customer_id, **opened)

    def add(self, talk: Talk) -> None:
        _talks.add(self._link, talk, sealed=self._seal(talk))

    def save(self, talk: Talk) -> None:
        _talks.save(self._link, talk, sealed=self._seal(talk))

    def _seal(self, talk: Talk) -> bytes:
        return self._safe.seal(talk.customer_id, "talks", talk.attempt_id, {"state": talk.state})

    def turn(self, attempt_id: AttemptId, customer_id: CustomerId, n: int) -> SpokenTurn | None:
        rows = _turns.find(self._link, attempt_id, n)
        if not rows.found:
            return None
        row = rows.found[0]
        opened = self._safe.open(customer_id, "turns", f"{attempt_id}/{n}", row[rows.places["sealed"]])
        return _turns.value(row, rows.places, customer_id=customer_id, **opened)

    def add_turn(self, turn: SpokenTurn) -> None:
        words = {"turn": turn.turn, "input": turn.input}
        sealed = self._safe.seal(turn.customer_id, "turns", f"{turn.attempt_id}/{turn.n}", words)
        _turns.add(self._link, turn, sealed=sealed)

    def add_evidence(self, evidence: Evidence, case_id: CaseId) -> None:
        _evidence.add(self._link, evidence, case_id=case_id)

    def evidence(self, case: Case, since: datetime) -> Sequence[tuple[CaseId, Evidence]]:
        wanted = {"case": case.id, "customer": case.customer_id, "since": since}
        rows = _OF_CUSTOMER.rows(self._link, wanted)
        place = rows.places["case_id"]
        return [(CaseId(row[place]), _evidence.value(row, rows.places)) for row in rows.found]
