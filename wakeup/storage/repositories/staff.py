"""Repositories of the console's users: accounts, sessions, and the administration log with its chain."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic_core import to_json
from sqlalchemy import bindparam, delete, insert, or_, select, update

from wakeup.domain.errors import NotFoundError
from wakeup.domain.staff import Session, Staff, StaffId
from wakeup.storage.chain import ADMIN, mac
from wakeup.storage.mapping import Mapper, insert_new, table_of
from wakeup.storage.prepared import Link, Prepared
from wakeup.storage.tables import AdminHeadRow, AdminLogRow, SecretSeenRow, SessionRow, StaffRow
from wakeup.usecases.records import Fact, Note

_staff = Mapper(StaffRow, Staff)
_s = _staff.table
_sessions = Mapper(SessionRow, Session)
_n = _sessions.table
_LOCK = Prepared(_staff.select_by_key.with_for_update())
_NAMED = Prepared(select(_s).where(_s.c.name == bindparam("name")))
_ALL = Prepared(select(_s).order_by(_s.c.name))
_SESSIONS = Prepared(select(_n).order_by(_n.c.seen_at.desc()))
_SESSIONS_OF = Prepared(select(_n).where(_n.c.staff_id == bindparam("staff")).order_by(_n.c.seen_at.desc()))
_END = Prepared(delete(_n).where(_n.c.id == bindparam("session")))
_END_ALL = Prepared(delete(_n).where(_n.c.staff_id == bindparam("staff")))
_FORGET = Prepared(delete(_n).where(or_(_n.c.seen_at <= bindparam("seen"), _n.c.begun_at <= bindparam("begun"))))
_log, _head = table_of(AdminLogRow), table_of(AdminHeadRow)
_LOCK_HEAD = Prepared(select(_head.c.n, _head.c.mac).where(_head.c.id == 1).with_for_update())
_MOVE_HEAD = Prepared(update(_head).where(_head.c.id == 1).values(n=bindparam("_n"), mac=bindparam("_mac")))
_ADD = Prepared(insert(_log), takes=("n", "at", "kind", "by", "data", "mac"))
_NEWEST = Prepared(
    select(_log.c.n, _log.c.at, _log.c.kind, _log.c.by, _log.c.data).order_by(_log.c.n.desc()).limit(bindparam("most"))
)
_secrets = table_of(SecretSeenRow)
_SEE = insert_new(_secrets, takes=("name", "fingerprint", "since"))
_SEEN = Prepared(select(_secrets.c.name, _secrets.c.fingerprint, _secrets.c.since))


class SqlAccounts:
    """Implements `usecases.repositories.staff.Accounts`."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def get(self, staff_id: StaffId) -> Staff:
        found = _staff.get(self._link, staff_id)
        if found is None:
            raise NotFoundError("no such account")
        return found

    def lock(self, staff_id: StaffId) -> Staff:
        found = _staff.one(_LOCK.rows(self._link, {"_id": staff_id}))
        if found is None:
            raise NotFoundError("no such account")
        return found

    def named(self, name: str) -> Staff | None:
        return _staff.one(_NAMED.rows(self._link, {"name": name}))

    def all(self) -> Sequence[Staff]:
        return _staff.all(_ALL.rows(self._link))

    def add(self, staff: Staff) -> None:
        _staff.add(self._link, staff)

    def save(self, staff: Staff) -> None:
        _staff.save(self._link, staff)

    def session(self, session_id: str) -> Session | None:
        return _sessions.get(self._link, session_id)

    def sessions(self, staff_id: StaffId | None) -> Sequence[Session]:
        rows = _SESSIONS.rows(self._link) if staff_id is None else _SESSIONS_OF.rows(self._link, {"staff": staff_id})
        return _sessions.all(rows)

    def begin(self, session: Session) -> None:
        _sessions.add(self._link, session)

    def touch(self, session: Session) -> None:
        _sessions.save(self._link, session)

    def end(self, session_id: str) -> None:
        _END.execute(self._link, {"session": session_id})

    def end_all(self, staff_id: StaffId) -> int:
        return _END_ALL.execute(self._link, {"staff": staff_id})

    def forget_sessions(self, seen: datetime, begun: datetime) -> None:
        _FORGET.execute(self._link, {"seen": seen, "begun": begun})


class SqlAdminLog:
    """Implements `usecases.repositories.staff.AdminLog`: append-only, one writer at a time."""

    def __init__(self, link: Link, audit_key: bytes) -> None:
        self._link = link
        self._audit_key = audit_key

    def add(self, kind: str, by: str, now: datetime, /, **data: Fact) -> None:
        before, head = _LOCK_HEAD.rows(self._link).found[0]
        n, text = before + 1, to_json(data).decode()
        made = mac(self._audit_key, head, ADMIN, n, now, kind, by, text)
        _ADD.execute(self._link, (n, now, kind, by, text, made))
        _MOVE_HEAD.execute(self._link, {"_n": n, "_mac": made})

    def see_secret(self, name: str, fingerprint: str, now: datetime) -> bool:
        return bool(_SEE.execute(self._link, (name, fingerprint, now)))

    def secrets_seen(self) -> Mapping[tuple[str, str], datetime]:
        return {(name, fingerprint): since for name, fingerprint, since in _SEEN.rows(self._link).found}

    def newest(self, limit: int) -> Sequence[tuple[int, datetime, Note]]:
        rows = _NEWEST.rows(self._link, {"most": limit})
        return [(n, at, Note(kind=kind, by=by, data=json.loads(data))) for n, at, kind, by, data in rows.found]
