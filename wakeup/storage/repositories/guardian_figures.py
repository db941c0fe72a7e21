"""Queries for the guardians' figures, used by the repository of views."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, bindparam, func, not_, select

from wakeup.domain.confirmation import ConfirmationState as State
from wakeup.storage.mapping import is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import CaseRow, ConfirmationRow
from wakeup.usecases.repositories.views import GuardianFacts

_c, _q = table_of(CaseRow), table_of(ConfirmationRow)
_CASES = Prepared(select(func.count()).select_from(_c).where(_c.c.opened_at > bindparam("since")))
_OF_SPAN = and_(_c.c.id == _q.c.case_id, _c.c.opened_at > bindparam("since"))
_NEVER_SENT = is_one_of(_q.c.state, [State.QUEUED, State.FAILED, State.SUPPRESSED])
_ASKED = Prepared(
    select(_q.c.case_id, _q.c.asked_at, _q.c.answered_at)
    .join(_c, _OF_SPAN)
    .where(_q.c.asked_at > bindparam("since"), not_(_NEVER_SENT))
)


def guardian_facts(link: Link, since: datetime) -> GuardianFacts:
    given = {"since": since}
    rows = _ASKED.rows(link, given).found
    waits = [(answered_at - asked_at).total_seconds() / 60 for _, asked_at, answered_at in rows if answered_at]
    return GuardianFacts(
        cases=int(_CASES.rows(link, given).scalar()),
        cases_asked=len({case_id for case_id, _, _ in rows}),
        asked=len(rows),
        minutes=tuple(waits),
    )
