"""Repositories of confirmations, of incoming and outgoing SMS, and of numbers that want no further contact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, func, select

from wakeup.domain.confirmation import Confirmation
from wakeup.domain.errors import NotFoundError
from wakeup.domain.ids import CaseId, ConfirmationId, CustomerId, SmsId
from wakeup.domain.sms import URGENT, Sms, SmsKind, SmsState
from wakeup.storage.mapping import Mapper, insert_new, is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.sealed_mapper import SealedMapper
from wakeup.storage.sealer import Sealer
from wakeup.storage.tables import ConfirmationRow, DoNotCallRow, ReplyRow, SmsEventRow, SmsRow
from wakeup.usecases.repositories.texts import Channel, KeptOff, Received, SmsEventRecord

_confirmations = Mapper(ConfirmationRow, Confirmation)
_c = _confirmations.table
_OF_CASE = Prepared(select(_c).where(_c.c.case_id == bindparam("case")).order_by(_c.c.n))
_CODED = Prepared(
    select(_c).where(_c.c.number_index == bindparam("number"), _c.c.code.is_not(None)).order_by(_c.c.asked_at)
)
_DUE = Prepared(select(_c).where(_c.c.due_at <= bindparam("now")).order_by(_c.c.due_at).limit(bindparam("most")))
_NEXT = Prepared(select(func.min(_c.c.due_at)).where(_c.c.due_at.is_not(None)))


class SqlConfirmations:
    """Implements `usecases.repositories.texts.Confirmations`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def get(self, confirmation_id: ConfirmationId) -> Confirmation:
        found = _confirmations.get(self._link, confirmation_id)
        if found is None:
            raise NotFoundError("no such confirmation")
        return found

    def of_case(self, case_id: CaseId) -> Sequence[Confirmation]:
        return _confirmations.all(_OF_CASE.rows(self._link, {"case": case_id}))

    def coded(self, number_index: str) -> Sequence[Confirmation]:
        return _confirmations.all(_CODED.rows(self._link, {"number": number_index}))

    def add(self, confirmation: Confirmation) -> None:
        _confirmations.add(self._link, confirmation)

    def save(self, confirmation: Confirmation) -> None:
        _confirmations.save(self._link, confirmation)

    def due(self, now: datetime, limit: int) -> Sequence[Confirmation]:
        return _confirmations.all(_DUE.rows(self._link, {"now": now, "most": limit}))

    def next_due(self) -> datetime | None:
        found: datetime | None = _NEXT.rows(self._link).scalar()
        return found


_sms = SealedMapper(SmsRow, Sms, ("phone", "body"), skips_erased=True)
"""An SMS to an erased customer counts as not existing."""
_s = _sms.table
_events = SealedMapper(SmsEventRow, SmsEventRecord, ("raw",))
_NEW_EVENT = insert_new(_events.table, takes=_events.takes)
_received = SealedMapper(ReplyRow, Received, ("body",), saved=("sealed",))
_r = _received.table
_NEW_REPLY = insert_new(_r, takes=_received.takes)
_QUEUED = is_one_of(_s.c.state, [SmsState.QUEUED])
_SMS_OF_CASE = Prepared(select(_s).where(_s.c.case_id == bindparam("case")).order_by(_s.c.due_at, _s.c.id))
_READY = (
    select(_s.c.id)
    .where(_QUEUED, _s.c.due_at <= bindparam("now"))
    .order_by(_s.c.due_at, _s.c.id)
    .limit(bindparam("most"))
)
_SMS_DUE = Prepared(_READY)
_URGENT_DUE = Prepared(_READY.where(is_one_of(_s.c.kind, URGENT)))
_SMS_NEXT = Prepared(select(func.min(_s.c.due_at)).where(_QUEUED))
_TO_CHECK = Prepared(
    select(_s.c.id).where(_s.c.check_at <= bindparam("now")).order_by(_s.c.check_at).limit(bindparam("most"))
)
_NEXT_CHECK = Prepared(select(func.min(_s.c.check_at)).where(_s.c.check_at.is_not(None)))
_KNOWN = Prepared(select(exists().where(_s.c.message_sid == bindparam("sid"))))
_SENT = Prepared(
    select(func.count()).where(_s.c.number_index == bindparam("number"), _s.c.intent_at > bindparam("since"))
)
_INVITED = Prepared(
    select(
        exists().where(
            _s.c.number_index == bindparam("number"),
            _s.c.intent_at.is_not(None),
            _s.c.customer_id == bindparam("customer"),
            is_one_of(_s.c.kind, [SmsKind.INVITATION]),
        )
    )
)
_RECEIVED = Prepared(
    select(func.count()).where(_r.c.number_index == bindparam("number"), _r.c.received_at > bindparam("since"))
)


