"""Repository of reviews: who has claimed a case, what people did on it, and requests that wait for a second person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, func, or_, select

from wakeup.domain.case import Case
from wakeup.domain.decision import Ruling
from wakeup.domain.errors import NotFoundError
from wakeup.domain.ids import CaseId, CustomerId, EvidenceId, TransferId
from wakeup.domain.review import (
    OF_ONE_TRANSFER,
    REACHED_ACTS,
    Approval,
    ApprovalState,
    Review,
    ReviewAct,
)
from wakeup.domain.transfer import GONE, Transfer, TransferState
from wakeup.storage.keyring import SealError
from wakeup.storage.mapping import Mapper, is_one_of, table_of
from wakeup.storage.prepared import Columns, Link, Prepared
from wakeup.storage.repositories.in_doubt import IN_DOUBT
from wakeup.storage.repositories.not_reached import STANDS
from wakeup.storage.row_codegen import Row
from wakeup.storage.sealed_mapper import SealedMapper
from wakeup.storage.sealer import Sealer
from wakeup.storage.tables import (
    ApprovalRow,
    DecisionRow,
    OutboxRow,
    ReviewActRow,
    ReviewRow,
    TimelineRow,
    TransferRow,
)
from wakeup.usecases.records import MessageState

_reviews = Mapper(ReviewRow, Review)
_acts = SealedMapper(ReviewActRow, ReviewAct, ("text",))
_approvals = Mapper(ApprovalRow, Approval)
_p = _approvals.table
_t, _d, _o, _n = table_of(TransferRow), table_of(DecisionRow), table_of(OutboxRow), table_of(TimelineRow)
_OF_CASE = Prepared(
    select(_acts.table).where(_acts.table.c.case_id == bindparam("case")).order_by(_acts.table.c.at, _acts.table.c.id)
)
_w, _own = _acts.table, _acts.table.alias("own")
_RELEASES = (
    select(func.count())
    .where(_own.c.case_id == _t.c.case_id, is_one_of(_own.c.act, OF_ONE_TRANSFER), _own.c.transfer_id == _t.c.id)
    .correlate(_t)
    .scalar_subquery()
)
_RESTS = (
    select(func.count())
    .where(_d.c.transfer_id == _t.c.id, _d.c.rests_on.like(bindparam("said")))
    .correlate(_t)
    .scalar_subquery()
)
_NOT_RELEASED = (
    select(func.count())
    .select_from(_t)
    .where(_t.c.case_id == bindparam("case"), _RELEASES == 0, _RESTS > 0)
    .scalar_subquery()
)
"""How many of the case's transfers staff have not released, of those that were open when it was `said`: a decision on
each rests on that."""
_TALKED_TO_AT = Prepared(
    select(func.max(_w.c.at)).where(
        _w.c.case_id == bindparam("case"),
        is_one_of(_w.c.act, REACHED_ACTS),
        or_(~is_one_of(_w.c.act, OF_ONE_TRANSFER), _NOT_RELEASED == 0),
        STANDS,
    )
)
_REACHED_AT = Prepared(
    select(func.max(_w.c.at)).where(
        _w.c.case_id == bindparam("case"),
        is_one_of(_w.c.act, REACHED_ACTS),
        or_(~is_one_of(_w.c.act, OF_ONE_TRANSFER), _w.c.transfer_id == bindparam("transfer")),
        STANDS,
    )
)
_ASKED = Prepared(
    select(_p).where(_p.c.transfer_id == bindparam("transfer"), is_one_of(_p.c.state, [ApprovalState.ASKED]))
)
# Not EXISTS: for that, PostgreSQL may first gather every transfer that was ever allowed.
_ALLOWED_AT = (
    select(func.max(_d.c.decided_at))
    .where(_d.c.transfer_id == _t.c.id, is_one_of(_d.c.ruling, [Ruling.ALLOW]))
    .correlate(_t)
    .scalar_subquery()
)
_SINCE: BindParameter[datetime] = bindparam("since")
_THEIRS_OF_LATE = and_(_t.c.customer_id == bindparam("customer"), or_(_t.c.flagged_at > _SINCE, _ALLOWED_AT > _SINCE))
_OTHER_PAYMENT = (
    select(func.count())
    .where(_n.c.case_id == _t.c.case_id, is_one_of(_n.c.kind, {"other_payment"}))
    .correlate(_t)
    .scalar_subquery()
)
_DAY = Prepared(
    select(_t.c.amount, _t.c.currency, _OTHER_PAYMENT).where(or_(_THEIRS_OF_LATE, _t.c.id == bindparam("transfer")))
)
_UNACKNOWLEDGED = (
    select(func.count())
    .where(_o.c.transfer_id == _t.c.id, is_one_of(_o.c.state, [MessageState.DUE, MessageState.DEAD]))
    .correlate(_t)
    .scalar_subquery()
)
_GONE_ELSEWHERE = Prepared(
    select(_t.c.case_id)
    .where(
        _t.c.customer_id == bindparam("customer"),
        _t.c.case_id != bindparam("case"),
        or_(
            and_(is_one_of(_t.c.state, GONE), or_(_t.c.flagged_at > _SINCE, _ALLOWED_AT > _SINCE)),
            and_(is_one_of(_t.c.state, [TransferState.ALLOWED]), _UNACKNOWLEDGED > 0),
            IN_DOUBT,
        ),
    )
    .distinct()
    .order_by(_t.c.case_id)
)


class SqlReviews:
    """Implements `usecases.repositories.reviews.Reviews`: people's words are sealed under the customer's key."""

    def __init__(self, link: Link, sealer: Sealer) -> None:
        self._link = link
        self._sealer = sealer

    def get(self, case_id: CaseId) -> Review | None:
        return _reviews.get(self._link, case_id)

    def add(self, review: Review) -> None:
        _reviews.add(self._link, review)

    def save(self, review: Review) -> None:
        _reviews.save(self._link, review)

    def add_act(self, act: ReviewAct) -> None:
        # An act under a lost key has no words. It is recorded all the same: humans decide about the payment.
        sealed = _acts.seal(self._sealer, act.customer_id, act) if self._sealer.can_open(act.customer_id) else b""
        _acts.add(self._link, act, sealed=sealed)

    def acts(self, case_id: CaseId, customer_id: CustomerId) -> Sequence[ReviewAct]:
        rows = _OF_CASE.rows(self._link, {"case": case_id})
        return [_acts.value(row, rows.columns, **self._words(row, rows.columns, customer_id)) for row in rows.found]

    def _words(self, row: Row, columns: Columns, customer_id: CustomerId) -> dict[str, Any]:
        """Return what is sealed of an act. Without the customer's key an act has no words."""
        try:
            return _acts.open(self._sealer, row, columns, customer_id)
        except (SealError, NotFoundError):
            return {"text": "", "customer_id": customer_id}

    def last_contact_at(self, case_id: CaseId, said: EvidenceId | None = None) -> datetime | None:
        wanted = {"case": case_id, "said": "%" if said is None else f'%"{said}"%'}
        found: datetime | None = _TALKED_TO_AT.rows(self._link, wanted).scalar()
        return found

    def reached_at(self, transfer: Transfer) -> datetime | None:
        wanted = {"case": transfer.case_id, "transfer": transfer.id}
        found: datetime | None = _REACHED_AT.rows(self._link, wanted).scalar()
        return found

    def asked(self, transfer_id: TransferId) -> Approval | None:
        return _approvals.one(_ASKED.rows(self._link, {"transfer": transfer_id}))

    def add_approval(self, approval: Approval) -> None:
        _approvals.add(self._link, approval)

    def save_approval(self, approval: Approval) -> None:
        _approvals.save(self._link, approval)

    def day_of(self, transfer: Transfer, since: datetime) -> Sequence[tuple[Decimal | None, str]]:
        wanted = {"customer": transfer.customer_id, "transfer": transfer.id, "since": since}
        rows = _DAY.rows(self._link, wanted)
        return [(None if others else amount, currency) for amount, currency, others in rows.found]

    def gone_elsewhere(self, case: Case, since: datetime) -> Sequence[CaseId]:
        wanted = {"customer": case.customer_id, "case": case.id, "since": since}
        return [CaseId(found) for found in _GONE_ELSEWHERE.rows(self._link, wanted).column()]
