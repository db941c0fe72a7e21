"""Queries for the review queue, used by the repository of views."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import and_, bindparam, case, func, or_, select

from wakeup.domain.decision import Effect, Ruling
from wakeup.domain.review import OF_ONE_TRANSFER, REACHED_ACTS, Act, ApprovalState
from wakeup.domain.to_do import is_cleared, unheld_for
from wakeup.domain.transfer import Tier, TransferState
from wakeup.storage.mapping import is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared, Rows
from wakeup.storage.repositories.in_doubt import IN_DOUBT
from wakeup.storage.repositories.not_reached import STANDS
from wakeup.storage.repositories.tier_of import higher_tier
from wakeup.storage.tables import ApprovalRow, CaseRow, DecisionRow, ReviewActRow, ReviewRow, StaffRow, TransferRow
from wakeup.usecases.repositories.views import QueueRow, Sample

_t, _c, _d, _r, _s, _p, _w = (
    table_of(row) for row in (TransferRow, CaseRow, DecisionRow, ReviewRow, StaffRow, ApprovalRow, ReviewActRow)
)
_NEWEST = and_(_d.c.transfer_id == _t.c.id, _d.c.sequence == _t.c.sequence)
_PENDING = is_one_of(_t.c.state, [TransferState.PENDING])
_WANTED = or_(*(since.is_not(None) for since in (_r.c.person_wanted_at, _r.c.police_wanted_at, _r.c.contested_at)))
_NEWEST_ACT = select(func.max(_w.c.at)).where(_w.c.case_id == _t.c.case_id).correlate(_t)
_REACHED_AT = _NEWEST_ACT.where(
    is_one_of(_w.c.act, REACHED_ACTS),
    or_(~is_one_of(_w.c.act, OF_ONE_TRANSFER), _w.c.transfer_id == _t.c.id),
    STANDS,
).scalar_subquery()
_FOLLOWED_UP_AT = _NEWEST_ACT.where(is_one_of(_w.c.act, [Act.FOLLOWED_UP])).scalar_subquery()
_STILL_ASKED = and_(
    _p.c.transfer_id == _t.c.id, is_one_of(_p.c.state, [ApprovalState.ASKED]), _p.c.expires_at > bindparam("now")
)
_ENDS = case((_PENDING, _t.c.decide_by), (is_one_of(_t.c.state, [TransferState.HELD]), _t.c.hold_max))
_FOUND = (
    select(
        _t.c.id.label("transfer_id"), _t.c.case_id, higher_tier(_t, _c).label("tier"), _t.c.amount, _t.c.currency,
        _t.c.typology, _t.c.state, _ENDS.label("ends_at"), _d.c.reason, _d.c.decided_at, _d.c.effects,
        _p.c.name.label("asked_by"), _p.c.expires_at.label("asked_until"), _s.c.name.label("claimed_by"),
        _r.c.claimed_until, _r.c.police_at,
        _r.c.person_wanted_at, _r.c.police_wanted_at, _r.c.contested_at, _REACHED_AT.label("reached_at"),
        _FOLLOWED_UP_AT.label("followed_up_at"), _c.c.person_due_at,
    )
    .select_from(_t)
    .join(_c, _c.c.id == _t.c.case_id)
    .join(_d, _NEWEST)
    .join(_p, _STILL_ASKED, isouter=True)
    .join(_r, _r.c.case_id == _t.c.case_id, isouter=True)
    .join(_s, _s.c.id == _r.c.claimed_by, isouter=True)
    .limit(bindparam("most"))
)  # fmt: skip
_WAITING = Prepared(
    _FOUND.where(
        _t.c.act_at.is_not(None), or_(is_one_of(_t.c.state, [TransferState.HELD]), and_(_PENDING, _WANTED))
    ).order_by(_t.c.act_at)
)
_unheld_at = _c.c.unheld_at
_UNHELD = Prepared(select(_c.c.id).where(_unheld_at.is_not(None)).order_by(_unheld_at).limit(bindparam("most")))
# One query per case, as there are few. In one statement PostgreSQL may search all transfers that were ever
# allowed.
_OF_CASE = Prepared(
    _FOUND.add_columns(IN_DOUBT.label("in_doubt"), _unheld_at, _d.c.ruling)
    .where(_t.c.case_id == bindparam("case"))
    .order_by(_t.c.flagged_at.desc(), _t.c.id)
)
# Counted, because for a NOT EXISTS PostgreSQL may first gather everything that was ever checked.
_CHECKS = (
    select(func.count())
    .where(_w.c.case_id == _d.c.case_id, is_one_of(_w.c.act, [Act.CHECKED]))
    .correlate(_d)
    .scalar_subquery()
)
_TO_CHECK = and_(_t.c.id.is_not(None), _d.c.decided_by == "system", _d.c.sequence > 1, _CHECKS == 0)
_DECIDED = (
    select(
        _d.c.transfer_id, _d.c.case_id, _d.c.ruling, _d.c.reason, _d.c.decided_at, _d.c.position,
        _TO_CHECK.label("to_check"),
    )
    .select_from(_d)
    .join(_t, _NEWEST, isouter=True)
)  # fmt: skip
_NOT_NUMBERED = Prepared(
    _DECIDED.where(_d.c.position.is_(None), _d.c.decided_at > bindparam("since"), _TO_CHECK)
    .order_by(_d.c.decided_at.desc())
    .limit(bindparam("most"))
)
PAGE, NO_POSITION = 500, 2**63 - 1
_EARLIER = Prepared(
    _DECIDED.where(_d.c.position < bindparam("before")).order_by(_d.c.position.desc()).limit(bindparam("most"))
)
_FOR_UNHELD = {"in_doubt", "unheld_at", "ruling"}
_FACTS = ("transfer_id", "case_id", "ruling", "reason", "decided_at")


def waiting(link: Link, now: datetime, limit: int) -> Sequence[QueueRow]:
    """Return the review queue: first transfers that left, or may have left, before the warning came, then those
    that are held or pending."""
    found: list[QueueRow] = []
    for case_id in _UNHELD.rows(link, {"most": limit}).column():
        found += _unheld(_OF_CASE.rows(link, {"case": case_id, "now": now, "most": limit}))
    shown = {one.transfer_id for one in found}
    others = _waiting(_WAITING.rows(link, {"now": now, "most": limit}))
    return [*found, *(one for one in others if one.transfer_id not in shown)][:limit]


def _unheld(rows: Rows) -> list[QueueRow]:
    """Return the transfers that a case of which nothing is held is queued for: all that are to be stopped; if the
    customer is to be called instead, the newest."""
    columns = rows.columns
    states = {
        row[columns["transfer_id"]]: (TransferState(row[columns["state"]]), bool(row[columns["in_doubt"]]))
        for row in rows.found
    }
    cleared = {
        row[columns["transfer_id"]]
        for row in rows.found
        if is_cleared(Ruling(row[columns["ruling"]]), row[columns["decided_at"]], row[columns["unheld_at"]])
    }
    why = unheld_for(states, cleared)
    found = [replace(one, unheld=why[one.transfer_id]) for one in _waiting(rows) if one.transfer_id in why]
    return [one for one in found if one.leaving] or found[:1]


def _waiting(rows: Rows) -> Iterator[QueueRow]:
    for row in rows.found:
        facts = {name: row[place] for name, place in rows.columns.items() if name not in _FOR_UNHELD}
        effects = tuple(Effect(effect) for effect in json.loads(facts["effects"]))
        tier, state = Tier(facts["tier"]), TransferState(facts["state"])
        yield QueueRow(**{**facts, "tier": tier, "state": state, "effects": effects})


def unchecked(link: Link, since: datetime, limit: int) -> Sequence[Sample]:
    """Return decisions that were not checked yet, newest first.

    They are read backwards by their position in the feed as far as necessary. There is no index by time, because
    every decision would have to be written to it.
    """
    found = list(_samples(_NOT_NUMBERED.rows(link, {"since": since, "most": limit})))
    before = NO_POSITION
    while len(found) < limit:
        rows = _EARLIER.rows(link, {"before": before, "most": PAGE})
        found += [one for one in _samples(rows) if one.decided_at > since]
        # Decisions are numbered up to seconds after they were made, so each page is read to its end.
        if len(rows.found) < PAGE or any(row[rows.columns["decided_at"]] <= since for row in rows.found):
            break
        before = rows.found[-1][rows.columns["position"]]
    found.sort(key=lambda one: one.decided_at, reverse=True)
    return found[:limit]


def _samples(rows: Rows) -> Iterator[Sample]:
    for row in rows.found:
        if row[rows.columns["to_check"]]:
            yield Sample(**{name: row[rows.columns[name]] for name in _FACTS})
