"""Queries for the figures, also the guardians': one pass over each table, joined in memory. Used by the repository of
views."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, not_, select

from wakeup.domain.confirmation import ConfirmationState as State
from wakeup.domain.decision import Ruling
from wakeup.domain.label import Truth
from wakeup.domain.outcome import PROTECTIVE, Contact, Outcome
from wakeup.domain.party import Role
from wakeup.storage.mapping import is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import (
    AttemptRow,
    CaseRow,
    ConfirmationRow,
    DecisionRow,
    EvidenceRow,
    LabelRow,
    PartyRow,
    TransferRow,
)
from wakeup.usecases.repositories.views import CaseFacts, GuardianNumbers, TransferFacts

_c, _t, _a, _e, _d, _l, _p, _q = (
    table_of(row)
    for row in (CaseRow, TransferRow, AttemptRow, EvidenceRow, DecisionRow, LabelRow, PartyRow, ConfirmationRow)
)
_OPENED = (_c.c.opened_at > bindparam("since"), _c.c.opened_at <= bindparam("until"))
_WANTED = select(_c.c.id).where(*_OPENED).order_by(_c.c.opened_at).limit(bindparam("most"))


def _of_wanted(statement: Select[Any], case_id: Any) -> Prepared:
    wanted = _WANTED.subquery()
    return Prepared(statement.join(wanted, wanted.c.id == case_id))


_CASES = Prepared(select(_c.c.id, _c.c.opened_at).where(*_OPENED).order_by(_c.c.opened_at).limit(bindparam("most")))
_FACTS = ("case_id", "id", "amount", "currency", "state", "decide_by", "typology", "flagged_at")
_TRANSFERS = _of_wanted(select(*(_t.c[name] for name in _FACTS)), _t.c.case_id)
# Call events may overtake each other: a call that rang or was answered has been placed, even if no event said so.
_PLACED = func.coalesce(_a.c.placed_at, _a.c.ringing_at, _a.c.answered_at)
_RINGS = _of_wanted(
    select(
        _a.c.case_id,
        func.count(_PLACED),
        func.count(_a.c.answered_at),
        func.min(case((_PLACED.is_not(None), _a.c.intent_at))),
    )
    .join(_p, _p.c.id == _a.c.party_id)
    # Calls to agents are left out. Agents usually answer, so these calls say nothing about the customers' numbers.
    .where(is_one_of(_p.c.role, set(Role) - {Role.AGENT}))
    .group_by(_a.c.case_id),
    _a.c.case_id,
)
_LESSONS = _of_wanted(select(_e.c.case_id, _e.c.contact, _e.c.outcome, _e.c.at, _e.c.by), _e.c.case_id)
# Decisions and labels are found by transfer, as no index has a decision's case.
_wanted = _WANTED.subquery()
_THEIRS = select(_t.c.id).join(_wanted, _wanted.c.id == _t.c.case_id)
_BY_PEOPLE = Prepared(
    select(_d.c.case_id, _d.c.decided_at).where(_d.c.transfer_id.in_(_THEIRS), _d.c.reason == "held_by_person")
)
_HELD = Prepared(
    select(_d.c.transfer_id).where(
        _d.c.transfer_id.in_(_THEIRS), is_one_of(_d.c.ruling, [Ruling.HOLD, Ruling.REFUSE]), _d.c.sequence > 1
    )
)
_LABELS = Prepared(
    select(_l.c.transfer_id, _l.c.label)
    .where(_l.c.transfer_id.in_(_THEIRS), _l.c.received_at > bindparam("since"))
    .order_by(_l.c.received_at)
)
# The guardians' figures.
_HOW_MANY = Prepared(select(func.count()).select_from(_c).where(_c.c.opened_at > bindparam("since")))
_OF_SPAN = and_(_c.c.id == _q.c.case_id, _c.c.opened_at > bindparam("since"))
_NEVER_SENT = is_one_of(_q.c.state, [State.QUEUED, State.FAILED, State.SUPPRESSED])
_ASKED = Prepared(
    select(_q.c.case_id, _q.c.asked_at, _q.c.answered_at)
    .join(_c, _OF_SPAN)
    .where(_q.c.asked_at > bindparam("since"), not_(_NEVER_SENT))
)


def case_facts(link: Link, since: datetime, until: datetime, limit: int) -> Sequence[CaseFacts]:
    given = {"since": since, "until": until, "most": limit}
    held = set(_HELD.rows(link, given).column())
    labels: dict[str, Truth] = dict(_LABELS.rows(link, given).found)
    transfers: dict[str, list[tuple[datetime, str, TransferFacts]]] = defaultdict(list)
    for case_id, transfer, amount, currency, state, decide_by, typology, flagged_at in _TRANSFERS.rows(
        link, given
    ).found:
        facts = TransferFacts(
            amount=amount, currency=currency, state=state, decide_by=decide_by, label=labels.get(transfer),
            was_held=transfer in held,
        )  # fmt: skip
        transfers[case_id].append((flagged_at, typology, facts))
    rings = {case_id: (rung, answered, first) for case_id, rung, answered, first in _RINGS.rows(link, given).found}
    reached: dict[str, datetime] = {}
    outcomes: dict[str, set[Outcome]] = defaultdict(set)
    touches: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for case_id, at in _BY_PEOPLE.rows(link, given).found:
        touches[case_id].append((at, "person"))
    for case_id, contact, outcome, at, by in _LESSONS.rows(link, given).found:
        if outcome in PROTECTIVE:
            touches[case_id].append((at, _whose(contact, by)))
        if contact is Contact.RIGHT_PARTY:
            reached[case_id] = min(at, reached.get(case_id, at))
            outcomes[case_id].add(outcome)
    found = []
    for case_id, opened_at in _CASES.rows(link, given).found:
        rung, answered, first = rings.get(case_id, (0, 0, None))
        own = sorted(transfers[case_id], key=lambda one: one[0])
        if own:
            found.append(
                CaseFacts(
                    opened_at=opened_at, typology=own[0][1], rung=rung, answered=answered, first_rung_at=first,
                    right_party_at=reached.get(case_id), outcomes=frozenset(outcomes[case_id]),
                    transfers=tuple(facts for _, _, facts in own), touches=tuple(sorted(touches[case_id])),
                )
            )  # fmt: skip
    return found


def _whose(contact: Contact, by: str | None) -> str:
    if by is not None:
        return "person"
    return "guardian" if contact is Contact.GUARDIAN else "call"


def guardian_numbers(link: Link, since: datetime) -> GuardianNumbers:
    given = {"since": since}
    rows = _ASKED.rows(link, given).found
    waits = [(answered_at - asked_at).total_seconds() / 60 for _, asked_at, answered_at in rows if answered_at]
    return GuardianNumbers(
        cases=int(_HOW_MANY.rows(link, given).scalar()),
        cases_asked=len({case_id for case_id, _, _ in rows}),
        asked=len(rows),
        answered=len(waits),
        median_minutes=median(waits) if waits else None,
    )
