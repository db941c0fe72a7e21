"""Repository of supervisors who listen to a conversation. A writer must have locked the case."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from wakeup.domain.ids import AttemptId
from wakeup.domain.listening import Listener
from wakeup.domain.staff import StaffId
from wakeup.storage.mapping import Mapper
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import ListenerRow

_listeners = Mapper(ListenerRow, Listener)
_l = _listeners.table
_OPEN = Prepared(select(_l).where(_l.c.ended_at.is_(None)).order_by(_l.c.asked_at))
_OF_STAFF = Prepared(select(_l).where(_l.c.staff_id == bindparam("staff"), _l.c.ended_at.is_(None)))


class SqlListeners:
    """Implements `usecases.repositories.listeners.Listeners`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def get(self, attempt_id: AttemptId) -> Listener | None:
        return _listeners.get(self._link, attempt_id)

    def of_staff(self, staff_id: StaffId) -> Listener | None:
        return _listeners.one(_OF_STAFF.rows(self._link, {"staff": staff_id}))

    def open(self) -> Sequence[Listener]:
        return _listeners.all(_OPEN.rows(self._link))

    def add(self, listener: Listener) -> None:
        _listeners.add_now(self._link, listener)

    def save(self, listener: Listener) -> None:
        _listeners.save(self._link, listener)
