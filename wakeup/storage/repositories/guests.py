"""Repository of guardians in a conversation. A writer must have locked the case."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from wakeup.domain.guest import Guest
from wakeup.domain.ids import AttemptId
from wakeup.storage.mapping import Mapper
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import GuestRow

_guests = Mapper(GuestRow, Guest)
_g = _guests.table
_OF_TALK = Prepared(
    select(_g).where(_g.c.wait == bindparam("wait"), _g.c.n == bindparam("turn")).order_by(_g.c.asked_at)
)


class SqlGuests:
    """Implements `usecases.repositories.guests.Guests`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def get(self, attempt_id: AttemptId) -> Guest | None:
        return _guests.get(self._link, attempt_id)

    def of_talk(self, wait: AttemptId, n: int) -> Sequence[Guest]:
        return _guests.all(_OF_TALK.rows(self._link, {"wait": wait, "turn": n}))

    def add(self, guest: Guest) -> None:
        _guests.add_now(self._link, guest)

    def save(self, guest: Guest) -> None:
        _guests.save(self._link, guest)
