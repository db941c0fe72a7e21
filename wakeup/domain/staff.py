"""The bank's own people at the console: which role may do what. An account is not a person: one may have several."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from wakeup.domain.errors import ForbiddenError

StaffId = NewType("StaffId", str)
PersonId = NewType("PersonId", str)
"""Who somebody is, such as a staff number. Four eyes count persons, not accounts."""


class StaffRole(StrEnum):
    VIEWER = "viewer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    """Keeps the house, and touches no transfer and no personal data."""
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
    """Have the customer rung again, or a guardian asked by text."""
    TAKE_OVER = "take_over"
    TAKE_CONTEST = "take_contest"
    """Write down that a customer contests. Only who may release answers it."""
    LISTEN = "listen"
    TAKE_CALLS = "take_calls"
    """Be rung for customers who ask for a person, or need one."""
    LISTEN_IN = "listen_in"
    """Be in a talk between an agent and a customer: listen, whisper, or talk along."""
    STOP_DIALLING = "stop_dialling"
    KEEP_OFF = "keep_off"
    """Put numbers on the list of those that want nothing more, or take them off."""
    BREAK_GLASS = "break_glass"
    """In an emergency hold or extend without the right to. It never releases."""
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
"""What an emergency can open: acts that add protection."""
RESERVED_NAMES = frozenset({"system", "callee", "guardian", "bank", "person"})
"""Names that stand in timelines for somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """An account at the console."""

    id: StaffId
    name: str
    """What is typed at sign-in, and what stands in timelines and decisions."""
    person: PersonId
    role: StaffRole
    password_hash: str = field(repr=False)
    made_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody signed in. `id` is the hash of what the browser holds."""

    id: str = field(repr=False)
    staff_id: StaffId
    begun_at: datetime
    seen_at: datetime


def may(role: StaffRole, right: Right) -> bool:
    return right in RIGHTS[role]


def demand(staff: Staff, right: Right) -> None:
    """Raises ForbiddenError unless the role has the right."""
    if staff.disabled_at is not None or not may(staff.role, right):
        raise ForbiddenError(right)


def demand_or_glass(staff: Staff, right: Right) -> bool:
    """Whether the glass was broken for it. Raises ForbiddenError when it cannot be."""
    if staff.disabled_at is None and not may(staff.role, right) and right in BREAK_GLASS_RIGHTS:
        demand(staff, Right.BREAK_GLASS)
        return True
    demand(staff, right)
    return False
