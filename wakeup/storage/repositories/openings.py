"""Writes the rows of a new case straight from its event. Of no row is a value of its own made first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any

from sqlalchemy import Dialect

from wakeup.domain.attempt import Errand
from wakeup.domain.call_value import class_of
from wakeup.domain.party import Role
from wakeup.storage.mapping import Mapper, as_json
from wakeup.storage.prepared import Form, Link
from wakeup.storage.repositories.attempts import attempt_mapper
from wakeup.storage.repositories.cases import add_notes, case_mapper
from wakeup.storage.repositories.inbox import customer_mapper
from wakeup.storage.repositories.outbox import decision_mapper
from wakeup.storage.repositories.transfers import party_mapper, payee_facts, transfer_mapper
from wakeup.storage.row_codegen import Row, row_from
from wakeup.storage.sealer import Sealer
from wakeup.usecases.inputs import FlaggedTransfer
from wakeup.usecases.repositories.openings import Opening

_GIVEN = ("event", "opening", "cell")
MakeRow = Callable[[FlaggedTransfer, Opening, Any], tuple[list[Any], Row]]


class _Rows:
    """The rows of one table. `sources` name where each column comes from, as code; `fixed` are the same in every row.
    The rest are the defaults of the value's fields."""

    def __init__(self, mapper: Mapper[Any], sources: dict[str, str], **fixed: Any) -> None:
        self._mapper, self._sources = mapper, sources
        defaults = {one.name: one.default for one in fields(mapper.kind) if one.default is not MISSING}
        self._fixed = {name: as_json(value) if value == () else value for name, value in (defaults | fixed).items()}
        self._forms: dict[str, tuple[Form, MakeRow]] = {}

    def add(self, link: Link, event: FlaggedTransfer, opening: Opening, cell: Any = None) -> None:
        """Add one row. `cell` is what only this call knows."""
        form, make = self._forms.get(link.dialect.name) or self._prepared(link.dialect)
        row, key = make(event, opening, cell)
        if link.buffer is None:
            self._mapper.inserting.execute_bound(link, row)
        else:
            link.buffer.add(form.sql, row, key, form.tables)

    def _prepared(self, dialect: Dialect) -> tuple[Form, MakeRow]:
        form, mapper = self._mapper.inserting.form(dialect), self._mapper
        make = row_from(_GIVEN, form.cells, self._sources, self._fixed, mapper.table.name, mapper.keys)
        self._forms[dialect.name] = form, make
        return form, make


_CUSTOMER = _Rows(
    customer_mapper,
    {
        "id": "event.customer_id", "wrapped_key": "cell", "seen_at": "opening.at", "tier": "event.tier",
        "tier_at": "opening.at", "family_risk": "opening.family_risk",
    },
)  # fmt: skip
_DECISION = _Rows(
    decision_mapper,
    {
        one.name: f"opening.decision.{one.name}"
        for one in fields(decision_mapper.kind)
        if one.name not in ("rests_on", "effects")
    },
    rests_on=(), effects=(), position=None,
)  # fmt: skip
_TRANSFER = _Rows(
    transfer_mapper,
    {
        "id": "event.transfer_id", "case_id": "opening.case_id", "customer_id": "event.customer_id",
        "tier": "event.tier", "amount": "event.amount", "currency": "event.currency", "typology": "event.typology",
        "flagged_at": "opening.at", "occurred_at": "event.occurred_at",
        "decide_by": "event.decide_by", "hold_max": "event.hold_max",
        "settle_at": "opening.settle_at", "act_at": "opening.settle_at", "payee_index": "cell[0]",
        "model": "event.model", "share_of_balance": "event.share_of_balance", "sealed": "cell[1]",
    },
)  # fmt: skip
_PARTY = _Rows(
    party_mapper,
    {
        "id": "opening.party_id", "case_id": "opening.case_id", "number_index": "cell[0]",
        "region": "opening.number.region", "line_type": "opening.number.line_type", "zones": "opening.number.zones",
        "locale": "event.customer.locale", "bank_id": "event.customer.bank_id",
        "consented_at": "event.customer.consented_at", "unhurried": "opening.unhurried", "sealed": "cell[1]",
    },
    role=Role.CUSTOMER,
)  # fmt: skip
_ATTEMPT = _Rows(
    attempt_mapper,
    {
        "id": "opening.attempt_id", "case_id": "opening.case_id", "party_id": "opening.party_id",
        "number_index": "cell[0]", "due_at": "opening.at", "latest_start": "opening.latest_start",
        "value": "opening.value", "value_class": "cell[1]", "fair_class": "opening.fair_class",
    },
    n=1, errand=Errand.LADDER,
)  # fmt: skip
_CASE = _Rows(
    case_mapper,
    {
        "id": "opening.case_id", "customer_id": "event.customer_id", "tier": "event.tier",
        "locale": "event.customer.locale", "timezone": "event.timezone", "opened_at": "opening.at",
        "rung_at": "opening.rung_at", "family_risk": "opening.family_risk",
        "timeline_count": "len(opening.notes)", "timeline_head": "cell",
    },
)  # fmt: skip


class SqlOpenings:
    """Implements `usecases.repositories.openings.Openings`."""

    def __init__(self, link: Link, sealer: Sealer, audit_key: bytes) -> None:
        self._link, self._sealer, self._audit_key = link, sealer, audit_key

    def add(self, event: FlaggedTransfer, opening: Opening) -> None:
        # In the order of `open_case`, in which rows are locked everywhere.
        link, seal, index = self._link, self._sealer.seal, self._sealer.index
        customer, number, case_id = event.customer_id, opening.number.e164, opening.case_id
        _CUSTOMER.add(link, event, opening, self._sealer.new_key(customer))
        _DECISION.add(link, event, opening)
        payee = seal(customer, "transfers", event.transfer_id, payee_facts(event.payee))
        _TRANSFER.add(link, event, opening, (index("account", event.payee.account), payee))
        number_index, private = index("number", number), {"phone": number, "name": event.customer.name}
        person = seal(customer, "parties", opening.party_id, private)
        _PARTY.add(link, event, opening, (number_index, person))
        _ATTEMPT.add(link, event, opening, (number_index, class_of(opening.value)))
        head = add_notes(link, self._audit_key, case_id, opening.notes, opening.at, n=0, head="")
        _CASE.add(link, event, opening, head)
