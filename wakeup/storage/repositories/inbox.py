"""Repositories of incoming messages, risk events and transfer news. Kept for good, so that a repeat is recognised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, insert, select

from wakeup.domain.ids import CustomerId, TransferId
from wakeup.storage.mapping import Mapper, insert_new, table_of
from wakeup.storage.prepared import Link, Prepared, Rows
from wakeup.storage.sealer import Sealer
from wakeup.storage.tables import (
    CustomerRow,
    EarlyNewsRow,
    NewsIdRow,
    RiskEventRow,
    TransferRow,
    WebhookRow,
)
from wakeup.usecases.records import Customer, EarlyNews, EventIds, KnownEvent, RiskEventRecord

_events = Mapper(RiskEventRow, RiskEventRecord)
_early = Mapper(EarlyNewsRow, EarlyNews)
customer_mapper = Mapper(CustomerRow, Customer, locks=True)
_webhooks, _news_ids, _transfers = table_of(WebhookRow), table_of(NewsIdRow), table_of(TransferRow)


_NEW_NEWS = insert_new(_news_ids)
_ADD_MESSAGE = Prepared(insert(_webhooks), takes=("client", "id", "body_hash", "received_at"))
_BODY_HASH = select(_webhooks.c.body_hash).where(
    _webhooks.c.client == bindparam("client"), _webhooks.c.id == bindparam("id")
)
_MESSAGE = Prepared(_BODY_HASH, takes=("client", "id"))
_NEWS_HASH = Prepared(select(_news_ids.c.content_hash).where(_news_ids.c.event_id == bindparam("event")))
_MINE = _early.table.c.transfer_id == bindparam("transfer")
_WAITING = Prepared(select(_early.table).where(_MINE).order_by(_early.table.c.received_at))
_CUSTOMERS = customer_mapper.table
_LOCK_IF_FREE = Prepared(customer_mapper.select_by_key.with_for_update(skip_locked=True))
_THIS_ONE = exists().where(_CUSTOMERS.c.id == bindparam("customer"))
_IS_KNOWN = Prepared(select(_THIS_ONE))
_CONTENT_HASH = select(_events.table.c.content_hash).where(_events.table.c.event_id == bindparam("event"))
_OWNER = select(_transfers.c.customer_id).where(_transfers.c.id == bindparam("transfer"))
_SEEN_AT = select(_CUSTOMERS.c.seen_at).where(_CUSTOMERS.c.id == bindparam("customer"))
_LOOK_UP = Prepared(
    select(
        *(one.scalar_subquery() for one in (_BODY_HASH, _CONTENT_HASH, _OWNER, _SEEN_AT)),
        exists().where(_MINE),
    ),
    takes=("client", "id", "event", "transfer", "customer"),
)
_FORGET_WAITING = Prepared(delete(_early.table).where(_early.table.c.event_id == bindparam("_event")))


class SqlInbox:
    """Implements `usecases.repositories.inbox.Inbox`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def body_hash(self, client: str, webhook_id: str) -> str | None:
        written = not self._link.lacks((_webhooks.name, client, webhook_id))
        found: str | None = _MESSAGE.rows(self._link, (client, webhook_id), flush=not written).scalar()
        return found

    def add_message(self, client: str, webhook_id: str, body_hash: str, now: datetime) -> None:
        _ADD_MESSAGE.add(self._link, (client, webhook_id, body_hash, now), (_webhooks.name, client, webhook_id))

    def look_up(self, sought: EventIds) -> KnownEvent:
        lacks = self._link.lacks
        written = not (
            lacks((_webhooks.name, sought.client, sought.webhook_id))
            or lacks((_events.table.name, sought.event_id))
            or lacks((_transfers.name, sought.transfer_id))
            or lacks((_CUSTOMERS.name, sought.customer_id))
        )
        return KnownEvent(*_LOOK_UP.rows(self._link, sought, flush=not written).found[0])

    def add_event(self, record: RiskEventRecord) -> None:
        _events.add(self._link, record)

    def add_news_id(self, event_id: str, content_hash: str, now: datetime) -> str | None:
        row = {"event_id": event_id, "content_hash": content_hash, "received_at": now}
        if _NEW_NEWS.execute(self._link, row, flush=False):
            return None
        known: str = _NEWS_HASH.rows(self._link, {"event": event_id}).scalar()
        return known

    def keep_early(self, news: EarlyNews) -> None:
        _early.add_now(self._link, news)

    def pop_early(self, transfer_id: TransferId) -> Sequence[EarlyNews]:
        waiting = _early.all(_WAITING.rows(self._link, {"transfer": transfer_id}, flush=False))
        if waiting:
            # By their ids: a row that another node is storing at this moment waits for the next look-up.
            _FORGET_WAITING.many(self._link, [{"_event": news.event_id} for news in waiting])
        return waiting


class SqlCustomers:
    """Implements `usecases.repositories.inbox.Customers`.

    A customer's row contains the wrapped key of all the customer's data.
    """

    def __init__(self, link: Link, sealer: Sealer) -> None:
        self._link = link
        self._sealer = sealer

    def is_known(self, customer_id: CustomerId) -> bool:
        flush = self._link.lacks((_CUSTOMERS.name, customer_id))
        return bool(_IS_KNOWN.rows(self._link, {"customer": customer_id}, flush=flush).scalar())

    def lock(self, customer_id: CustomerId) -> Customer | None:
        return self._met(customer_id, customer_mapper.find(self._link, customer_id))

    def lock_if_free(self, customer_id: CustomerId) -> Customer | None:
        return self._met(customer_id, _LOCK_IF_FREE.rows(self._link, {"_id": customer_id}))

    def can_be_read(self, customer_id: CustomerId) -> bool:
        return self._sealer.can_open(customer_id)

    def _met(self, customer_id: CustomerId, rows: Rows) -> Customer | None:
        if rows.found:
            self._sealer.cache_key(customer_id, rows.found[0][rows.columns["wrapped_key"]])
        return customer_mapper.one(rows)

    def add(self, customer: Customer) -> None:
        customer_mapper.add(self._link, customer, wrapped_key=self._sealer.new_key(customer.id))

    def save(self, customer: Customer) -> None:
        customer_mapper.save(self._link, customer)
