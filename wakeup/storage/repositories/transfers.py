"""Repositories of transfers and of their parties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import BindParameter, and_, bindparam, exists, func, or_, select, update

from wakeup.domain.case import Case
from wakeup.domain.decision import Ruling
from wakeup.domain.errors import NotFoundError
from wakeup.domain.ids import CaseId, CustomerId, PartyId, TransferId
from wakeup.domain.party import Party, Payee, Role
from wakeup.domain.transfer import Transfer
from wakeup.storage.mapping import Mapper, is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.sealed_mapper import SealedMapper
from wakeup.storage.sealer import Sealer
from wakeup.storage.tables import CaseRow, DecisionRow, PartyRow, TransferRow

transfer_mapper = Mapper(TransferRow, Transfer, saved=("act_at",))
_t = transfer_mapper.table
_PAYEE = Prepared(select(_t.c.sealed).where(_t.c.id == bindparam("transfer")))
party_mapper = SealedMapper(PartyRow, Party, ("phone", "name"), skips_erased=True)
"""A party of an erased customer counts as unknown. Events about it are still accepted."""
_OF_CASE = Prepared(select(_t).where(_t.c.case_id == bindparam("case")).order_by(_t.c.flagged_at, _t.c.id))
_earlier = _t.alias("earlier")
# One row per case, found along the index however many are due. A GROUP BY would have to read them all.
_NOT_THE_FIRST = exists().where(
    _earlier.c.case_id == _t.c.case_id,
    or_(_earlier.c.act_at < _t.c.act_at, and_(_earlier.c.act_at == _t.c.act_at, _earlier.c.id < _t.c.id)),
)
_DUE = Prepared(
    select(_t.c.case_id, _t.c.act_at)
    .where(_t.c.act_at <= bindparam("now"), ~_NOT_THE_FIRST)
    .order_by(_t.c.act_at)
    .limit(bindparam("most"))
)
_UNDECIDED_SINCE = Prepared(select(func.count()).where(_t.c.act_at < bindparam("at")))
_NEXT = Prepared(select(func.min(_t.c.act_at)).where(_t.c.act_at > bindparam("now")))
_AMOUNTS = Prepared(
    select(_t.c.amount, _t.c.currency, _t.c.flagged_at).where(
        or_(
            _t.c.customer_id == bindparam("customer"),
            _t.c.payee_index == bindparam("payee"),
        ),
        _t.c.flagged_at > bindparam("since"),
    )
)
_d, _beside = table_of(DecisionRow), _t.alias("beside")
_CAME: BindParameter[datetime] = bindparam("came")
_LET_GO_AT = (
    select(func.max(_d.c.decided_at))
    .where(
        _d.c.transfer_id == _beside.c.id,
        _d.c.sequence == _beside.c.sequence,
        is_one_of(_d.c.ruling, [Ruling.ALLOW]),
    )
    .correlate(_beside)
    .scalar_subquery()
)
"""When the other transfer was allowed, if that is still its newest decision.

