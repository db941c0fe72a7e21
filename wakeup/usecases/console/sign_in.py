"""Accounts and sessions of the console. Passwords are hashed and compared outside; this module decides who may sign
in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wakeup.domain.errors import ConflictError, NotProvenError
from wakeup.domain.fast_dataclass import replace
from wakeup.domain.staff import (
    RESERVED_NAMES,
    Right,
    Session,
    Staff,
    StaffId,
    StaffRole,
    demand,
    nearly_same_person,
    person_of,
)
from wakeup.usecases.acting import acting
from wakeup.usecases.agents.agents import send_away
from wakeup.usecases.conference.listen_in import end_listening
from wakeup.usecases.console.second_factor import factor_of, use_code
from wakeup.usecases.repositories.sign_in import Factor
from wakeup.usecases.unit import Unit

NAME = re.compile(r"[a-z][a-z0-9._-]{1,31}")
PERSON = re.compile(r"[0-9a-z._-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    name: str
    person: str
    role: StaffRole
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """Time limits of sessions and of signing in."""

    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=10)
    tries: timedelta = timedelta(minutes=5)
    """How long a failed try to sign in counts."""
    half_way: timedelta = timedelta(minutes=10)
    """How long an account owner may take between two steps of signing in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    staff: Staff
    session: Session


def make_account(unit: Unit, account: NewAccount, by: str, now: datetime) -> Staff:
    """Create an account. Raises ConflictError naming the field at fault."""
    if not NAME.fullmatch(account.name) or account.name in RESERVED_NAMES:
        raise ConflictError(
            "name", "must be 2 to 32 of a-z, 0-9 and ._-, begin with a letter, and not be a reserved word"
        )
    person = person_of(account.person)
    if not PERSON.fullmatch(person):
        raise ConflictError("person", "must be 1 to 64 letters, digits and ._-, such as a staff number")
    if unit.staff.named(account.name) is not None:
        raise ConflictError("name", "this name is taken")
    staff = Staff(
        id=StaffId(unit.ids.new("usr")),
        name=account.name,
        person=person,
        role=account.role,
        password_hash=account.password_hash,
        made_at=now,
    )
    unit.staff.add(staff)
    unit.admin.add("account_made", by, now, staff=staff.id, name=staff.name, person=staff.person, role=staff.role)
    return staff


def perhaps_same_person(unit: Unit, staff: Staff) -> list[Staff]:
    """Return the other accounts whose owner's id is almost that of this account."""
    return [other for other in unit.staff.all() if nearly_same_person(other.person, staff.person)]


def change_password(unit: Unit, name: str, password_hash: str, by: str, now: datetime) -> Staff:
    """Set a password and end every session of the account. Raises ConflictError for an unknown name."""
    staff = unit.staff.named(name)
    if staff is None:
        raise ConflictError("name", "no such account")
    changed = replace(unit.staff.lock(staff.id), password_hash=password_hash)
    unit.staff.save(changed)
    ended = unit.staff.end_all(staff.id)
    unit.admin.add("password_changed", by, now, staff=staff.id, sessions=ended)
    return changed


def close_account(unit: Unit, by: StaffId, staff_id: StaffId, now: datetime) -> Staff:
    """Close an account, which ends its sessions and its listening to a conversation. An account cannot close itself."""
    end_listening(unit, staff_id, now)
    who, staff = _lock_both(unit, by, staff_id)
    closed = replace(staff, disabled_at=now)
    unit.staff.save(closed)
    unit.staff.end_all(staff.id)
    send_away(unit, staff.id, now, who.name)
    unit.admin.add("account_closed", who.name, now, staff=staff.id)
    return closed


def open_account(unit: Unit, by: StaffId, staff_id: StaffId, now: datetime) -> Staff:
    """Open a closed account again."""
    who, staff = _lock_both(unit, by, staff_id)
    opened = replace(staff, disabled_at=None)
    unit.staff.save(opened)
    unit.admin.add("account_opened", who.name, now, staff=staff.id)
    return opened


