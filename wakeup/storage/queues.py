"""Queries behind the review queue. They are part of the shelf of views."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, case, exists, or_, select

from wakeup.domain.decision import Effect, Ruling
from wakeup.domain.review import Act, ApprovalState
from wakeup.domain.transfer import Tier, TransferState
from wakeup.storage.mapping import is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import ApprovalRow, CaseRow, DecisionRow, ReviewActRow, ReviewRow, StaffRow, TransferRow
from wakeup.storage.tier_of import higher_tier
from wakeup.usecases.view_shelf import Sample, Waiting

_t, _c, _d, _r, _s, _p, _w = (
    table_of(row) for row in (TransferRow, CaseRow, DecisionRow, ReviewRow, StaffRow, ApprovalRow, ReviewActRow)
)
_NEWEST = and_(_d.c.transfer_id == _t.c.id, _d.c.sequence == _t.c.sequence)
_PENDING = is_one_of(_t.c.state, [TransferState.PENDING])
_WANTED = or_(*(since.is_not(None) for since in (_r.c.person_wanted_at, _r.c.police_wanted_at, _r.c.contested_at)))
_ENDS = case((_PENDING, _t.c.decide_by), else_=_t.c.hold_max)
_WAITING = Prepared(
    select(
        _t.c.id.label("transfer_id"), _t.c.case_id, higher_tier(_t, _c).label("tier"), _t.c.amount, _t.c.currency,
        _t.c.typology, _ENDS.label("ends_at"), _d.c.reason, _d.c.decided_at, _d.c.effects, _p.c.name.label("asked_by"),
        _s.c.name.label("claimed_by"), _r.c.claimed_until, _r.c.police_at, _r.c.person_wanted_at,
        _r.c.police_wanted_at, _r.c.contested_at,
    )
    .select_from(_t)
    .join(_c, _c.c.id == _t.c.case_id)
    .join(_d, _NEWEST)
    .join(_p, and_(_p.c.transfer_id == _t.c.id, is_one_of(_p.c.state, [ApprovalState.ASKED])), isouter=True)
    .join(_r, _r.c.case_id == _t.c.case_id, isouter=True)
    .join(_s, _s.c.id == _r.c.claimed_by, isouter=True)
    .where(
        _t.c.act_at.is_not(None), or_(is_one_of(_t.c.state, [TransferState.HELD]), and_(_PENDING, _WANTED))
    )
    .order_by(_t.c.act_at)
    .limit(bindparam("most"))
)  # fmt: skip
_CHECKED = exists().where(_w.c.case_id == _d.c.case_id, is_one_of(_w.c.act, [Act.CHECKED]))
_UNCHECKED = Prepared(
    select(_d.c.transfer_id, _d.c.case_id, _d.c.ruling, _d.c.reason, _d.c.decided_at)
    .join(_t, _NEWEST)
    .where(
        _d.c.decided_at > bindparam("since"), _d.c.decided_by == "system", is_one_of(_d.c.ruling, list(Ruling)),
        _d.c.sequence > 1, ~_CHECKED,
    )
    .order_by(_d.c.decided_at.desc())
    .limit(bindparam("most"))
)  # fmt: skip


def waiting(link: Link, limit: int) -> Sequence[Waiting]:
    rows = _WAITING.rows(link, {"most": limit})
    found = []
    for row in rows.found:
        facts = {name: row[place] for name, place in rows.places.items()}
        effects = tuple(Effect(effect) for effect in json.loads(facts["effects"]))
        found.append(Waiting(**{**facts, "tier": Tier(facts["tier"]), "effects": effects}))
    return found


def unchecked(link: Link, since: datetime, limit: int) -> Sequence[Sample]:
    rows = _UNCHECKED.rows(link, {"since": since, "most": limit})
    return [Sample(**{name: row[place] for name, place in rows.places.items()}) for row in rows.found]
