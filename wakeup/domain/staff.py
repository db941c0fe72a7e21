"""Console accounts, their roles and rights. An account is not a person: one person may have several."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType
from unicodedata import normalize

from wakeup.domain.errors import ForbiddenError

_SEPARATORS = re.compile(r"[._-]")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")

StaffId = NewType("StaffId", str)
PersonId = NewType("PersonId", str)
"""Identifies a person, for example a staff number. Four eyes count persons, not accounts."""


class StaffRole(StrEnum):
    VIEWER = "viewer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    """Runs the installation; has no access to transfers or personal data."""
    AUDITOR = "auditor"
    """Reads everything that was logged, and changes nothing."""


class Right(StrEnum):
    SEE_CASES = "see_cases"
    SEE_SCRIPTS = "see_scripts"
    SEE_NUMBERS = "see_numbers"
    SEARCH_PHONE = "search_phone"
    UNMASK = "unmask"
    READ_NOTES = "read_notes"
    CLAIM = "claim"
    NOTE = "note"
    HOLD = "hold"
    EXTEND = "extend"
    RELEASE = "release"
    LABEL = "label"
    SEND_TO_POLICE = "send_to_police"
    REACH = "reach"
    """Have the customer rung again, or a guardian asked by SMS."""
    TAKE_OVER = "take_over"
    TAKE_CONTEST = "take_contest"
    """Record that a customer contests. Only staff who may release can answer it."""
    LISTEN = "listen"
    TAKE_CALLS = "take_calls"
    """Be rung for customers who ask for a human, or need one."""
    LISTEN_IN = "listen_in"
    """Join a talk between an agent and a customer: listen, whisper, or barge in."""
    STOP_DIALLING = "stop_dialling"
    KEEP_OFF = "keep_off"
    """Add numbers to the do-not-call list, or take them off."""
    BREAK_GLASS = "break_glass"
    """In an emergency, hold or extend without having that right. It never releases."""
    SEE_ADMIN = "see_admin"
    READ_LOGS = "read_logs"
    MANAGE_STAFF = "manage_staff"
    REPLAY = "replay"


_R = Right
_LOOK = frozenset({_R.SEE_CASES, _R.SEE_SCRIPTS, _R.SEE_NUMBERS})
_AGENT = _LOOK | {
    _R.SEARCH_PHONE, _R.UNMASK, _R.READ_NOTES, _R.CLAIM, _R.NOTE, _R.HOLD, _R.SEND_TO_POLICE, _R.BREAK_GLASS,
    _R.REACH, _R.TAKE_CONTEST, _R.LISTEN, _R.TAKE_CALLS,
}  # fmt: skip
RIGHTS: Mapping[StaffRole, frozenset[Right]] = {
    StaffRole.VIEWER: _LOOK,
    StaffRole.AGENT: _AGENT,
    StaffRole.SUPERVISOR: (_AGENT - {_R.BREAK_GLASS})
    | {
        _R.EXTEND,
        _R.RELEASE,
        _R.LABEL,
        _R.LISTEN_IN,
        _R.STOP_DIALLING,
        _R.TAKE_OVER,
        _R.KEEP_OFF,
    },
    StaffRole.ADMIN: _LOOK | {_R.BREAK_GLASS, _R.SEE_ADMIN, _R.READ_LOGS, _R.MANAGE_STAFF, _R.REPLAY},
    StaffRole.AUDITOR: _LOOK | {_R.READ_NOTES, _R.SEE_ADMIN, _R.READ_LOGS},
}
BREAK_GLASS_RIGHTS = frozenset({Right.HOLD, Right.EXTEND})
"""The rights that breaking the glass can give: acts that add protection."""
RESERVED_NAMES = frozenset({"system", "callee", "guardian", "bank", "person"})
"""Names that the timeline uses for actors that are not accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """A console account."""

    id: StaffId
    name: str
    """Typed at sign-in, and shown in timelines and decisions."""
    person: PersonId
    role: StaffRole
    password_hash: str = field(repr=False)
    made_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A signed-in session. `id` is the hash of the value in the browser's cookie."""

    id: str = field(repr=False)
    staff_id: StaffId
    begun_at: datetime
    seen_at: datetime


def person_of(text: str) -> PersonId:
    """Return the id as it is compared: `E1 ` and `e1` are one person, who else could answer their own request."""
    return PersonId(normalize("NFKC", text).strip().casefold())


def same_person(one: PersonId, other: PersonId) -> bool:
    """True if both ids name the same person. Stored ids may be spelled as they were typed long ago."""
    return person_of(one) == person_of(other)


def nearly_same_person(one: PersonId, other: PersonId) -> bool:
    """True if the ids differ only in separators and leading zeros: perhaps one person under two ids."""
    return not same_person(one, other) and _bare(one) == _bare(other)


def _bare(person: PersonId) -> str:
    return _LEADING_ZEROS.sub("", _SEPARATORS.sub("", person_of(person)))


def may(role: StaffRole, right: Right) -> bool:
    return right in RIGHTS[role]


def demand(staff: Staff, right: Right) -> None:
    """Check that the role has the right. Raises ForbiddenError."""
    if staff.disabled_at is not None or not may(staff.role, right):
        raise ForbiddenError(right)


def demand_or_glass(staff: Staff, right: Right) -> bool:
    """Check the right, breaking the glass if needed. Return True if the glass was broken. Raises ForbiddenError."""
    if staff.disabled_at is None and not may(staff.role, right) and right in BREAK_GLASS_RIGHTS:
        demand(staff, Right.BREAK_GLASS)
        return True
    demand(staff, right)
    return False
