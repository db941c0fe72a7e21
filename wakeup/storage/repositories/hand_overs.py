"""Repositories of customers who wait on the line for an agent, and of guardians and supervisors in the conversation. A
writer must have locked the case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from wakeup.domain.agent import Skill
from wakeup.domain.guest import Guest
from wakeup.domain.hand_over import OPEN, HandOver, HandOverState
from wakeup.domain.ids import AttemptId, CaseId, CustomerId
from wakeup.domain.listening import Listener
from wakeup.domain.staff import StaffId
from wakeup.storage.mapping import Mapper, is_one_of, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import EvidenceRow, GuestRow, HandOverRow, ListenerRow, StaffRow, TransferRow

_hand_overs = Mapper(HandOverRow, HandOver, lists={"skills": Skill, "tried": StaffId})
_h, _t = _hand_overs.table, table_of(TransferRow)
_e, _s = table_of(EvidenceRow), table_of(StaffRow)
_also = _h.alias("also")
_OF_OFFER = Prepared(select(_h).where(_h.c.offer == bindparam("offer"), _h.c.offer.is_not(None)))
_OF_CASE = Prepared(select(_h).where(_h.c.case_id == bindparam("case")).order_by(_h.c.asked_at))
_DUE = Prepared(
    select(_h)
    .where(_h.c.due_at <= bindparam("now"), _h.c.due_at.is_not(None))
    .order_by(_h.c.due_at)
    .limit(bindparam("most"))
)
_NEXT = Prepared(select(func.min(_h.c.due_at)).where(_h.c.due_at.is_not(None)))
_OPEN = Prepared(select(_h).where(is_one_of(_h.c.state, OPEN)).order_by(_h.c.asked_at))
_SINCE = Prepared(select(_h).where(_h.c.asked_at > bindparam("since")).order_by(_h.c.asked_at))
# An act names no call, but the evidence recorded with it does. It says nothing of which conversation of the call.
_OUTCOMES = (
    select(func.count())
    .select_from(_e.join(_s, _s.c.name == _e.c.by))
    .where(
        _e.c.case_id == _h.c.case_id, _e.c.attempt_id == _h.c.attempt_id, _s.c.id == _h.c.agent,
        _e.c.at >= _h.c.joined_at,
    )
    .correlate(_h)
    .scalar_subquery()
)  # fmt: skip
_TALKS = (
    select(func.count())
    .select_from(_also)
    .where(_also.c.attempt_id == _h.c.attempt_id, _also.c.agent == _h.c.agent, _also.c.joined_at.is_not(None))
    .correlate(_h)
    .scalar_subquery()
)
_UNRECORDED = Prepared(
    select(_h)
    .where(
        _h.c.asked_at > bindparam("since"),
        _h.c.agent == bindparam("agent"),
        _h.c.joined_at.is_not(None),
        or_(_OUTCOMES == 0, _TALKS > 1),
    )
    .order_by(_h.c.asked_at)
)
# The cases are found through the transfers, as those of evidence are.
_LATELY = Prepared(
    select(_h).where(
        _h.c.case_id.in_(select(_t.c.case_id).where(_t.c.customer_id == bindparam("customer"))),
        or_(is_one_of(_h.c.state, OPEN), _h.c.ended_at > bindparam("since")),
    )
)
_UNOFFERED = Prepared(
    select(_h)
    .where(is_one_of(_h.c.state, [HandOverState.WAITING]), is_one_of(_h.c.state, OPEN), _h.c.offer.is_(None))
    .order_by(_h.c.asked_at)
)


class SqlHandOvers:
    """Implements `usecases.repositories.hand_overs.HandOvers`."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._looked_up: dict[tuple[AttemptId, int], HandOver | None] = {}
        """Cache of this transaction: one turn of a call looks three times for a hand-over from which the customer
        comes back, and mostly there is none."""

    def get(self, attempt_id: AttemptId, n: int) -> HandOver | None:
        key = (attempt_id, n)
        if key not in self._looked_up:
            self._looked_up[key] = _hand_overs.get(self._link, attempt_id, n)
        return self._looked_up[key]

    def of_offer(self, attempt_id: AttemptId) -> HandOver | None:
        return _hand_overs.one(_OF_OFFER.rows(self._link, {"offer": attempt_id}))

    def of_case(self, case_id: CaseId) -> Sequence[HandOver]:
        return _hand_overs.all(_OF_CASE.rows(self._link, {"case": case_id}))

    def add(self, hand_over: HandOver) -> None:
        _hand_overs.add_now(self._link, hand_over)
        self._looked_up[hand_over.attempt_id, hand_over.n] = hand_over

    def save(self, hand_over: HandOver) -> None:
        _hand_overs.save(self._link, hand_over)
        self._looked_up[hand_over.attempt_id, hand_over.n] = hand_over

    def due(self, now: datetime, limit: int) -> Sequence[HandOver]:
        return _hand_overs.all(_DUE.rows(self._link, {"now": now, "most": limit}))

    def next_due(self) -> datetime | None:
        found: datetime | None = _NEXT.rows(self._link).scalar()
        return found

    def unoffered(self) -> Sequence[HandOver]:
        return _hand_overs.all(_UNOFFERED.rows(self._link))

    def open(self) -> Sequence[HandOver]:
        return _hand_overs.all(_OPEN.rows(self._link))

    def since(self, since: datetime) -> Sequence[HandOver]:
        return _hand_overs.all(_SINCE.rows(self._link, {"since": since}))

    def maybe_to_write_up(self, agent: StaffId, since: datetime) -> Sequence[HandOver]:
        return _hand_overs.all(_UNRECORDED.rows(self._link, {"agent": agent, "since": since}))

    def lately(self, customer_id: CustomerId, since: datetime) -> Sequence[HandOver]:
        return _hand_overs.all(_LATELY.rows(self._link, {"customer": customer_id, "since": since}))


_guests = Mapper(GuestRow, Guest)
_g = _guests.table
_OF_TALK = Prepared(
    select(_g).where(_g.c.wait == bindparam("wait"), _g.c.n == bindparam("turn")).order_by(_g.c.asked_at)
)


class SqlGuests:
    """Implements `usecases.repositories.hand_overs.Guests`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def get(self, attempt_id: AttemptId) -> Guest | None:
        return _guests.get(self._link, attempt_id)

    def of_human_talk(self, wait: AttemptId, n: int) -> Sequence[Guest]:
        return _guests.all(_OF_TALK.rows(self._link, {"wait": wait, "turn": n}))

    def add(self, guest: Guest) -> None:
        _guests.add_now(self._link, guest)

    def save(self, guest: Guest) -> None:
        _guests.save(self._link, guest)


_listeners = Mapper(ListenerRow, Listener)
_l = _listeners.table
_LISTENING = Prepared(select(_l).where(_l.c.ended_at.is_(None)).order_by(_l.c.asked_at))
_OF_STAFF = Prepared(select(_l).where(_l.c.staff_id == bindparam("staff"), _l.c.ended_at.is_(None)))


class SqlListeners:
    """Implements `usecases.repositories.hand_overs.Listeners`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def get(self, attempt_id: AttemptId) -> Listener | None:
        return _listeners.get(self._link, attempt_id)

    def of_staff(self, staff_id: StaffId) -> Listener | None:
        return _listeners.one(_OF_STAFF.rows(self._link, {"staff": staff_id}))

    def open(self) -> Sequence[Listener]:
        return _listeners.all(_LISTENING.rows(self._link))

    def add(self, listener: Listener) -> None:
        _listeners.add_now(self._link, listener)

    def save(self, listener: Listener) -> None:
        _listeners.save(self._link, listener)
