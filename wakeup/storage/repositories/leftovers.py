"""Repository of data that the end of no case would ever delete: customers who never had a case, guardians who were
removed, and incoming messages that led nowhere.

Imported only when it is used, about once an hour, so that a service does not hold its statements before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Delete,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    update,
)

from wakeup.domain.attempt import LIVE, AttemptState
from wakeup.domain.case import CaseState
from wakeup.domain.guardian import GuardianState
from wakeup.domain.ids import CustomerId, GuardianId, PartyId
from wakeup.domain.party import Role
from wakeup.domain.sms import SmsState
from wakeup.storage import tables as t
from wakeup.storage.mapping import is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared

_g, _customers, _transfers = table_of(t.GuardianRow), table_of(t.CustomerRow), table_of(t.TransferRow)
_cases, _settled, _holds = table_of(t.CaseRow), table_of(t.RetentionRow), table_of(t.LegalHoldRow)
_replies, _call_ins, _early = table_of(t.ReplyRow), table_of(t.CallInRow), table_of(t.EarlyNewsRow)
_parties, _attempts, _confirmations = table_of(t.PartyRow), table_of(t.AttemptRow), table_of(t.ConfirmationRow)
_texts = table_of(t.SmsRow)
_BEFORE: BindParameter[datetime] = bindparam("before")
_MOST: BindParameter[int] = bindparam("most")
_IS_REMOVED = is_one_of(_g.c.state, [GuardianState.REMOVED])

_earlier, _newer = _g.alias("earlier"), _g.alias("newer")
# A customer without a case became known through guardians. An index of customers by time would cost every event.
_WITHOUT_CASES = Prepared(
    select(_g.c.customer_id)
    .join(_customers, _customers.c.id == _g.c.customer_id)
    .where(
        _g.c.enrolled_at <= _BEFORE,
        _customers.c.seen_at <= _BEFORE,
        ~exists().where(_transfers.c.customer_id == _g.c.customer_id),
        ~exists().where(_holds.c.customer_id == _g.c.customer_id),
        ~exists().where(
            _newer.c.customer_id == _g.c.customer_id,
            or_(_newer.c.enrolled_at > _BEFORE, _newer.c.confirmed_at > _BEFORE),
            _newer.c.state != GuardianState.REMOVED.value,
        ),
        ~exists().where(
            _earlier.c.customer_id == _g.c.customer_id,
            _earlier.c.enrolled_at <= _BEFORE,
            tuple_(_earlier.c.enrolled_at, _earlier.c.id) < tuple_(_g.c.enrolled_at, _g.c.id),
        ),
    )
    .order_by(_g.c.enrolled_at)
    .limit(_MOST)
)
_NEEDED = (
    exists().where(_holds.c.customer_id == _g.c.customer_id),
    exists().where(_settled.c.customer_id == _g.c.customer_id, _settled.c.words_gone.is_(False)),
    exists().where(
        _cases.c.id == _transfers.c.case_id,
        _transfers.c.customer_id == _g.c.customer_id,
        is_one_of(_cases.c.state, [CaseState.OPEN, CaseState.IN_REVIEW]),
    ),
    exists().where(
        _attempts.c.case_id == _transfers.c.case_id,
        _transfers.c.customer_id == _g.c.customer_id,
        is_one_of(_attempts.c.state, [*LIVE, AttemptState.PLANNED, AttemptState.CLAIMED]),
    ),
    exists().where(
        _confirmations.c.case_id == _transfers.c.case_id,
        _transfers.c.customer_id == _g.c.customer_id,
        _confirmations.c.code.is_not(None),
    ),
    # Counted, because for a NOT EXISTS PostgreSQL may first gather all SMS.
    select(func.count())
    .where(
        _texts.c.customer_id == _g.c.customer_id,
        is_one_of(_texts.c.state, [SmsState.QUEUED, SmsState.SENDING, SmsState.UNKNOWN]),
    )
    .correlate(_g)
    .scalar_subquery()
    > 0,
)
"""Reasons to keep a removed guardian's data. As long as the words of a case are stored, it must stay visible who
was asked. A call, an SMS or an answer that is still to come needs the number."""
_TO_EMPTY = Prepared(
    select(_g.c.customer_id, _g.c.id)
    .where(
        _IS_REMOVED,
        # In the form that the index uses. A guardian of whom only the hash is kept has no region any more.
        _g.c.number_index != literal_column("''"),
        _g.c.region != literal_column("''"),
        ~or_(*_NEEDED),
    )
    .order_by(_g.c.customer_id, _g.c.id)
    .limit(_MOST)
)
_IS_NEEDED = Prepared(
    select(or_(*_NEEDED)).select_from(_g).where(_g.c.customer_id == bindparam("customer"), _g.c.id == bindparam("id"))
)


def _oldest(table: Table, key: str, condition: ColumnElement[bool]) -> Delete:
    ids = select(table.c[key]).where(condition).limit(bindparam("_most"))
    return delete(table).where(table.c[key].in_(ids))


_IS_A_STRANGERS = and_(_replies.c.customer_id.is_(None), _replies.c.received_at <= bindparam("_before"))
_STRANGERS = Prepared(_oldest(_replies, "message_sid", _IS_A_STRANGERS))
_EARLY = Prepared(_oldest(_early, "event_id", _early.c.received_at <= bindparam("_before")))
_CALL_INS = Prepared(
    delete(_call_ins).where(
        _call_ins.c.until <= bindparam("_before"), ~exists().where(_holds.c.customer_id == _call_ins.c.customer_id)
    )
)


_named_as = (
    select(_parties.c.id, _parties.c.number_index)
    .join(_cases, _cases.c.id == _parties.c.case_id)
    .where(
        _parties.c.bank_id == bindparam("guardian"),
        is_one_of(_parties.c.role, [Role.GUARDIAN]),
        _cases.c.customer_id == bindparam("customer"),
    )
)
_NAMED_AS = Prepared(_named_as)
_EMPTY_TEXTS = Prepared(
    update(_texts)
    .where(
        _texts.c.customer_id == bindparam("customer"),
        or_(
            _texts.c.guardian_id == bindparam("guardian"),
            _texts.c.party_id.in_(_named_as.with_only_columns(_parties.c.id)),
        ),
    )
    .values(sealed=b"", check_at=null())
)
"""The hash of the number stays: it counts against the number's limits."""
_EMPTY_PARTY = Prepared(
    update(_parties).where(_parties.c.id == bindparam("_id")).values(sealed=b"", number_index=bindparam("_number"))
)