class SqlTexts:
    """Implements `usecases.repositories.texts.Texts`: numbers and words are sealed."""

    def __init__(self, link: Link, sealer: Sealer) -> None:
        self._link = link
        self._sealer = sealer

    def get(self, sms_id: SmsId) -> Sms | None:
        return _sms.first(self._sealer, _sms.find(self._link, sms_id))

    def of_case(self, case_id: CaseId) -> Sequence[Sms]:
        return _sms.opened(self._sealer, _SMS_OF_CASE.rows(self._link, {"case": case_id}))

    def add(self, sms: Sms) -> None:
        _sms.add(self._link, sms, sealed=_sms.seal(self._sealer, sms.customer_id, sms))

    def save(self, sms: Sms) -> None:
        _sms.save(self._link, sms)

    def due(self, now: datetime, limit: int) -> Sequence[SmsId]:
        given = {"now": now, "most": limit}
        found = _URGENT_DUE.rows(self._link, given).column()
        if len(found) < limit:
            found = list(dict.fromkeys([*found, *_SMS_DUE.rows(self._link, given).column()]))[:limit]
        return [SmsId(sms_id) for sms_id in found]

    def next_due(self) -> datetime | None:
        found: datetime | None = _SMS_NEXT.rows(self._link).scalar()
        return found

    def to_check(self, now: datetime, limit: int) -> Sequence[SmsId]:
        return [SmsId(sms_id) for sms_id in _TO_CHECK.rows(self._link, {"now": now, "most": limit}).column()]

    def next_check(self) -> datetime | None:
        found: datetime | None = _NEXT_CHECK.rows(self._link).scalar()
        return found

    def is_known(self, message_sid: str) -> bool:
        return bool(_KNOWN.rows(self._link, {"sid": message_sid}).scalar())

    def sent_since(self, number_index: str, since: datetime) -> int:
        return int(_SENT.rows(self._link, {"number": number_index, "since": since}).scalar())

    def invited(self, customer_id: CustomerId, number_index: str) -> bool:
        return bool(_INVITED.rows(self._link, {"number": number_index, "customer": customer_id}).scalar())

    def event(self, record: SmsEventRecord) -> bool:
        sealed = _events.seal(self._sealer, record.customer_id, record)
        return bool(_NEW_EVENT.execute(self._link, _events.values(record, sealed=sealed)))

    def receive(self, received: Received) -> bool:
        return bool(_NEW_REPLY.execute(self._link, _received.values(received, sealed=self._sealed(received))))

    def took(self, received: Received) -> None:
        _received.save(self._link, received, sealed=self._sealed(received))

    def _sealed(self, received: Received) -> bytes | None:
        if received.customer_id is None or received.body is None or not self._sealer.can_open(received.customer_id):
            return None
        return _received.seal(self._sealer, received.customer_id, received)

    def received_since(self, number_index: str, since: datetime) -> int:
        return int(_RECEIVED.rows(self._link, {"number": number_index, "since": since}).scalar())


_d = table_of(DoNotCallRow)
_MINE = (_d.c.number_index == bindparam("_number"), _d.c.channel == bindparam("_channel"))
_STANDS = Prepared(select(exists().where(*_MINE)))
_ADD = insert_new(_d)
_REMOVE = Prepared(delete(_d).where(*_MINE))
_LISTED = Prepared(
    select(_d.c.number_index, _d.c.channel, _d.c.since, _d.c.why)
    .order_by(_d.c.since.desc(), _d.c.number_index)
    .limit(bindparam("most"))
)
_HOW_MANY = Prepared(select(func.count()).select_from(_d))


class SqlDoNotCall:
    """Implements `usecases.repositories.texts.DoNotCall`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def holds(self, number_index: str, channel: Channel) -> bool:
        return bool(_STANDS.rows(self._link, {"_number": number_index, "_channel": channel.value}).scalar())

    def add(self, number_index: str, channel: Channel, why: str, now: datetime) -> bool:
        row = {"number_index": number_index, "channel": channel.value, "since": now, "why": why}
        return bool(_ADD.execute(self._link, row))

    def remove(self, number_index: str, channel: Channel) -> bool:
        return bool(_REMOVE.execute(self._link, {"_number": number_index, "_channel": channel.value}))

    def listed(self, limit: int) -> Sequence[KeptOff]:
        return [
            KeptOff(number_index=number, channel=Channel(channel), since=since, why=why)
            for number, channel, since, why in _LISTED.rows(self._link, {"most": limit}).found
        ]

    def count(self) -> int:
        return int(_HOW_MANY.rows(self._link).scalar() or 0)