A transfer allowed before this one arrived has no bearing on it, unless the allow was recalled: then a newer
decision stands. Allowing the other one later does not release this one.
"""
_GUARDED_BESIDE = Prepared(
    select(
        exists().where(
            _beside.c.customer_id == bindparam("customer"),
            _beside.c.id != bindparam("transfer"),
            _beside.c.guarded.is_(True),
            _beside.c.hold_max > _CAME,
            or_(_LET_GO_AT.is_(None), _LET_GO_AT > _CAME),
        )
    )
)
_NEWEST_AT = Prepared(select(func.max(_t.c.flagged_at)).where(_t.c.customer_id == bindparam("customer")))
_SILENCE = Prepared(
    update(party_mapper.table).where(party_mapper.table.c.id == bindparam("_id")).values(ringable=False)
)
_BAR = Prepared(
    update(party_mapper.table).where(party_mapper.table.c.id == bindparam("_id")).values(barred=bindparam("_why"))
)
_ROLE = Prepared(select(party_mapper.table.c.role).where(party_mapper.table.c.id == bindparam("party")))
_PARTIES_OF_CASE = Prepared(
    select(party_mapper.table)
    .where(party_mapper.table.c.case_id == bindparam("case"))
    .order_by(party_mapper.table.c.id)
)
_NUMBERS = Prepared(
    select(party_mapper.table.c.number_index).where(
        party_mapper.table.c.case_id == bindparam("case"), party_mapper.table.c.role != Role.AGENT.value
    )
)

_c = table_of(CaseRow)
_NAMED_WITH = Prepared(
    select(party_mapper.table.c.number_index, func.min(_c.c.opened_at))
    .join(_c, _c.c.id == party_mapper.table.c.case_id)
    .where(
        party_mapper.table.c.bank_id == bindparam("guardian"),
        is_one_of(party_mapper.table.c.role, [Role.GUARDIAN]),
        _c.c.customer_id == bindparam("customer"),
    )
    .group_by(party_mapper.table.c.number_index)
)
_p = party_mapper.table
# Counted for each case of the customer. PostgreSQL would gather all parties before it joined them.
_SILENT_THERE = (
    select(func.count())
    .where(
        _p.c.case_id == _t.c.case_id,
        # Written as "no other role": with "is a guardian", PostgreSQL may go through all guardians there are.
        ~is_one_of(_p.c.role, {*Role} - {Role.GUARDIAN}),
        _p.c.number_index == bindparam("number"),
        # The payee's number is not rung either, but it is barred.
        _p.c.ringable.is_(False),
        _p.c.barred.is_(None),
    )
    .correlate(_t)
    .scalar_subquery()
)
_STOPPED = Prepared(select(exists().where(_t.c.customer_id == bindparam("customer"), _SILENT_THERE > 0)))


def payee_facts(payee: Payee) -> dict[str, str | None]:
    """Return what is sealed with a transfer."""
    return {"name": payee.name, "account": payee.account, "bank": payee.bank, "phone": payee.phone}


class SqlTransfers:
    """Implements `usecases.repositories.transfers.Transfers`."""

    def __init__(self, link: Link, sealer: Sealer) -> None:
        self._link = link
        self._sealer = sealer

    def get(self, transfer_id: TransferId) -> Transfer | None:
        return transfer_mapper.get(self._link, transfer_id)

    def of_case(self, case_id: CaseId) -> Sequence[Transfer]:
        return transfer_mapper.all(_OF_CASE.rows(self._link, {"case": case_id}))

    def add(self, transfer: Transfer, payee: Payee) -> None:
        sealed = self._sealer.seal(transfer.customer_id, "transfers", transfer.id, payee_facts(payee))
        transfer_mapper.add(self._link, transfer, act_at=transfer.act_at, sealed=sealed)

    def save(self, transfer: Transfer) -> None:
        transfer_mapper.save(self._link, transfer, act_at=transfer.act_at)

    def payee(self, transfer: Transfer) -> Payee:
        sealed = _PAYEE.rows(self._link, {"transfer": transfer.id}).scalar()
        return Payee(**self._sealer.open(transfer.customer_id, "transfers", transfer.id, sealed))

    def cases_due(self, now: datetime, limit: int) -> Sequence[tuple[CaseId, datetime]]:
        return [(CaseId(case_id), at) for case_id, at in _DUE.rows(self._link, {"now": now, "most": limit}).found]

    def undecided_since(self, at: datetime) -> int:
        found: int = _UNDECIDED_SINCE.rows(self._link, {"at": at}).scalar()
        return found

    def next_due(self, now: datetime) -> datetime | None:
        found: datetime | None = _NEXT.rows(self._link, {"now": now}).scalar()
        return found

    def amounts(
        self, customer_id: CustomerId, payee_index: str, since: datetime
    ) -> Sequence[tuple[Decimal, str, datetime]]:
        wanted = {"customer": customer_id, "payee": payee_index, "since": since}
        return [(amount, currency, at) for amount, currency, at in _AMOUNTS.rows(self._link, wanted).found]

    def newest_at(self, customer_id: CustomerId) -> datetime | None:
        found: datetime | None = _NEWEST_AT.rows(self._link, {"customer": customer_id}).scalar()
        return found

    def guarded_beside(self, transfer: Transfer) -> bool:
        wanted = {"customer": transfer.customer_id, "transfer": transfer.id, "came": transfer.flagged_at}
        return bool(_GUARDED_BESIDE.rows(self._link, wanted).scalar())


class SqlParties:
    """Implements `usecases.repositories.transfers.Parties`: number and name are sealed under the customer's key."""

    def __init__(self, link: Link, sealer: Sealer) -> None:
        self._link = link
        self._sealer = sealer
        self._opened_before: dict[PartyId, Party] = {}
        """Cache of this transaction: one turn of a call asks three times for the party that was called."""

    def get(self, party_id: PartyId, customer_id: CustomerId) -> Party:
        known = self._opened_before.get(party_id)
        if known is not None:
            return known
        found = party_mapper.first(self._sealer, party_mapper.find(self._link, party_id), customer_id)
        if found is None:
            raise NotFoundError("no such party")
        self._opened_before[party_id] = found
        return found

    def role_of(self, party_id: PartyId) -> Role:
        known = self._opened_before.get(party_id)
        role: Role | None = _ROLE.rows(self._link, {"party": party_id}).scalar() if known is None else known.role
        if role is None:
            raise NotFoundError("no such party")
        return role

    def of_case(self, case: Case) -> Sequence[Party]:
        return party_mapper.opened(self._sealer, _PARTIES_OF_CASE.rows(self._link, {"case": case.id}), case.customer_id)

    def numbers(self, case_id: CaseId) -> frozenset[str]:
        return frozenset(_NUMBERS.rows(self._link, {"case": case_id}).column())

    def guardian_named_with(self, customer_id: CustomerId, bank_id: str) -> Mapping[str, datetime]:
        wanted = {"guardian": bank_id, "customer": customer_id}
        return dict(_NAMED_WITH.rows(self._link, wanted).found)

    def guardian_stopped(self, customer_id: CustomerId, number_index: str) -> bool:
        wanted = {"customer": customer_id, "number": number_index}
        return bool(_STOPPED.rows(self._link, wanted).scalar())

    def silence(self, party_id: PartyId) -> None:
        self._opened_before.pop(party_id, None)
        _SILENCE.execute(self._link, {"_id": party_id})

    def bar(self, party_id: PartyId, why: str) -> None:
        self._opened_before.pop(party_id, None)
        _BAR.execute(self._link, {"_id": party_id, "_why": why})

    def add(self, parties: Iterable[Party], customer_id: CustomerId) -> None:
        for party in parties:
            party_mapper.add(self._link, party, sealed=party_mapper.seal(self._sealer, customer_id, party))