class SqlLeftovers:
    """Implements `usecases.repositories.leftovers.Leftovers`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def without_cases(self, before: datetime, limit: int) -> Sequence[CustomerId]:
        return [CustomerId(n) for n in _WITHOUT_CASES.rows(self._link, {"before": before, "most": limit}).column()]

    def to_empty(self, limit: int) -> Sequence[tuple[CustomerId, GuardianId]]:
        found = _TO_EMPTY.rows(self._link, {"most": limit}).found
        return [(CustomerId(customer), GuardianId(guardian)) for customer, guardian in found]

    def is_needed(self, customer_id: CustomerId, guardian_id: GuardianId) -> bool:
        return bool(_IS_NEEDED.rows(self._link, {"customer": customer_id, "id": guardian_id}).scalar())

    def named_as(self, customer_id: CustomerId, guardian_id: GuardianId) -> Sequence[tuple[PartyId, str]]:
        found = _NAMED_AS.rows(self._link, {"customer": customer_id, "guardian": guardian_id}).found
        return [(PartyId(party), number) for party, number in found]

    def empty_party(self, party_id: PartyId, number_index: str) -> None:
        _EMPTY_PARTY.execute(self._link, {"_id": party_id, "_number": number_index})

    def empty_texts(self, customer_id: CustomerId, guardian_id: GuardianId) -> None:
        _EMPTY_TEXTS.execute(self._link, {"customer": customer_id, "guardian": guardian_id})

    def prune_strangers(self, before: datetime, limit: int) -> int:
        return _STRANGERS.execute(self._link, {"_before": before, "_most": limit})

    def prune_early_news(self, before: datetime, limit: int) -> int:
        return _EARLY.execute(self._link, {"_before": before, "_most": limit})

    def prune_call_ins(self, before: datetime) -> int:
        return _CALL_INS.execute(self._link, {"_before": before})
