"""Repository of erasure: deletes a customer's words and key, and everything that finds or names the customer.

Imported only when it is used, about once a day, so that a service does not hold its statements before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, exists, func, null, or_, select, union, update
from sqlalchemy.sql import Delete, Update

from wakeup.domain.attempt import LIVE, AttemptState
from wakeup.domain.case import Case, CaseState
from wakeup.domain.ids import CaseId, CustomerId
from wakeup.domain.sms import SmsState
from wakeup.domain.transfer import GONE
from wakeup.storage import tables as t
from wakeup.storage.customer_rows import CALLS, CASES, CUSTOMER, TEXTS, TRANSFERS
from wakeup.storage.mapping import is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.repositories.cases import case_mapper
from wakeup.storage.repositories.dossier import dossier_of
from wakeup.storage.sealer import Sealer
from wakeup.usecases.records import MessageState
from wakeup.usecases.repositories.erasure import Dossier, Obstacle

_c, _r, _h = case_mapper.table, table_of(t.RetentionRow), table_of(t.LegalHoldRow)
_customers, _attempts, _texts, _outbox = (table_of(r) for r in (t.CustomerRow, t.AttemptRow, t.SmsRow, t.OutboxRow))
_turns, _talks, _events = table_of(t.TurnRow), table_of(t.TalkRow), table_of(t.CallEventRow)
_text_events, _replies, _recordings = table_of(t.SmsEventRow), table_of(t.ReplyRow), table_of(t.RecordingRow)
_parties, _confirmations, _transfers = table_of(t.PartyRow), table_of(t.ConfirmationRow), table_of(t.TransferRow)
_guardians, _asks = table_of(t.GuardianRow), table_of(t.PersonAskRow)

_LOCK_CASES = Prepared(select(_c).where(_c.c.id.in_(CASES)).order_by(_c.c.id).with_for_update())
_LOCK_CUSTOMER = Prepared(select(_customers.c.id).where(_customers.c.id == CUSTOMER).with_for_update())

_OBSTACLES = {
    Obstacle.LEGAL_HOLD: select(_h.c.ticket).where(_h.c.customer_id == CUSTOMER),
    Obstacle.CASE_NOT_SETTLED: select(_c.c.id).where(
        _c.c.id.in_(CASES), is_one_of(_c.c.state, [CaseState.OPEN, CaseState.IN_REVIEW])
    ),
    Obstacle.CALL_NOT_OVER: select(_attempts.c.id).where(
        _attempts.c.case_id.in_(CASES),
        is_one_of(_attempts.c.state, [*LIVE, AttemptState.PLANNED, AttemptState.CLAIMED]),
    ),
    Obstacle.TEXT_NOT_OVER: select(_texts.c.id).where(
        _texts.c.customer_id == CUSTOMER,
        is_one_of(_texts.c.state, [SmsState.SENDING, SmsState.UNKNOWN]),
    ),
    Obstacle.GUARDIAN_MAY_ANSWER: select(_confirmations.c.id).where(
        _confirmations.c.customer_id == CUSTOMER,
        _confirmations.c.code.is_not(None),
        exists().where(
            _transfers.c.case_id == _confirmations.c.case_id,
            is_one_of(_transfers.c.state, GONE),
        ),
    ),
    Obstacle.SHAKEN: select(_customers.c.id).where(
        _customers.c.id == CUSTOMER, _customers.c.shaken_until > bindparam("now")
    ),
    Obstacle.MESSAGE_NOT_DELIVERED: select(_outbox.c.id).where(
        _outbox.c.transfer_id.in_(TRANSFERS), is_one_of(_outbox.c.state, [MessageState.DUE, MessageState.DEAD])
    ),
}
_LOOK = {what: Prepared(query) for what, query in _OBSTACLES.items()}

_AT: BindParameter[datetime] = bindparam("at")
_IS_LEFT = Prepared(
    select(
        or_(
            exists().where(_customers.c.id == CUSTOMER, _customers.c.seen_at <= _AT),
            exists().where(_guardians.c.customer_id == CUSTOMER, _guardians.c.enrolled_at <= _AT),
            exists().where(
                _transfers.c.customer_id == CUSTOMER,
                _transfers.c.flagged_at <= _AT,
                func.length(_transfers.c.sealed) > 0,
            ),
        )
    )
)
"""True if data of a customer erased at that time is still there. If the customer is only new since, transfers from
before are empty."""

_CASE: BindParameter[str] = bindparam("case")
_ITS_CALLS = select(_attempts.c.id).where(_attempts.c.case_id == _CASE)
_ITS_TEXTS = select(_texts.c.id).where(_texts.c.case_id == _CASE)
_DELETE_WORDS = [
    Prepared(statement)
    for statement in (
        delete(_turns).where(_turns.c.attempt_id.in_(_ITS_CALLS)),
        delete(_talks).where(_talks.c.attempt_id.in_(_ITS_CALLS)),
        delete(_events).where(_events.c.attempt_id.in_(_ITS_CALLS)),
        delete(_text_events).where(_text_events.c.sms_id.in_(_ITS_TEXTS)),
        update(_replies).where(_replies.c.case_id == _CASE).values(sealed=null()),
        update(_r).where(_r.c.case_id == _CASE).values(words_gone=True),
    )
]


_WHOLE = [table_of(row) for row in (t.ReplyRow, t.GuardianRow, t.GuardianChangeRow, t.CallInRow, t.RetentionRow)]
"""Tables in which no row of the customer is left."""
_NUMBERS = union(
    select(_parties.c.number_index).where(_parties.c.case_id.in_(CASES)),
    select(_guardians.c.number_index).where(_guardians.c.customer_id == CUSTOMER),
)
NOBODY = ""
"""Stored instead of the keyed hash of a number."""
_IS_NOBODYS = func.coalesce(_replies.c.customer_id, "") == ""
"""True for SMS of unknown senders. Written without IS NULL, which would walk through all SMS of unknown senders
instead of looking up the numbers."""
_ERASE: Sequence[Delete | Update] = (
    # Rows that depend on others are deleted first.
    delete(_turns).where(_turns.c.attempt_id.in_(CALLS)),
    delete(_events).where(_events.c.attempt_id.in_(CALLS)),
    delete(_talks).where(_talks.c.attempt_id.in_(CALLS)),
    delete(_text_events).where(_text_events.c.sms_id.in_(TEXTS)),
    # SMS that the customer sent are not linked to a customer, so they are found by number.
    delete(_replies).where(_IS_NOBODYS, _replies.c.number_index.in_(_NUMBERS)),
    delete(_asks).where(_asks.c.number_index.in_(_NUMBERS)),
    *(delete(table).where(table.c.customer_id == CUSTOMER) for table in _WHOLE),
    update(_texts).where(_texts.c.customer_id == CUSTOMER).values(number_index=NOBODY, sealed=b"", check_at=null()),
    update(_confirmations).where(_confirmations.c.case_id.in_(CASES)).values(number_index=NOBODY, code=null()),
    update(_parties).where(_parties.c.case_id.in_(CASES)).values(number_index=NOBODY, sealed=b"", ringable=False),
    update(_attempts).where(_attempts.c.case_id.in_(CASES)).values(number_index=NOBODY),
    # The payee is another person. The keyed hash of the account stays, as other customers' transfers go there.
    update(_transfers).where(_transfers.c.customer_id == CUSTOMER).values(sealed=b""),
    delete(_customers).where(_customers.c.id == CUSTOMER),
)
_ERASE_ALL = [Prepared(statement) for statement in _ERASE]
_NEVER_KNOWN = Prepared(
    update(_texts)
    .where(_texts.c.customer_id == CUSTOMER, is_one_of(_texts.c.state, [SmsState.SENDING, SmsState.UNKNOWN]))
    .values(state=SmsState.FAILED, reason="erased", ended_at=bindparam("now"))
)
"""SMS of a customer whose key was lost, so that what became of them can not be asked any more."""
_UNSENT = Prepared(
    update(_texts)
    .where(_texts.c.customer_id == CUSTOMER, is_one_of(_texts.c.state, [SmsState.QUEUED]))
    .values(state=SmsState.SUPPRESSED, reason="erased", ended_at=bindparam("now"))
)
_DELETE_RECORDINGS = Prepared(
    update(_recordings)
    .where(_recordings.c.case_id.in_(CASES), _recordings.c.deleted_at.is_(None))
    .values(delete_at=bindparam("now"))
)


class SqlErasure:
    """Implements `usecases.repositories.erasure.Erasure`."""

    def __init__(self, link: Link, sealer: Sealer) -> None:
        self._link, self._sealer = link, sealer

    def delete_words(self, case_id: CaseId) -> None:
        for statement in _DELETE_WORDS:
            statement.execute(self._link, {"case": case_id})

    def lock_cases(self, customer_id: CustomerId) -> Sequence[Case]:
        return case_mapper.all(_LOCK_CASES.rows(self._link, {"customer": customer_id}))

    def lock_customer(self, customer_id: CustomerId) -> bool:
        return bool(_LOCK_CUSTOMER.rows(self._link, {"customer": customer_id}).found)

    def obstacles(self, customer_id: CustomerId, now: datetime) -> Sequence[tuple[Obstacle, str]]:
        who: Mapping[str, Any] = {"customer": customer_id, "now": now}
        return [(what, found) for what, query in _LOOK.items() for found in query.rows(self._link, who).column()]

    def is_left(self, customer_id: CustomerId, at: datetime) -> bool:
        return bool(_IS_LEFT.rows(self._link, {"customer": customer_id, "at": at}).scalar())

    def erase(self, customer_id: CustomerId, now: datetime) -> int:
        who = {"customer": customer_id, "now": now}
        recordings = _DELETE_RECORDINGS.execute(self._link, who)
        _UNSENT.execute(self._link, who)
        _NEVER_KNOWN.execute(self._link, who)
        for statement in _ERASE_ALL:
            statement.execute(self._link, who)
        self._sealer.drop_key(customer_id)
        return recordings

    def dossier(self, customer_id: CustomerId) -> Dossier:
        return dossier_of(self._link, self._sealer, customer_id)