def _lock_both(unit: Unit, by: StaffId, staff_id: StaffId) -> tuple[Staff, Staff]:
    """Lock and return the administrator and the other account. Raises ConflictError if they are the same."""
    # In the order of their ids: when two administrators close each other's account at once, the second has lost the
    # right, so one of them remains.
    locked = {one: unit.staff.lock(one) for one in sorted({by, staff_id})}
    demand(locked[by], Right.MANAGE_STAFF)
    if by == staff_id:
        raise ConflictError("staff", "somebody else must do that for you")
    return locked[by], locked[staff_id]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A proven identity: what was typed at sign-in was right."""

    staff_id: StaffId
    try_ids: tuple[str, ...] = ()
    """The recorded tries, which are removed because they succeeded."""
    step: int | None = None
    """Half-minute step of the code given, where one is needed."""
    password_hash: str | None = field(default=None, repr=False)
    """The hash the password was compared with, if one was. Comparing takes a while, so it must still be the
    account's hash."""
    elsewhere: bool = False
    """Proven by single sign-on, whose provider demands as many factors as it wants."""


def account_named(unit: Unit, name: str) -> Staff | None:
    """Return the account of this name, closed or not."""
    return unit.staff.named(name)


def account_and_factor(unit: Unit, staff_id: StaffId) -> tuple[Staff, Factor | None]:
    return unit.staff.get(staff_id), factor_of(unit, staff_id)


def needs_code(unit: Unit, staff_id: StaffId) -> bool:
    factor = factor_of(unit, staff_id)
    return factor is not None and factor.confirmed_at is not None


def begin_session(unit: Unit, proven: Proven, session_id: str, session_limits: SessionLimits, now: datetime) -> Session:
    """Begin a session, and delete all expired sessions.

    Raises ForbiddenError for a closed account, and NotProvenError for a password that was changed meanwhile or a
    code that is missing or was used.
    """
    # The row is locked: closing the account or changing its password either ends this session too, or prevents it
    # from beginning.
    staff = unit.staff.lock(proven.staff_id)
    demand(staff, Right.SEE_CASES)
    if proven.password_hash is not None and proven.password_hash != staff.password_hash:
        raise NotProvenError("the password was changed meanwhile")
    if not proven.elsewhere and needs_code(unit, staff.id):
        use_code(unit, staff.id, -1 if proven.step is None else proven.step)
    for try_id in proven.try_ids:
        unit.sign_ins.forgive(try_id)
    session = Session(id=session_id, staff_id=staff.id, begun_at=now, seen_at=now)
    unit.staff.forget_sessions(now - session_limits.idle, now - session_limits.absolute)
    unit.staff.begin(session)
    unit.admin.add("signed_in", staff.name, now, staff=staff.id)
    return session


def sign_in_failed(unit: Unit, staff_id: StaffId | None, now: datetime) -> None:
    """Record a failed sign-in. An unknown name is not stored, because passwords get typed into the wrong field."""
    unit.admin.add("sign_in_failed", "system", now, staff=staff_id)


def counts_still(session: Session, session_limits: SessionLimits, now: datetime) -> bool:
    return now < session.seen_at + session_limits.idle and now < session.begun_at + session_limits.absolute


def signed_in(unit: Unit, session_id: str, session_limits: SessionLimits, now: datetime) -> SignedIn | None:
    """Return the account of a session, if the session is still valid."""
    session = unit.staff.session(session_id)
    if session is None or not counts_still(session, session_limits, now):
        return None
    staff = unit.staff.get(session.staff_id)
    return None if staff.disabled_at is not None else SignedIn(staff=staff, session=session)


def renew(unit: Unit, session_id: str, now: datetime) -> None:
    """Restart the session's idle time after manual input."""
    session = unit.staff.session(session_id)
    if session is not None:
        unit.staff.touch(replace(session, seen_at=now))


def sign_out(unit: Unit, session: Session, name: str, now: datetime) -> None:
    """End this session."""
    unit.staff.end(session.id)
    unit.admin.add("signed_out", name, now, staff=session.staff_id, everywhere=False)


def sign_out_everywhere(unit: Unit, session: Session, name: str, now: datetime) -> None:
    """End all sessions of the account."""
    unit.staff.end_all(session.staff_id)
    unit.admin.add("signed_out", name, now, staff=session.staff_id, everywhere=True)


def end_sessions_of(unit: Unit, by: StaffId, staff_id: StaffId, now: datetime) -> int:
    """End all sessions of another account. Returns how many there were."""
    who = acting(unit, by, Right.MANAGE_STAFF)
    ended = unit.staff.end_all(staff_id)
    unit.admin.add("sessions_ended", who.name, now, staff=staff_id, sessions=ended)
    return ended
