"""Queries for the console: the board, one case, search. They only read, each in the snapshot of its unit."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import and_, bindparam, case, cast, func, or_, select

from wakeup.domain.attempt import LIVE, AttemptState
from wakeup.domain.case import Case
from wakeup.domain.decision import Decision
from wakeup.domain.ids import AttemptId, CaseId, CustomerId, TransferId
from wakeup.domain.transfer import Tier, TransferState
from wakeup.storage.mapping import is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.repositories import figures, queues
from wakeup.storage.repositories.cases import case_mapper, label_mapper
from wakeup.storage.repositories.limits import minute_of
from wakeup.storage.repositories.lines import NO_CALLS, as_of
from wakeup.storage.repositories.outbox import decision_mapper
from wakeup.storage.repositories.tier_of import higher_tier
from wakeup.storage.tables import (
    AttemptRow,
    BudgetRow,
    LinesRow,
    OutboxRow,
    PartyRow,
    ReviewRow,
    StaffRow,
    TimelineRow,
    TransferRow,
)  # fmt: skip
from wakeup.storage.types import Real
from wakeup.usecases.records import Label, MessageState, Note
from wakeup.usecases.repositories.views import (
    BesideRow,
    CaseFacts,
    GuardianNumbers,
    LiveCall,
    OpenTransfer,
    QueueRow,
    Sample,
    Totals,
    Wanted,
)

ANY = ""
MINUTE = timedelta(minutes=1)
MAX_CASES = 50
_c, _d, _l = case_mapper.table, decision_mapper.table, label_mapper.table
_t, _a, _n, _b = table_of(TransferRow), table_of(AttemptRow), table_of(TimelineRow), table_of(BudgetRow)
_r, _s, _o, _p, _lines = (table_of(row) for row in (ReviewRow, StaffRow, OutboxRow, PartyRow, LinesRow))


_TIER = higher_tier(_t, _c)
_ENDS = case((is_one_of(_t.c.state, [TransferState.PENDING]), _t.c.decide_by), else_=_t.c.hold_max)
"""Until when people can act: the deadline of the decision, or of the hold."""
_STATE = cast(_t.c.state, _t.c.currency.type)
_OPEN = Prepared(
    select(
        _t.c.id.label("transfer_id"), _t.c.case_id, _t.c.customer_id, _TIER.label("tier"), _t.c.amount, _t.c.currency,
        _t.c.typology, _t.c.state, _t.c.flagged_at, _t.c.decide_by, _t.c.hold_max, _c.c.timezone,
        _s.c.name.label("claimed_by"), _r.c.claimed_until, _r.c.police_at, _c.c.person_due_at,
    )
    .select_from(_t)
    .join(_c, _c.c.id == _t.c.case_id)
    .join(_r, _r.c.case_id == _t.c.case_id, isouter=True)
    .join(_s, _s.c.id == _r.c.claimed_by, isouter=True)
    .where(
        _t.c.act_at.is_not(None),
        or_(bindparam("tier", ANY) == ANY, bindparam("tier", ANY) == _TIER),
        or_(bindparam("state", ANY) == ANY, bindparam("state", ANY) == _STATE),
        or_(bindparam("typology", ANY) == ANY, bindparam("typology", ANY) == _t.c.typology),
    )
    .order_by(case((_c.c.person_due_at <= bindparam("now"), 0), else_=1), _ENDS, _t.c.id)
    .limit(bindparam("most"))
)  # fmt: skip
_SUMS = Prepared(
    select(_t.c.state, _t.c.currency, func.count().label("n"), func.sum(cast(_t.c.amount, Real)).label("total"))
    .where(_t.c.act_at.is_not(None))
    .group_by(_t.c.state, _t.c.currency)
)
_SOON = Prepared(
    select(func.count()).where(
        _t.c.act_at.is_not(None), is_one_of(_t.c.state, [TransferState.PENDING]), _t.c.decide_by <= bindparam("soon")
    )
)
_ENDING = Prepared(
    select(func.count()).where(
        _t.c.act_at.is_not(None), is_one_of(_t.c.state, [TransferState.HELD]), _t.c.hold_max <= bindparam("soon")
    )
)
_PROMISED = Prepared(select(func.count()).where(_c.c.person_due_at.is_not(None)))
_PROMISED_BY = Prepared(select(func.min(_c.c.person_due_at)))
_PROMISES_LATE = Prepared(select(func.count()).where(_c.c.person_due_at <= bindparam("now")))
_STARTED = Prepared(
    select(_b.c.minute, func.sum(_b.c.used)).where(_b.c.minute > bindparam("since")).group_by(_b.c.minute)
)
_BACKLOG = Prepared(
    select(func.count()).where(is_one_of(_a.c.state, [AttemptState.PLANNED]), _a.c.due_at <= bindparam("now"))
)
_UNDELIVERED = Prepared(select(func.count()).where(is_one_of(_o.c.state, [MessageState.DUE]), _o.c.tries > 0))
_DEAD = Prepared(select(func.count()).where(is_one_of(_o.c.state, [MessageState.DEAD])))
_STOPPED = Prepared(select(_lines.c.stopped_until, _lines.c.stopped_because).where(*NO_CALLS))
_LIVE = and_(_a.c.check_at.is_not(None), is_one_of(_a.c.state, LIVE))
_CALLS = Prepared(
    select(_a.c.id, _a.c.case_id, _a.c.n, _a.c.state, func.coalesce(_a.c.answered_at, _a.c.ringing_at, _a.c.placed_at))
    .where(_LIVE)
    .order_by(_a.c.intent_at)
)
_NODES = Prepared(
    select(_n.c.data)
    .where(_n.c.case_id.in_(select(_a.c.case_id).where(_LIVE)), _n.c.kind == "turn")
    .order_by(_n.c.case_id, _n.c.n)
)
_CASE = Prepared(case_mapper.select_by_key)
_TIMELINE = Prepared(
    select(_n.c.n, _n.c.at, _n.c.kind, _n.c.by, _n.c.data).where(_n.c.case_id == bindparam("case")).order_by(_n.c.n)
)
_TIMELINES_BESIDE = Prepared(
    select(_n.c.case_id, _n.c.n, _n.c.at, _n.c.kind, _n.c.by, _n.c.data)
    .where(
        _n.c.case_id.in_(
            select(_t.c.case_id).where(
                _t.c.customer_id == bindparam("customer"),
                _t.c.case_id != bindparam("case"),
                _t.c.hold_max > bindparam("opened"),
            )
        )
    )
    .order_by(_n.c.case_id, _n.c.n)
)
_NOTES = Prepared(
    select(_n.c.at, _n.c.kind, _n.c.by, _n.c.data)
    .where(
        _n.c.at > bindparam("since"),
        _n.c.at <= bindparam("until"),
        or_(_n.c.kind == bindparam("one"), _n.c.kind == bindparam("other")),
    )
    .order_by(_n.c.at, _n.c.case_id, _n.c.n)
)
_TYPOLOGIES = Prepared(
    select(_a.c.id, _t.c.typology)
    .join(_t, _t.c.case_id == _a.c.case_id)
    .where(
        _a.c.intent_at > bindparam("since"),
        _a.c.intent_at <= bindparam("until"),
        # Every call leaves a timeline row. Those are indexed by time, and attempts by case.
        _a.c.case_id.in_(select(_n.c.case_id).where(_n.c.at > bindparam("since"), _n.c.at <= bindparam("until"))),
    )
    .order_by(_t.c.flagged_at.desc(), _t.c.id.desc())
)
_DECISIONS = Prepared(select(_d).where(_d.c.transfer_id == bindparam("transfer")).order_by(_d.c.sequence))
_LABELS = Prepared(select(_l).where(_l.c.transfer_id == bindparam("transfer")).order_by(_l.c.received_at))
_THEIRS = _c.c.id.in_(select(_t.c.case_id).where(_t.c.customer_id == bindparam("customer")))
_OF_CUSTOMER = Prepared(select(_c).where(_THEIRS).order_by(_c.c.opened_at.desc()).limit(MAX_CASES))
_COUNT_NOTES = Prepared(select(func.coalesce(func.sum(_c.c.timeline_count), 0)).where(_THEIRS))
_BY_END = Prepared(
    select(_c.c.id).where(_c.c.id.like(bindparam("end"))).order_by(_c.c.opened_at.desc()).limit(MAX_CASES)
)
_OF_NUMBER = Prepared(select(_p.c.case_id).where(_p.c.number_index == bindparam("number")).distinct().limit(MAX_CASES))


class SqlViews:
    """Implements `usecases.repositories.views.Views`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def case(self, case_id: CaseId) -> Case | None:
        return case_mapper.one(_CASE.rows(self._link, {"_id": case_id}))

    def open_transfers(self, wanted: Wanted, now: datetime) -> Sequence[OpenTransfer]:
        given = {
            "tier": wanted.tier or ANY,
            "state": wanted.state or ANY,
            "typology": wanted.typology,
            "most": wanted.limit,
            "now": now,
        }
        rows = _OPEN.rows(self._link, given)
        found = []
        for row in rows.found:
            facts = {name: row[place] for name, place in rows.columns.items()}
            found.append(OpenTransfer(**{**facts, "tier": Tier(facts["tier"])}))
        return found

    def totals(self, now: datetime, soon: datetime, ending: datetime) -> Totals:
        by_state: dict[TransferState, int] = {}
        at_stake: dict[str, Decimal] = {}
        for state, currency, n, total in _SUMS.rows(self._link).found:
            by_state[state] = by_state.get(state, 0) + n
            at_stake[currency] = at_stake.get(currency, Decimal(0)) + round(Decimal(total), 2)
        stopped = _STOPPED.rows(self._link, as_of(now)).found
        until, because = stopped[0] if stopped else (None, None)
        return Totals(
            by_state=by_state,
            at_stake=at_stake,
            due_soon=int(_SOON.rows(self._link, {"soon": soon}).scalar()),
            overdue=int(_SOON.rows(self._link, {"soon": now}).scalar()),
            ending=int(_ENDING.rows(self._link, {"soon": ending}).scalar()),
            promised=int(_PROMISED.rows(self._link).scalar()),
            promised_by=_PROMISED_BY.rows(self._link).scalar(),
            promises_late=int(_PROMISES_LATE.rows(self._link, {"now": now}).scalar()),
            started=self._started(now),
            planned=int(_BACKLOG.rows(self._link, {"now": now}).scalar()),
            undelivered=int(_UNDELIVERED.rows(self._link).scalar()),
            dead=int(_DEAD.rows(self._link).scalar()),
            stopped_until=until,
            stopped_because=because,
        )

    def _started(self, now: datetime) -> float:
        """Return calls per second over the last minute. The previous calendar minute counts in proportion to the
        part of it that is less than a minute ago."""
        minute = minute_of(now)
        gone = (now - minute) / MINUTE
        found = {at: int(n) for at, n in _STARTED.rows(self._link, {"since": minute - 2 * MINUTE}).found}
        return (found.get(minute, 0) + found.get(minute - MINUTE, 0) * (1 - gone)) / MINUTE.total_seconds()

    def waiting(self, now: datetime, limit: int) -> Sequence[QueueRow]:
        return queues.waiting(self._link, now, limit)

    def unchecked(self, since: datetime, limit: int) -> Sequence[Sample]:
        return queues.unchecked(self._link, since, limit)

    def case_facts(self, since: datetime, until: datetime, limit: int) -> Sequence[CaseFacts]:
        return figures.case_facts(self._link, since, until, limit)

    def guardian_numbers(self, since: datetime) -> GuardianNumbers:
        return figures.guardian_numbers(self._link, since)

    def live_calls(self) -> Sequence[LiveCall]:
        nodes: dict[str, str] = {}
        for text in _NODES.rows(self._link).column():
            data = json.loads(text)
            nodes[data["attempt"]] = data["node"]
        return [
            LiveCall(
                attempt_id=AttemptId(attempt), case_id=CaseId(case_id), n=n, state=state, since=since,
                node=nodes.get(attempt),
            )
            for attempt, case_id, n, state, since in _CALLS.rows(self._link).found
        ]  # fmt: skip

    def timeline(self, case_id: CaseId) -> Sequence[tuple[int, datetime, Note]]:
        rows = _TIMELINE.rows(self._link, {"case": case_id})
        return [(n, at, Note(kind=kind, by=by, data=json.loads(data))) for n, at, kind, by, data in rows.found]

    def timelines_beside(self, case: Case) -> Sequence[BesideRow]:
        wanted = {"customer": case.customer_id, "case": case.id, "opened": case.opened_at}
        rows = _TIMELINES_BESIDE.rows(self._link, wanted)
        return [
            (CaseId(case_id), n, at, Note(kind=kind, by=by, data=json.loads(data)))
            for case_id, n, at, kind, by, data in rows.found
        ]

    def notes_of(self, kinds: tuple[str, str], since: datetime, until: datetime) -> Sequence[tuple[datetime, Note]]:
        rows = _NOTES.rows(self._link, {"since": since, "until": until, "one": kinds[0], "other": kinds[1]})
        return [(at, Note(kind=kind, by=by, data=json.loads(data))) for at, kind, by, data in rows.found]

    def typologies(self, since: datetime, until: datetime) -> Mapping[str, str]:
        # Newest first, so that the entry of the case's first transfer is the one that stays.
        return dict(_TYPOLOGIES.rows(self._link, {"since": since, "until": until}).found)

    def decisions(self, transfer_id: TransferId) -> Sequence[Decision]:
        return decision_mapper.all(_DECISIONS.rows(self._link, {"transfer": transfer_id}))

    def labels(self, transfer_id: TransferId) -> Sequence[Label]:
        return label_mapper.all(_LABELS.rows(self._link, {"transfer": transfer_id}))

    def cases_of_customer(self, customer_id: CustomerId) -> Sequence[Case]:
        return case_mapper.all(_OF_CUSTOMER.rows(self._link, {"customer": customer_id}))

    def count_notes(self, customer_id: CustomerId) -> int:
        return int(_COUNT_NOTES.rows(self._link, {"customer": customer_id}).scalar())

    def cases_ending_in(self, end: str) -> Sequence[CaseId]:
        return [CaseId(found) for found in _BY_END.rows(self._link, {"end": f"%{end}"}).column()]

    def cases_of_number(self, number_index: str) -> Sequence[CaseId]:
        return [CaseId(case_id) for case_id in _OF_NUMBER.rows(self._link, {"number": number_index}).column()]
